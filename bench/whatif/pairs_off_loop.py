"""Pairs for ``--off-loop``, ``--cores`` and ``--no-stalls``: what held the loop, elsewhere."""

import asyncio
import time
from asyncio import gather, sleep, to_thread
from concurrent.futures import ProcessPoolExecutor

from whatif_backend import MANY, SINGLE, ask_blocking
from whatif_pair import Pair, together
from whatif_work import compute, hash_long

from loopscope.model.changes import Cores, Elsewhere, NoStalls, OffLoop

PROCESSES = ProcessPoolExecutor(2)
ONE_PROCESS = ProcessPoolExecutor(1)


def off(line: int, where: Elsewhere = Elsewhere.THREAD) -> OffLoop:
    return OffLoop("", line, where)


async def in_process(pool: ProcessPoolExecutor, seconds: float) -> None:
    await asyncio.get_running_loop().run_in_executor(pool, compute, seconds)


async def blocking() -> None:
    async def work() -> None:
        time.sleep(0.05)

    await gather(*(work() for _ in range(5)))


async def blocking_after() -> None:
    async def work() -> None:
        await to_thread(time.sleep, 0.05)

    await gather(*(work() for _ in range(5)))


async def more_than_the_pool() -> None:
    async def work() -> None:
        await sleep(0.01)
        time.sleep(0.04)

    await gather(*(work() for _ in range(14)))


async def more_than_the_pool_after() -> None:
    async def work() -> None:
        await sleep(0.01)
        await to_thread(time.sleep, 0.04)

    await gather(*(work() for _ in range(14)))


async def beside_a_ticker() -> None:
    async def tick() -> None:
        for _ in range(10):
            await sleep(0.02)

    async def work() -> None:
        for _ in range(3):
            await sleep(0.01)
            time.sleep(0.05)

    await gather(tick(), work())


async def beside_a_ticker_after() -> None:
    async def tick() -> None:
        for _ in range(10):
            await sleep(0.02)

    async def work() -> None:
        for _ in range(3):
            await sleep(0.01)
            await to_thread(time.sleep, 0.05)

    await gather(tick(), work())


async def one_after_the_other() -> None:
    for _ in range(4):
        time.sleep(0.05)
        await sleep(0.01)


async def one_after_the_other_after() -> None:
    for _ in range(4):
        await to_thread(time.sleep, 0.05)
        await sleep(0.01)


async def computing_in_threads() -> None:
    async def work() -> None:
        await sleep(0.01)
        compute(0.06)

    await gather(*(work() for _ in range(4)))


async def computing_in_threads_after() -> None:
    async def work() -> None:
        await sleep(0.01)
        await to_thread(compute, 0.06)

    await gather(*(work() for _ in range(4)))


async def computing_in_processes() -> None:
    async def work() -> None:
        await sleep(0.01)
        compute(0.1)

    await gather(*(work() for _ in range(4)))


async def computing_in_processes_after() -> None:
    async def work() -> None:
        await sleep(0.01)
        await in_process(PROCESSES, 0.1)

    await gather(*(work() for _ in range(4)))


async def computing_in_one_process() -> None:
    async def work() -> None:
        compute(0.06)
        await sleep(0.1)

    await gather(*(work() for _ in range(4)))


async def computing_in_one_process_after() -> None:
    async def work() -> None:
        await in_process(ONE_PROCESS, 0.06)
        await sleep(0.1)

    await gather(*(work() for _ in range(4)))


async def hashing_in_threads() -> None:
    async def work() -> None:
        await sleep(0.01)
        hash_long(0.1)

    await gather(*(work() for _ in range(4)))


async def hashing_in_threads_after() -> None:
    async def work() -> None:
        await sleep(0.01)
        await to_thread(hash_long, 0.1)

    await gather(*(work() for _ in range(4)))


async def two_lines() -> None:
    async def work() -> None:
        time.sleep(0.03)
        await sleep(0.01)
        time.sleep(0.04)

    await gather(*(work() for _ in range(4)))


async def two_lines_after() -> None:
    async def work() -> None:
        await to_thread(time.sleep, 0.03)
        await sleep(0.01)
        await to_thread(time.sleep, 0.04)

    await gather(*(work() for _ in range(4)))


async def one_of_two_lines() -> None:
    async def work() -> None:
        time.sleep(0.04)
        await sleep(0.05)
        time.sleep(0.02)

    await gather(*(work() for _ in range(4)))


async def one_of_two_lines_after() -> None:
    async def work() -> None:
        await to_thread(time.sleep, 0.04)
        await sleep(0.05)
        time.sleep(0.02)

    await gather(*(work() for _ in range(4)))


async def requests() -> None:
    async def work() -> None:
        ask_blocking(MANY, 0.05)

    await gather(*(work() for _ in range(5)))


async def requests_after() -> None:
    async def work() -> None:
        await to_thread(ask_blocking, MANY, 0.05)

    await gather(*(work() for _ in range(5)))


async def requests_one_by_one() -> None:
    async def work() -> None:
        ask_blocking(SINGLE, 0.05)

    await gather(*(work() for _ in range(5)))


async def requests_one_by_one_after() -> None:
    async def work() -> None:
        await to_thread(ask_blocking, SINGLE, 0.05)

    await gather(*(work() for _ in range(5)))


async def no_stalls() -> None:
    async def work() -> None:
        await sleep(0.05)
        time.sleep(0.03)

    await gather(*(work() for _ in range(5)))
    await sleep(0.1)


async def no_stalls_after() -> None:
    async def work() -> None:
        await sleep(0.05)

    await gather(*(work() for _ in range(5)))
    await sleep(0.1)


async def no_computing() -> None:
    for _ in range(4):
        compute(0.05)
        await sleep(0.03)


async def no_computing_after() -> None:
    for _ in range(4):
        await sleep(0.03)


async def off_loop_and_together() -> None:
    for _ in range(4):
        await sleep(0.01)
        time.sleep(0.05)


async def off_loop_and_together_after() -> None:
    async def work() -> None:
        await sleep(0.01)
        await to_thread(time.sleep, 0.05)

    await gather(*(work() for _ in range(4)))


PAIRS = [
    Pair("blocking calls", blocking, blocking_after, (off(2),)),
    Pair("more than the pool", more_than_the_pool, more_than_the_pool_after, (off(3),)),
    Pair("beside a ticker", beside_a_ticker, beside_a_ticker_after, (off(8),)),
    Pair("one after the other", one_after_the_other, one_after_the_other_after, (off(2),)),
    Pair("computing, threads", computing_in_threads, computing_in_threads_after, (off(3),)),
    Pair(
        "computing, processes",
        computing_in_processes,
        computing_in_processes_after,
        (off(3, Elsewhere.PROCESS), Cores(2)),
    ),
    Pair(
        "computing, one process",
        computing_in_one_process,
        computing_in_one_process_after,
        (off(2, Elsewhere.PROCESS), Cores(1)),
    ),
    Pair("hashing, threads", hashing_in_threads, hashing_in_threads_after, (off(3), Cores(2))),
    Pair("two blocking lines", two_lines, two_lines_after, (off(2), off(4))),
    Pair("one of two lines", one_of_two_lines, one_of_two_lines_after, (off(2),)),
    Pair("blocking requests", requests, requests_after, (off(2),)),
    Pair(
        "blocking, one by one",
        requests_one_by_one,
        requests_one_by_one_after,
        (off(2),),
    ),
    Pair("no stalls", no_stalls, no_stalls_after, (NoStalls(),)),
    Pair("no computing", no_computing, no_computing_after, (NoStalls(),)),
    Pair(
        "off the loop, together",
        off_loop_and_together,
        off_loop_and_together_after,
        (together(1, 3), off(3)),
    ),
]
