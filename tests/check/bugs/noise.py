"""Requests that come and go beside what a program does, at moments that differ from run to run."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from asking import ask


async def _chat(host: str) -> None:
    for number in range(4):
        with contextlib.suppress(OSError):
            await ask(host, str(number))


@contextlib.asynccontextmanager
async def noise() -> AsyncIterator[None]:
    """Let the block run, from an arbitrary moment, while answers arrive."""
    async with asyncio.TaskGroup() as group:
        for name in ("a", "b", "c"):
            group.create_task(_chat(f"{name}.example.com"))
        with contextlib.suppress(OSError):
            await ask("d.example.com", "when?")
        yield
