"""A crawler that asks for every page at once, and one that does not."""
# how: simulate --cost none --world world.toml

import asyncio

import aiohttp

PAGES = [f"http://api.test/page/{number}" for number in range(300)]


async def page(session: aiohttp.ClientSession, url: str) -> int:
    async with session.get(url) as answer:
        return len(await answer.text())


async def crawl(session: aiohttp.ClientSession) -> list[int]:
    return await asyncio.gather(*(page(session, url) for url in PAGES))  # expect: unbounded-concurrency


async def crawl_tasks(session: aiohttp.ClientSession) -> int:
    tasks = []
    for url in PAGES:
        tasks.append(asyncio.create_task(page(session, url)))  # expect: unbounded-concurrency
    done, _ = await asyncio.wait(tasks)
    return len(done)


async def crawl_group(session: aiohttp.ClientSession) -> None:
    async with asyncio.TaskGroup() as group:
        for url in PAGES:
            group.create_task(page(session, url))  # expect: unbounded-concurrency


async def crawl_gently(session: aiohttp.ClientSession) -> list[int]:
    limit = asyncio.Semaphore(10)

    async def one(url: str) -> int:
        async with limit:
            return await page(session, url)

    return await asyncio.gather(*(one(url) for url in PAGES))  # right: unbounded-concurrency


async def crawl_front(session: aiohttp.ClientSession) -> list[int]:
    fronts = ["http://api.test/a", "http://api.test/b", "http://api.test/c"]
    return await asyncio.gather(*(page(session, url) for url in fronts))  # right: unbounded-concurrency


async def main() -> None:
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        async with asyncio.TaskGroup() as group:
            group.create_task(crawl(session))
            group.create_task(crawl_tasks(session))
            group.create_task(crawl_group(session))
            group.create_task(crawl_gently(session))
            group.create_task(crawl_front(session))


asyncio.run(main())
