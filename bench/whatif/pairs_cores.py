"""Pairs for ``--off-loop`` and ``--cores`` where computing, C code and requests go side by side."""

import os
from asyncio import gather, sleep, to_thread

from pairs_off_loop import ONE_PROCESS, PROCESSES, in_process, off
from whatif_backend import MANY, ask
from whatif_pair import Pair, together
from whatif_work import compute, hash_in, hash_long

from loopscope.model.changes import Cores, Elsewhere

MANY_AT = f"127.0.0.1:{MANY}"
PROCESS = Elsewhere.PROCESS


async def files() -> None:
    async def check() -> None:
        await sleep(0.01)
        hash_long(0.06)

    await gather(*(check() for _ in range(6)))


async def files_in_processes() -> None:
    async def check() -> None:
        await sleep(0.01)
        await hash_in(PROCESSES, 0.06)

    await gather(*(check() for _ in range(6)))


async def files_on_one_processor() -> None:
    async def check() -> None:
        await sleep(0.01)
        await to_thread(hash_long, 0.06)

    all_of_them = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(all_of_them)})
    try:
        await gather(*(check() for _ in range(6)))
    finally:
        os.sched_setaffinity(0, all_of_them)


async def downloads() -> None:
    async def download() -> None:
        await ask(MANY_AT, 0.03)
        hash_long(0.05)
        await ask(MANY_AT, 0.02)

    await gather(*(download() for _ in range(4)))


async def downloads_after() -> None:
    async def download() -> None:
        await ask(MANY_AT, 0.03)
        await to_thread(hash_long, 0.05)
        await ask(MANY_AT, 0.02)

    await gather(*(download() for _ in range(4)))


async def reports() -> None:
    async def report() -> None:
        await ask(MANY_AT, 0.03)
        compute(0.07)
        await ask(MANY_AT, 0.02)

    await gather(*(report() for _ in range(4)))


async def reports_after() -> None:
    async def report() -> None:
        await ask(MANY_AT, 0.03)
        await in_process(PROCESSES, 0.07)
        await ask(MANY_AT, 0.02)

    await gather(*(report() for _ in range(4)))


async def reports_in_turn() -> None:
    for _ in range(4):
        await ask(MANY_AT, 0.03)
        compute(0.06)


async def reports_in_turn_after() -> None:
    async def report() -> None:
        await ask(MANY_AT, 0.03)
        await in_process(PROCESSES, 0.06)

    await gather(*(report() for _ in range(4)))


async def signed_reports() -> None:
    async def work() -> None:
        await sleep(0.01)
        compute(0.04)
        await sleep(0.01)
        hash_long(0.06)

    await gather(*(work() for _ in range(3)))


async def signed_reports_after() -> None:
    async def work() -> None:
        await sleep(0.01)
        await to_thread(compute, 0.04)
        await sleep(0.01)
        await to_thread(hash_long, 0.06)

    await gather(*(work() for _ in range(3)))


async def hashing_beside_computing() -> None:
    async def check() -> None:
        await sleep(0.01)
        hash_long(0.1)

    async def work() -> None:
        for _ in range(6):
            await sleep(0.005)
            compute(0.015)

    await gather(check(), work())


async def hashing_beside_computing_after() -> None:
    async def check() -> None:
        await sleep(0.01)
        await to_thread(hash_long, 0.1)

    async def work() -> None:
        for _ in range(6):
            await sleep(0.005)
            compute(0.015)

    await gather(check(), work())


async def long_computing_beside_short() -> None:
    async def long() -> None:
        compute(0.12)
        await sleep(0.02)

    async def short() -> None:
        for _ in range(5):
            await sleep(0.02)

    await gather(long(), short())


async def long_computing_beside_short_after() -> None:
    async def long() -> None:
        await in_process(ONE_PROCESS, 0.12)
        await sleep(0.02)

    async def short() -> None:
        for _ in range(5):
            await sleep(0.02)

    await gather(long(), short())


PAIRS = [
    Pair("hashing, processes", files, files_in_processes, (off(3, PROCESS), Cores(2))),
    Pair("hashing, one processor", files, files_on_one_processor, (off(3), Cores(1))),
    Pair("hashing of downloads", downloads, downloads_after, (off(3), Cores(2))),
    Pair("computing of reports", reports, reports_after, (off(3, PROCESS), Cores(2))),
    Pair(
        "computing, rounds together",
        reports_in_turn,
        reports_in_turn_after,
        (together(1, 3), off(3, PROCESS), Cores(2)),
    ),
    Pair(
        "computing, then hashing",
        signed_reports,
        signed_reports_after,
        (off(3), off(5), Cores(2)),
    ),
    Pair(
        "hashing beside computing",
        hashing_beside_computing,
        hashing_beside_computing_after,
        (off(3), Cores(2)),
    ),
    Pair(
        "computing beside sleeps",
        long_computing_beside_short,
        long_computing_beside_short_after,
        (off(2, PROCESS), Cores(1)),
    ),
]
