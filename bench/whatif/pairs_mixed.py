"""Pairs for several changes at once, and for each change beside work that it does not touch."""

import asyncio
import time
from asyncio import gather, sleep, to_thread
from concurrent.futures import ThreadPoolExecutor

from whatif_backend import MANY, ask, ask_blocking
from whatif_pair import Main, Pair, together
from whatif_work import hash_long

from loopscope.model.changes import Faster, Limit, NoStalls, OffLoop

MANY_AT, LOCALHOST_AT = f"127.0.0.1:{MANY}", f"localhost:{MANY}"


async def tick(count: int) -> None:
    for _ in range(count):
        await sleep(0.01)


async def rows() -> None:
    for _ in range(20):
        await sleep(0.02)


async def rows_after() -> None:
    await gather(*(sleep(0.02) for _ in range(20)))


async def pages() -> None:
    for _ in range(10):
        await ask(MANY_AT, 0.03)
        await ask(MANY_AT, 0.02)


async def page() -> None:
    await ask(MANY_AT, 0.03)
    await ask(MANY_AT, 0.02)


async def pages_after() -> None:
    await gather(*(page() for _ in range(10)))


async def some_of_them() -> None:
    await sleep(0.1)
    await sleep(0.06)
    await sleep(0.05)
    await sleep(0.04)


async def some_of_them_after() -> None:
    await sleep(0.1)
    await gather(sleep(0.06), sleep(0.05))
    await sleep(0.04)


async def hidden_by_another() -> None:
    async def work() -> None:
        await sleep(0.06)
        await sleep(0.06)

    await gather(work(), sleep(0.25))


async def hidden_by_another_after() -> None:
    async def work() -> None:
        await gather(sleep(0.06), sleep(0.06))

    await gather(work(), sleep(0.25))


async def steps_of_an_upload() -> None:
    for number in range(6):
        await ask(MANY_AT, 0.01 + number / 100)
        await tick(2)


async def step_of_an_upload(number: int) -> None:
    await ask(MANY_AT, 0.01 + number / 100)
    await tick(2)


async def steps_of_an_upload_after() -> None:
    await gather(*(step_of_an_upload(number) for number in range(6)))


async def together_without_stalls() -> None:
    await sleep(0.06)
    await sleep(0.05)
    for _ in range(3):
        time.sleep(0.03)
        await sleep(0.02)


async def together_without_stalls_after() -> None:
    await gather(sleep(0.06), sleep(0.05))
    for _ in range(3):
        await sleep(0.02)


async def blocking_chain() -> None:
    for _ in range(4):
        ask_blocking(MANY, 0.03)
        await ask(MANY_AT, 0.03)


async def blocking_chain_after() -> None:
    for _ in range(4):
        await to_thread(ask_blocking, MANY, 0.03)
        await ask(MANY_AT, 0.03)


async def blocking_beside_requests() -> None:
    async def load() -> None:
        for _ in range(4):
            await ask(MANY_AT, 0.02)

    async def save() -> None:
        for _ in range(3):
            time.sleep(0.05)
            await sleep(0.01)

    await gather(load(), save())


async def blocking_beside_requests_after() -> None:
    async def load() -> None:
        for _ in range(4):
            await ask(MANY_AT, 0.02)

    async def save() -> None:
        for _ in range(3):
            await to_thread(time.sleep, 0.05)
            await sleep(0.01)

    await gather(load(), save())


async def twenty_saves() -> None:
    async def save(number: int) -> None:
        await sleep(0.001 * number)
        time.sleep(0.015)

    await gather(*(save(number) for number in range(20)))


async def twenty_saves_after() -> None:
    async def save(number: int) -> None:
        await sleep(0.001 * number)
        await to_thread(time.sleep, 0.015)

    await gather(*(save(number) for number in range(20)))


async def hashing_in_turn() -> None:
    for _ in range(4):
        hash_long(0.03)
        await sleep(0.02)


async def hashing_in_turn_after() -> None:
    for _ in range(4):
        await to_thread(hash_long, 0.03)
        await sleep(0.02)


async def hashing_beside_waits() -> None:
    async def work() -> None:
        hash_long(0.03)
        await sleep(0.03)

    await gather(*(work() for _ in range(3)), tick(12))


async def hashing_beside_waits_after() -> None:
    async def work() -> None:
        await sleep(0.03)

    await gather(*(work() for _ in range(3)), tick(12))


async def stalls_of_one() -> None:
    async def work() -> None:
        for _ in range(4):
            time.sleep(0.03)
            await sleep(0.005)

    await gather(work(), sleep(0.1))


async def stalls_of_one_after() -> None:
    async def work() -> None:
        for _ in range(4):
            await sleep(0.005)

    await gather(work(), sleep(0.1))


def crawl(count: int, delay_s: float) -> Main:
    async def main() -> None:
        slots = asyncio.Semaphore(count)

        async def fetch() -> None:
            async with slots:
                await ask(MANY_AT, delay_s)
                await sleep(0.01)

        await gather(*(fetch() for _ in range(16)))

    return main


class Store:
    """Lets in so many at a time."""

    def __init__(self, count: int) -> None:
        self.door = asyncio.Semaphore(count)

    async def put(self, number: int) -> None:
        """Write something, and wait for the door before."""
        await sleep(0.005 * number)
        async with self.door:
            await sleep(0.03)
        await sleep(0.02)


def store(count: int) -> Main:
    async def main() -> None:
        one = Store(count)
        await gather(*(one.put(number) for number in range(10)))

    return main


def two_limits(count: int) -> Main:
    async def main() -> None:
        slots, gate = asyncio.Semaphore(count), asyncio.Semaphore(3)

        async def work() -> None:
            async with slots:
                await sleep(0.02)
            async with gate:
                await sleep(0.03)

        await gather(*(work() for _ in range(12)))

    return main


def pool_of_asyncio(count: int) -> Main:
    async def main() -> None:
        pool = ThreadPoolExecutor(count, thread_name_prefix="asyncio")
        asyncio.get_running_loop().set_default_executor(pool)
        await gather(*(to_thread(time.sleep, 0.04) for _ in range(9)))

    return main


def hosts(first_s: float, second_s: float) -> Main:
    async def main() -> None:
        await ask(LOCALHOST_AT, first_s)
        await ask(MANY_AT, second_s)
        await ask(LOCALHOST_AT, first_s)

    return main


def slow_host(delay_s: float) -> Main:
    async def main() -> None:
        async def load() -> None:
            await sleep(0.01)
            await ask(MANY_AT, delay_s)

        await gather(*(load() for _ in range(6)), tick(8))

    return main


async def saves_and_limit() -> None:
    slots = asyncio.Semaphore(2)

    async def save() -> None:
        async with slots:
            await sleep(0.03)
        time.sleep(0.02)

    await gather(*(save() for _ in range(8)))


async def saves_and_limit_after() -> None:
    slots = asyncio.Semaphore(4)

    async def save() -> None:
        async with slots:
            await sleep(0.03)
        await to_thread(time.sleep, 0.02)

    await gather(*(save() for _ in range(8)))


SLOTS_4 = Limit("slots", 4)

PAIRS = [
    Pair("twenty rounds", rows, rows_after, (together(1, 2),)),
    Pair("ten pages of two", pages, pages_after, (together(1, 3),)),
    Pair("two of four", some_of_them, some_of_them_after, (together(2, 3),)),
    Pair("hidden by another", hidden_by_another, hidden_by_another_after, (together(2, 3),)),
    Pair("uploads", steps_of_an_upload, steps_of_an_upload_after, (together(1, 3),)),
    Pair(
        "together, no stalls",
        together_without_stalls,
        together_without_stalls_after,
        (together(1, 2), NoStalls()),
    ),
    Pair("blocking chain", blocking_chain, blocking_chain_after, (OffLoop("", 2),)),
    Pair(
        "blocking beside requests",
        blocking_beside_requests,
        blocking_beside_requests_after,
        (OffLoop("", 7),),
    ),
    Pair("twenty saves", twenty_saves, twenty_saves_after, (OffLoop("", 3),)),
    Pair("hashing in turn", hashing_in_turn, hashing_in_turn_after, (OffLoop("", 2),)),
    Pair("no hashing", hashing_beside_waits, hashing_beside_waits_after, (NoStalls(),)),
    Pair("no stalls of one task", stalls_of_one, stalls_of_one_after, (NoStalls(),)),
    Pair("crawl, 2 to 4", crawl(2, 0.03), crawl(4, 0.03), (SLOTS_4,)),
    Pair("crawl, 1 to 16", crawl(1, 0.02), crawl(16, 0.02), (Limit("slots", 16),)),
    Pair("a store for 4", store(1), store(4), (Limit("self.door", 4),)),
    Pair("the wider of two limits", two_limits(4), two_limits(12), (Limit("slots", 12),)),
    Pair("the narrower of two", two_limits(1), two_limits(4), (SLOTS_4,)),
    Pair("asyncio's pool, 1 to 3", pool_of_asyncio(1), pool_of_asyncio(3), (Limit("asyncio", 3),)),
    Pair(
        "two faster hosts",
        hosts(0.06, 0.08),
        hosts(0.02, 0.04),
        (Faster("localhost", 3), Faster("127.0.0.1", 2)),
    ),
    Pair("a slower host", slow_host(0.05), slow_host(0.2), (Faster("127.0.0.1", 0.25),)),
    Pair(
        "faster host and limit",
        crawl(2, 0.06),
        crawl(4, 0.03),
        (Faster("127.0.0.1", 2), SLOTS_4),
    ),
    Pair(
        "off the loop and limit",
        saves_and_limit,
        saves_and_limit_after,
        (OffLoop("", 6), SLOTS_4),
    ),
]
