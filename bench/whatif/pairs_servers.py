"""Pairs for servers that answer few at a time, where other requests of the recording show it."""

import asyncio
from asyncio import gather

from whatif_backend import SINGLE, TWO, ask
from whatif_pair import Main, Pair, together

from loopscope.model.changes import Limit

SINGLE_AT, TWO_AT = f"127.0.0.1:{SINGLE}", f"127.0.0.1:{TWO}"


async def pages_then_rounds() -> None:
    await ask(SINGLE_AT, 0.03)
    await gather(*(ask(SINGLE_AT, 0.03) for _ in range(4)))
    for _ in range(4):
        await ask(SINGLE_AT, 0.03)


async def pages_then_rounds_after() -> None:
    await ask(SINGLE_AT, 0.03)
    await gather(*(ask(SINGLE_AT, 0.03) for _ in range(4)))
    await gather(*(ask(SINGLE_AT, 0.03) for _ in range(4)))


async def pages_then_rounds_of_two() -> None:
    await gather(*(ask(TWO_AT, 0.04) for _ in range(6)))
    for _ in range(6):
        await ask(TWO_AT, 0.04)


async def pages_then_rounds_of_two_after() -> None:
    await gather(*(ask(TWO_AT, 0.04) for _ in range(6)))
    await gather(*(ask(TWO_AT, 0.04) for _ in range(6)))


def slots_for(count: int, address: str) -> Main:
    async def main() -> None:
        slots = asyncio.Semaphore(count)

        async def fetch() -> None:
            async with slots:
                await ask(address, 0.03)

        await fetch()
        await gather(*(fetch() for _ in range(10)))

    return main


PAIRS = [
    Pair(
        "seen to answer one at a time",
        pages_then_rounds,
        pages_then_rounds_after,
        (together(3, 4),),
    ),
    Pair(
        "seen to answer two at a time",
        pages_then_rounds_of_two,
        pages_then_rounds_of_two_after,
        (together(2, 3),),
    ),
    Pair(
        "one at a time, slots 2 to 5",
        slots_for(2, SINGLE_AT),
        slots_for(5, SINGLE_AT),
        (Limit("slots", 5),),
    ),
    Pair(
        "two at a time, slots 3 to 6",
        slots_for(3, TWO_AT),
        slots_for(6, TWO_AT),
        (Limit("slots", 6),),
    ),
]
