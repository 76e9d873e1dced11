"""Pairs for programs with more structure: groups, queues, timeouts, locks around what blocks."""

import asyncio
import time
from asyncio import gather, sleep, to_thread
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from whatif_backend import MANY, ask
from whatif_pair import Main, Pair, together

from loopscope.model.changes import Faster, Limit, NoStalls, OffLoop

MANY_AT = f"127.0.0.1:{MANY}"


async def load(seconds: float) -> float:
    await sleep(seconds)
    return seconds


async def group_of_chains() -> None:
    async def work(number: int) -> None:
        await ask(MANY_AT, 0.02 + number / 100)
        await ask(MANY_AT, 0.04)

    async with asyncio.TaskGroup() as group:
        for number in range(4):
            group.create_task(work(number))


async def group_of_chains_after() -> None:
    async def work(number: int) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(ask(MANY_AT, 0.02 + number / 100))
            group.create_task(ask(MANY_AT, 0.04))

    async with asyncio.TaskGroup() as group:
        for number in range(4):
            group.create_task(work(number))


async def gathers_in_turn() -> None:
    await gather(load(0.05), gather(load(0.03), load(0.02)))
    await gather(load(0.04), gather(load(0.06), load(0.01)))
    await sleep(0.02)


async def gathers_in_turn_after() -> None:
    await gather(
        load(0.05),
        gather(load(0.03), load(0.02)),
        load(0.04),
        gather(load(0.06), load(0.01)),
    )
    await sleep(0.02)


def queue_behind(count: int) -> Main:
    async def main() -> None:
        queue: asyncio.Queue[int] = asyncio.Queue(4)
        slots = asyncio.Semaphore(count)

        async def produce() -> None:
            for number in range(18):
                await sleep(0.004)
                await queue.put(number)

        async def consume() -> None:
            while True:
                await queue.get()
                async with slots:
                    await sleep(0.02)
                queue.task_done()

        consumers = [asyncio.create_task(consume()) for _ in range(4)]
        await produce()
        await queue.join()
        for consumer in consumers:
            consumer.cancel()

    return main


async def consumers_that_block() -> None:
    queue: asyncio.Queue[int] = asyncio.Queue()

    async def consume() -> None:
        while True:
            await queue.get()
            await sleep(0.01)
            time.sleep(0.02)
            queue.task_done()

    consumers = [asyncio.create_task(consume()) for _ in range(3)]
    for number in range(12):
        queue.put_nowait(number)
    await queue.join()
    for consumer in consumers:
        consumer.cancel()


async def consumers_that_block_after() -> None:
    queue: asyncio.Queue[int] = asyncio.Queue()

    async def consume() -> None:
        while True:
            await queue.get()
            await sleep(0.01)
            await to_thread(time.sleep, 0.02)
            queue.task_done()

    consumers = [asyncio.create_task(consume()) for _ in range(3)]
    for number in range(12):
        queue.put_nowait(number)
    await queue.join()
    for consumer in consumers:
        consumer.cancel()


async def bounded_waits() -> None:
    for number in range(5):
        await asyncio.wait_for(ask(MANY_AT, 0.02 + number / 100), 1)


async def bounded_waits_after() -> None:
    await gather(*(asyncio.wait_for(ask(MANY_AT, 0.02 + number / 100), 1) for number in range(5)))


async def bounded_blocks() -> None:
    for _ in range(5):
        async with asyncio.timeout(1):
            await ask(MANY_AT, 0.03)
            await sleep(0.01)


async def bounded_block() -> None:
    async with asyncio.timeout(1):
        await ask(MANY_AT, 0.03)
        await sleep(0.01)


async def bounded_blocks_after() -> None:
    await gather(*(bounded_block() for _ in range(5)))


def fallback(delay_s: float) -> Main:
    async def main() -> None:
        for _ in range(3):
            try:
                await asyncio.wait_for(ask(MANY_AT, delay_s), 0.05)
            except TimeoutError:
                await sleep(0.02)

    return main


async def writes_in_a_lock() -> None:
    lock = asyncio.Lock()

    async def write() -> None:
        await sleep(0.01)
        async with lock:
            time.sleep(0.03)

    await gather(*(write() for _ in range(6)))


async def writes_in_a_lock_after() -> None:
    lock = asyncio.Lock()

    async def write() -> None:
        await sleep(0.01)
        async with lock:
            await to_thread(time.sleep, 0.03)

    await gather(*(write() for _ in range(6)))


async def saves_in_slots() -> None:
    slots = asyncio.Semaphore(2)

    async def save() -> None:
        async with slots:
            await ask(MANY_AT, 0.02)
            time.sleep(0.03)

    await gather(*(save() for _ in range(6)))


async def saves_in_slots_after() -> None:
    slots = asyncio.Semaphore(2)

    async def save() -> None:
        async with slots:
            await ask(MANY_AT, 0.02)
            await to_thread(time.sleep, 0.03)

    await gather(*(save() for _ in range(6)))


async def rounds_in_a_lock() -> None:
    lock = asyncio.Lock()

    async def write() -> None:
        async with lock:
            await sleep(0.02)
            time.sleep(0.03)

    for _ in range(4):
        await write()


async def rounds_in_a_lock_after() -> None:
    lock = asyncio.Lock()

    async def write() -> None:
        async with lock:
            await sleep(0.02)
            await to_thread(time.sleep, 0.03)

    await gather(*(write() for _ in range(4)))


def work_in_slots(count: int, held_s: float) -> Main:
    async def main() -> None:
        slots = asyncio.Semaphore(count)

        async def work() -> None:
            async with slots:
                await sleep(0.03)
                if held_s:
                    time.sleep(held_s)

        await gather(*(work() for _ in range(8)))

    return main


def requests_beside(delay_s: float, held_s: float) -> Main:
    async def main() -> None:
        async def ask_often() -> None:
            for _ in range(5):
                await ask(MANY_AT, delay_s)

        async def save() -> None:
            for _ in range(3):
                await sleep(0.03)
                if held_s:
                    time.sleep(held_s)

        await gather(ask_often(), save())

    return main


async def shared_pool() -> None:
    pool = ThreadPoolExecutor(2, thread_name_prefix="asyncio")
    asyncio.get_running_loop().set_default_executor(pool)

    async def save() -> None:
        await sleep(0.01)
        time.sleep(0.03)

    await gather(*(to_thread(time.sleep, 0.03) for _ in range(4)), *(save() for _ in range(4)))


async def shared_pool_after() -> None:
    pool = ThreadPoolExecutor(2, thread_name_prefix="asyncio")
    asyncio.get_running_loop().set_default_executor(pool)

    async def save() -> None:
        await sleep(0.01)
        await to_thread(time.sleep, 0.03)

    await gather(*(to_thread(time.sleep, 0.03) for _ in range(4)), *(save() for _ in range(4)))


def slots_for_a_host(delay_s: float) -> Main:
    async def main() -> None:
        slots = asyncio.Semaphore(3)

        async def fetch() -> None:
            async with slots:
                await ask(MANY_AT, delay_s)

        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                await gather(*(fetch() for _ in range(10)))

    return main


PAIRS = [
    Pair("chains in a group", group_of_chains, group_of_chains_after, (together(2, 3),)),
    Pair("gathers in turn", gathers_in_turn, gathers_in_turn_after, (together(1, 2),)),
    Pair("a queue, slots 1 to 3", queue_behind(1), queue_behind(3), (Limit("slots", 3),)),
    Pair(
        "consumers that block",
        consumers_that_block,
        consumers_that_block_after,
        (OffLoop("", 7),),
    ),
    Pair("rounds with wait_for", bounded_waits, bounded_waits_after, (together(1, 2),)),
    Pair("rounds with timeout", bounded_blocks, bounded_blocks_after, (together(1, 4),)),
    Pair("a timeout that fires", fallback(0.08), fallback(0.02), (Faster("127.0.0.1", 4),)),
    Pair("a lock around blocking", writes_in_a_lock, writes_in_a_lock_after, (OffLoop("", 6),)),
    Pair("slots around blocking", saves_in_slots, saves_in_slots_after, (OffLoop("", 6),)),
    Pair(
        "rounds in a lock, blocking",
        rounds_in_a_lock,
        rounds_in_a_lock_after,
        (together(8, 9), OffLoop("", 6)),
    ),
    Pair(
        "no stalls and limit",
        work_in_slots(2, 0.015),
        work_in_slots(4, 0),
        (NoStalls(), Limit("slots", 4)),
    ),
    Pair(
        "no stalls, faster host",
        requests_beside(0.04, 0.05),
        requests_beside(0.02, 0),
        (NoStalls(), Faster("127.0.0.1", 2)),
    ),
    Pair("a full pool, shared", shared_pool, shared_pool_after, (OffLoop("", 6),)),
    Pair(
        "a slower host behind slots",
        slots_for_a_host(0.03),
        slots_for_a_host(0.06),
        (Faster("127.0.0.1", 0.5),),
    ),
]
