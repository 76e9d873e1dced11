"""Awaits in turn that would gain nothing together: they never wait, or wait for no time at all."""
# how: simulate --cost none

import asyncio

CACHE = {"a": 1, "b": 2}


async def cached(name: str) -> int:
    return CACHE[name]


async def slow(name: str) -> int:
    await asyncio.sleep(0.5)
    return CACHE[name]


async def both() -> int:
    one = await cached("a")  # right: sequential-awaits
    two = await cached("b")  # right: sequential-awaits
    return one + two


async def one_slow() -> int:
    one = await slow("a")  # right: sequential-awaits
    two = await cached("b")  # right: sequential-awaits
    return one + two


async def countdown() -> None:
    for number in (3, 2, 1):
        print(number)
        await asyncio.sleep(0.1)  # right: sequential-awaits


async def main() -> None:
    await asyncio.gather(both(), one_slow(), countdown())


asyncio.run(main())
