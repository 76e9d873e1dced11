"""Limits that are smaller than the work needs, and one that is right."""
# how: simulate --cost none

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import asyncpg

SLOTS = asyncio.Semaphore(2)  # expect: narrow-limit=slots
ROOMY = asyncio.Semaphore(50)
POOL = ThreadPoolExecutor(max_workers=1)  # expect: narrow-limit=pool


async def ask(number: int) -> int:
    async with SLOTS:  # expect: narrow-limit=slots
        await asyncio.sleep(0.1)
        return number


async def ask_freely(number: int) -> int:
    async with ROOMY:  # right: narrow-limit
        await asyncio.sleep(0.1)
        return number


def convert(number: int) -> int:
    time.sleep(0.1)
    return number


async def converted(number: int) -> int:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(POOL, convert, number)  # expect: narrow-limit=pool


async def looked_up(pool: asyncpg.Pool, number: int) -> list:
    async with pool.acquire() as connection:  # expect: narrow-limit=connections
        return await connection.fetch(f"select {number}", timeout=5)


async def main() -> None:
    pool = await asyncpg.create_pool("postgres://db.test/shop", max_size=2, timeout=5)  # expect: narrow-limit=connections
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        for number in range(12):
            group.create_task(ask(number))
            group.create_task(ask_freely(number))
            group.create_task(converted(number))
            group.create_task(looked_up(pool, number))
    await asyncio.wait_for(pool.close(), 5)


asyncio.run(main())
