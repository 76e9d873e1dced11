"""A program that looks suspicious in many places and is right in all of them."""
# how: simulate --cost none --world world.toml

import asyncio
import contextlib
import time
from concurrent.futures import ThreadPoolExecutor

import requests

BACKGROUND: set[asyncio.Task[None]] = set()
STARTED = time.sleep(0.01)  # right: blocking-call


def blocking_fetch(path: str) -> int:
    time.sleep(0.01)  # right: blocking-call
    return requests.get(f"http://api.test{path}", timeout=3).status_code  # right: blocking-call


def spawn(coroutine) -> asyncio.Task[None]:
    task = asyncio.create_task(coroutine)  # right: lost-task
    BACKGROUND.add(task)
    task.add_done_callback(BACKGROUND.discard)
    return task


class Account:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.amount = 100

    async def withdraw(self, amount: int) -> bool:
        async with self.lock:
            if self.amount < amount:
                return False
            self.amount -= amount  # right: lock-over-await
            return True


async def ticker(stop: asyncio.Event) -> int:
    ticks = 0
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), 0.1)  # right: polling
        ticks += 1
    return ticks


async def note(text: str) -> None:
    await asyncio.sleep(0.02)
    print(text)


async def limited(limit: asyncio.Semaphore, path: str) -> int:
    async with limit:  # right: narrow-limit
        return await asyncio.to_thread(blocking_fetch, path)  # right: blocking-call


async def in_pool() -> list[int]:
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(4) as pool:
        jobs = [loop.run_in_executor(pool, blocking_fetch, f"/{number}") for number in range(4)]  # right: unbounded-concurrency
        return await asyncio.gather(*jobs)


async def steps() -> None:
    await note("begin")  # right: sequential-awaits
    await note("end")  # right: sequential-awaits


async def main() -> None:
    stop = asyncio.Event()
    limit = asyncio.Semaphore(8)
    account = Account()
    ticking = asyncio.create_task(ticker(stop))  # right: lost-task
    spawn(note("in the background"))  # right: lost-task
    statuses = await asyncio.gather(*(limited(limit, f"/{number}") for number in range(4)), in_pool())  # right: unbounded-concurrency
    print(statuses, await account.withdraw(30), await account.withdraw(80))  # right: sequential-awaits
    await steps()
    stop.set()
    print(await ticking > 0)


asyncio.run(main())
