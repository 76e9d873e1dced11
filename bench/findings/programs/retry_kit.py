"""A decorator that tries again, and functions it is put on."""
# how: simulate --cost none --world world.toml

import asyncio
import functools
import time
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

import httpx

P = ParamSpec("P")
T = TypeVar("T")


def retried(times: int) -> Callable[[Callable[P, Awaitable[T]]], Callable[P, Awaitable[T]]]:
    def decorate(function: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
        @functools.wraps(function)
        async def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
            for _ in range(times - 1):
                try:
                    return await function(*args, **kwargs)  # right: sequential-awaits, no-timeout
                except OSError:
                    time.sleep(0.1)  # expect: blocking-call
            return await function(*args, **kwargs)  # right: sequential-awaits

        return wrapper

    return decorate


def timed(function: Callable[P, T]) -> Callable[P, T]:
    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        begun = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            print(time.perf_counter() > begun)

    return wrapper


FAILURES = iter([True, False, False])


@retried(3)
async def fetch(client: httpx.AsyncClient) -> int:
    if next(FAILURES, False):
        raise ConnectionResetError
    return (await client.get("http://api.test/x", timeout=5)).status_code


@timed
def parse(text: str) -> int:
    time.sleep(0.05)  # expect: blocking-call=parse
    return len(text)


async def use(client: httpx.AsyncClient) -> int:
    status = await fetch(client)
    return status + parse("abc")  # expect: blocking-call=parse


async def use_well() -> int:
    return await asyncio.to_thread(parse, "abc")  # right: blocking-call


async def ticks() -> None:
    for _ in range(40):
        await asyncio.sleep(0.02)


async def main() -> None:
    ticking = asyncio.create_task(ticks())
    async with httpx.AsyncClient() as client:
        await use(client)  # accept: sequential-awaits
    await use_well()  # accept: sequential-awaits
    fetch(client)  # expect: never-awaited
    await ticking  # accept: sequential-awaits


asyncio.run(main())
