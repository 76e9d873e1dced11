"""Limits that are smaller than what waits for them, and one that is meant."""
# how: simulate --cost none --world world.toml

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import httpx

GATE = asyncio.Semaphore(1)
WIDE = asyncio.Semaphore(8)
POOL = ThreadPoolExecutor(max_workers=1)


def legacy(number: int) -> int:
    time.sleep(0.2)  # right: blocking-call
    return number


async def fetch(client: httpx.AsyncClient, number: int) -> int:
    async with GATE:  # expect: lock-over-await=gate
        answer = await client.get(f"http://api.test/{number}", timeout=20)  # expect: lock-over-await=gate
    return answer.status_code


async def fetch_wide(client: httpx.AsyncClient, number: int) -> int:
    async with WIDE:  # right: narrow-limit
        answer = await client.get(f"http://api.test/{number}", timeout=20)
    return answer.status_code


async def old(number: int) -> int:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(POOL, legacy, number)  # expect: narrow-limit


async def main() -> None:
    async with httpx.AsyncClient() as client:
        await asyncio.gather(*(fetch(client, one) for one in range(6)))  # accept: sequential-awaits
        await asyncio.gather(*(fetch_wide(client, one) for one in range(6)))  # accept: sequential-awaits
    await asyncio.gather(*(old(one) for one in range(5)))  # accept: sequential-awaits


asyncio.run(main())
