"""A lock goes to whoever has waited longest."""

import asyncio

from noise import noise

lock = asyncio.Lock()
held: list[int] = []


async def hold(number: int) -> None:
    """Hold the lock for a moment."""
    async with lock:
        held.append(number)
        await asyncio.sleep(0.001)


async def main() -> None:
    """Let six wait for it."""
    async with noise():
        await asyncio.gather(*map(hold, range(6)))
        assert held == list(range(6))


asyncio.run(main())
