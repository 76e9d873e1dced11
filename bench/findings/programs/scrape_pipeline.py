"""A pipeline: fetch pages, parse them, store rows; each stage a worker over queues."""
# how: simulate --cost none --world world.toml

import asyncio
from collections.abc import AsyncIterator

import aiohttp

DONE = object()


async def produce(queue: asyncio.Queue[object], count: int) -> None:
    for number in range(count):
        await queue.put(number)  # right: sequential-awaits
    await queue.put(DONE)


async def fetch(session: aiohttp.ClientSession, number: object) -> str:
    async with session.get(f"http://api.test/{number}") as answer:
        return await answer.text()


async def work(session: aiohttp.ClientSession, source: asyncio.Queue[object], found: list[str]) -> None:
    while (item := await source.get()) is not DONE:  # right: no-timeout
        found.append(await fetch(session, item))
    await source.put(DONE)


async def robots(session: aiohttp.ClientSession) -> str:
    return await fetch(session, "robots.txt")


async def sitemap(session: aiohttp.ClientSession) -> str:
    return await fetch(session, "sitemap.xml")


async def plan(session: aiohttp.ClientSession) -> dict[str, str]:
    return {
        "robots": await robots(session),  # expect: sequential-awaits=plan
        "sitemap": await sitemap(session),  # expect: sequential-awaits=plan
    }


async def login_then(session: aiohttp.ClientSession) -> str:
    token = await fetch(session, "login")
    return await fetch(session, f"home?{token}")  # right: sequential-awaits


async def stream(session: aiohttp.ClientSession) -> AsyncIterator[str]:
    for number in range(3):
        yield await fetch(session, number)  # right: sequential-awaits


async def impatient(session: aiohttp.ClientSession) -> str:
    async with session.get("http://api.test/x", timeout=aiohttp.ClientTimeout(None)) as answer:  # expect: no-timeout=impatient
        return await answer.text()  # expect: no-timeout=impatient


async def main() -> None:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
        queue: asyncio.Queue[object] = asyncio.Queue(5)
        found: list[str] = []
        async with asyncio.TaskGroup() as group:
            group.create_task(produce(queue, 8))  # right: lost-task
            for _ in range(3):
                group.create_task(work(session, queue, found))  # right: unbounded-concurrency
        print(len(found), await plan(session))  # accept: sequential-awaits
        print(await login_then(session), [one async for one in stream(session)])  # accept: sequential-awaits
        print(await impatient(session))


asyncio.run(main())
