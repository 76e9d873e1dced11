"""Pairs for ``--limit`` and ``--host``: other sizes of locks and pools, other speeds of hosts."""

import asyncio
import time
from asyncio import gather, sleep
from concurrent.futures import ThreadPoolExecutor

from whatif_backend import MANY, SINGLE, ask
from whatif_pair import Main, Pair

from loopscope.model.changes import Faster, Limit

MANY_AT, SINGLE_AT = f"127.0.0.1:{MANY}", f"127.0.0.1:{SINGLE}"
LOCALHOST_AT = f"localhost:{MANY}"


def jobs_behind(count: int) -> Main:
    async def main() -> None:
        slots = asyncio.Semaphore(count)

        async def job(number: int) -> None:
            async with slots:
                await sleep(0.03 + number % 3 / 100)

        await gather(*(job(number) for number in range(18)))

    return main


def workers_behind(count: int) -> Main:
    async def main() -> None:
        slots = asyncio.Semaphore(count)

        async def worker() -> None:
            for _ in range(3):
                async with slots:
                    await sleep(0.03)
                await sleep(0.01)

        await gather(*(worker() for _ in range(8)))

    return main


def convoy_behind(count: int) -> Main:
    async def main() -> None:
        lock = asyncio.Lock() if count == 1 else asyncio.Semaphore(count)

        async def write() -> None:
            await sleep(0.01)
            async with lock:
                await sleep(0.04)

        await gather(*(write() for _ in range(8)))

    return main


def requests_behind(count: int, address: str) -> Main:
    async def main() -> None:
        slots = asyncio.Semaphore(count)

        async def fetch() -> None:
            async with slots:
                await ask(address, 0.03)

        await gather(*(fetch() for _ in range(9)))

    return main


def threads(count: int) -> Main:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(count, thread_name_prefix="files") as pool:
            await gather(*(loop.run_in_executor(pool, time.sleep, 0.05) for _ in range(12)))

    return main


def threads_in_tasks(count: int) -> Main:
    async def main() -> None:
        loop = asyncio.get_running_loop()

        async def read(pool: ThreadPoolExecutor) -> None:
            for _ in range(2):
                await loop.run_in_executor(pool, time.sleep, 0.03)
                await sleep(0.01)

        with ThreadPoolExecutor(count, thread_name_prefix="files") as pool:
            await gather(*(read(pool) for _ in range(6)))

    return main


def host(delay_s: float) -> Main:
    async def main() -> None:
        for _ in range(3):
            await ask(MANY_AT, delay_s)
            await sleep(0.02)

    return main


def two_hosts(first_s: float, second_s: float) -> Main:
    async def main() -> None:
        async def chain() -> None:
            await ask(LOCALHOST_AT, first_s)
            await ask(MANY_AT, second_s)

        await gather(*(chain() for _ in range(4)))

    return main


def slowest_host(first_s: float, second_s: float) -> Main:
    async def first() -> None:
        await ask(LOCALHOST_AT, first_s)

    async def second() -> None:
        await ask(MANY_AT, second_s)

    async def main() -> None:
        await gather(first(), second(), sleep(0.03))

    return main


PAIRS = [
    Pair("semaphore, 2 to 6", jobs_behind(2), jobs_behind(6), (Limit("slots", 6),)),
    Pair("semaphore, 3 to 2", jobs_behind(3), jobs_behind(2), (Limit("slots", 2),)),
    Pair("semaphore, 2 to 30", jobs_behind(2), jobs_behind(30), (Limit("slots", 30),)),
    Pair("workers, 2 to 4", workers_behind(2), workers_behind(4), (Limit("slots", 4),)),
    Pair("a lock for 4", convoy_behind(1), convoy_behind(4), (Limit("lock", 4),)),
    Pair(
        "requests, 1 to 3",
        requests_behind(1, MANY_AT),
        requests_behind(3, MANY_AT),
        (Limit("slots", 3),),
    ),
    Pair(
        "one by one, 1 to 3",
        requests_behind(1, SINGLE_AT),
        requests_behind(3, SINGLE_AT),
        (Limit("slots", 3),),
    ),
    Pair("thread pool, 2 to 4", threads(2), threads(4), (Limit("files", 4),)),
    Pair("thread pool, 4 to 2", threads(4), threads(2), (Limit("files", 2),)),
    Pair("threads, 2 to 6", threads_in_tasks(2), threads_in_tasks(6), (Limit("files", 6),)),
    Pair("host twice as fast", host(0.08), host(0.04), (Faster("127.0.0.1", 2),)),
    Pair("host half as fast", host(0.04), host(0.08), (Faster("127.0.0.1", 0.5),)),
    Pair(
        "one of two hosts", two_hosts(0.09, 0.05), two_hosts(0.03, 0.05), (Faster("localhost", 3),)
    ),
    Pair(
        "the slowest host",
        slowest_host(0.12, 0.07),
        slowest_host(0.03, 0.07),
        (Faster("localhost", 4),),
    ),
]
