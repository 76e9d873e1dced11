"""Pairs for ``--together``: awaits one after the other, and the same under ``gather``."""

import asyncio
from asyncio import sleep

from whatif_backend import MANY, SINGLE, ask
from whatif_pair import Pair, together
from whatif_work import compute

from loopscope.model.changes import Faster, Limit

MANY_AT = f"127.0.0.1:{MANY}"
SINGLE_AT = f"127.0.0.1:{SINGLE}"


async def three_sleeps() -> None:
    await sleep(0.1)
    await sleep(0.06)
    await sleep(0.08)


async def three_sleeps_after() -> None:
    await asyncio.gather(sleep(0.1), sleep(0.06), sleep(0.08))


async def load(what: float) -> float:
    await sleep(what)
    return what


async def two_helpers() -> None:
    await sleep(0.05)
    user = await load(0.08)
    orders = await load(0.12)
    await sleep((user + orders) / 4)


async def two_helpers_after() -> None:
    await sleep(0.05)
    user, orders = await asyncio.gather(load(0.08), load(0.12))
    await sleep((user + orders) / 4)


async def rounds() -> None:
    for number in range(8):
        await load(0.02 + number / 400)


async def rounds_after() -> None:
    await asyncio.gather(*(load(0.02 + number / 400) for number in range(8)))


async def comprehension() -> None:
    _ = [await load(0.03) for _ in range(6)]


async def comprehension_after() -> None:
    await asyncio.gather(*(load(0.03) for _ in range(6)))


async def load_and_compute() -> None:
    await sleep(0.05)
    compute(0.01)


async def rounds_with_computing() -> None:
    for _ in range(6):
        await load_and_compute()


async def rounds_with_computing_after() -> None:
    await asyncio.gather(*(load_and_compute() for _ in range(6)))


async def requests() -> None:
    for _ in range(5):
        await ask(MANY_AT, 0.06)


async def requests_after() -> None:
    await asyncio.gather(*(ask(MANY_AT, 0.06) for _ in range(5)))


async def requests_one_by_one() -> None:
    for _ in range(5):
        await ask(SINGLE_AT, 0.06)


async def requests_one_by_one_after() -> None:
    await asyncio.gather(*(ask(SINGLE_AT, 0.06) for _ in range(5)))


async def batches() -> None:
    for _ in range(3):
        await asyncio.gather(*(load(0.03 * number) for number in range(4)))


async def batches_after() -> None:
    await asyncio.gather(*(load(0.03 * number) for _ in range(3) for number in range(4)))


async def talk() -> None:
    await sleep(0.02)
    for _ in range(3):
        await sleep(0.01)
    await sleep(0.03)


async def long_rounds() -> None:
    for _ in range(4):
        await talk()


async def long_rounds_after() -> None:
    await asyncio.gather(*(talk() for _ in range(4)))


async def several_tasks() -> None:
    async def work(number: int) -> None:
        await sleep(0.02 * number)
        await load(0.05)
        await load(0.07)

    await asyncio.gather(*(work(number) for number in range(4)))


async def several_tasks_after() -> None:
    async def work(number: int) -> None:
        await sleep(0.02 * number)
        await asyncio.gather(load(0.05), load(0.07))

    await asyncio.gather(*(work(number) for number in range(4)))


async def behind_a_lock() -> None:
    lock = asyncio.Lock()

    async def write() -> None:
        async with lock:
            await sleep(0.05)

    for _ in range(4):
        await write()


async def behind_a_lock_after() -> None:
    lock = asyncio.Lock()

    async def write() -> None:
        async with lock:
            await sleep(0.05)

    await asyncio.gather(*(write() for _ in range(4)))


async def behind_a_semaphore() -> None:
    slots = asyncio.Semaphore(2)

    async def fetch() -> None:
        async with slots:
            await sleep(0.05)
        await sleep(0.02)

    for _ in range(6):
        await fetch()


async def behind_a_semaphore_after() -> None:
    slots = asyncio.Semaphore(2)

    async def fetch() -> None:
        async with slots:
            await sleep(0.05)
        await sleep(0.02)

    await asyncio.gather(*(fetch() for _ in range(6)))


async def tasks_in_turn() -> None:
    for _ in range(5):
        await asyncio.create_task(load(0.05))


async def tasks_in_turn_after() -> None:
    await asyncio.gather(*(asyncio.create_task(load(0.05)) for _ in range(5)))


async def one_group() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(load(0.2))
        await load(0.05)
        await load(0.06)
    await load(0.07)


async def one_group_after() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(load(0.2))
        await asyncio.gather(load(0.05), load(0.06))
    await load(0.07)


async def with_limit() -> None:
    slots = asyncio.Semaphore(2)

    async def fetch() -> None:
        async with slots:
            await sleep(0.05)

    await load(0.06)
    await load(0.04)
    await asyncio.gather(*(fetch() for _ in range(8)))


async def with_limit_after() -> None:
    slots = asyncio.Semaphore(4)

    async def fetch() -> None:
        async with slots:
            await sleep(0.05)

    await asyncio.gather(load(0.06), load(0.04))
    await asyncio.gather(*(fetch() for _ in range(8)))


async def faster_and_together() -> None:
    for _ in range(4):
        await ask(MANY_AT, 0.08)


async def faster_and_together_after() -> None:
    await asyncio.gather(*(ask(MANY_AT, 0.04) for _ in range(4)))


PAIRS = [
    Pair("three sleeps", three_sleeps, three_sleeps_after, (together(1, 3),)),
    Pair("two helpers", two_helpers, two_helpers_after, (together(2, 3),)),
    Pair("rounds of a loop", rounds, rounds_after, (together(1, 2),)),
    Pair("comprehension", comprehension, comprehension_after, (together(1),)),
    Pair(
        "rounds with computing", rounds_with_computing, rounds_with_computing_after, (together(2),)
    ),
    Pair("requests", requests, requests_after, (together(2),)),
    Pair("requests, one by one", requests_one_by_one, requests_one_by_one_after, (together(2),)),
    Pair("batches", batches, batches_after, (together(2),)),
    Pair("long rounds", long_rounds, long_rounds_after, (together(2),)),
    Pair("in several tasks", several_tasks, several_tasks_after, (together(3, 4),)),
    Pair("behind a lock", behind_a_lock, behind_a_lock_after, (together(8),)),
    Pair("behind a semaphore", behind_a_semaphore, behind_a_semaphore_after, (together(9),)),
    Pair("tasks in turn", tasks_in_turn, tasks_in_turn_after, (together(2),)),
    Pair("beside a task group", one_group, one_group_after, (together(3, 4),)),
    Pair("with a limit", with_limit, with_limit_after, (together(7, 8), Limit("slots", 4))),
    Pair(
        "with a faster host",
        faster_and_together,
        faster_and_together_after,
        (together(2), Faster("127.0.0.1", 2)),
    ),
]
