"""Checks the links of a page: as many requests at once as there are links?"""
# how: simulate --cost none --world world.toml

import asyncio
import itertools

import aiohttp

LIMIT = aiohttp.ClientTimeout(total=30)


async def check(session: aiohttp.ClientSession, number: int) -> int:
    async with session.get(f"http://api.test/{number}") as answer:
        return answer.status


async def all_at_once(session: aiohttp.ClientSession, numbers: list[int]) -> list[int]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(check(session, one)) for one in numbers]  # expect: unbounded-concurrency
    return [task.result() for task in tasks]  # right: blocking-call


async def list_then_gather(session: aiohttp.ClientSession, numbers: list[int]) -> list[int]:
    checks = []
    for one in numbers:
        checks.append(asyncio.create_task(check(session, one)))  # expect: unbounded-concurrency=list
    return await asyncio.gather(*checks)  # expect: unbounded-concurrency=list


async def limited(session: aiohttp.ClientSession, numbers: list[int]) -> list[int]:
    slots = asyncio.Semaphore(10)

    async def one_of_them(number: int) -> int:
        async with slots:  # right: narrow-limit
            return await check(session, number)

    return await asyncio.gather(*(one_of_them(one) for one in numbers))  # right: unbounded-concurrency


async def by_batches(session: aiohttp.ClientSession, numbers: list[int]) -> list[int]:
    found = []
    rest = iter(numbers)
    while batch := list(itertools.islice(rest, 20)):
        found += await asyncio.gather(*(check(session, one) for one in batch))  # right: unbounded-concurrency
    return found


async def main() -> None:
    numbers = list(range(60))
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(timeout=LIMIT, connector=connector) as session:
        await all_at_once(session, numbers)  # accept: sequential-awaits
        await list_then_gather(session, numbers)  # accept: sequential-awaits
        await limited(session, numbers)  # accept: sequential-awaits
        await by_batches(session, numbers)  # accept: sequential-awaits


asyncio.run(main())
