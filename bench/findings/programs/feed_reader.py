"""Reads feeds again and again with a client made each time, and once with one that is kept."""
# how: simulate --cost none --world world.toml

import asyncio
from contextlib import asynccontextmanager
from collections.abc import AsyncIterator

import aiohttp
import httpx

FEEDS = ["a", "b", "c"]


async def read(feed: str) -> str:
    async with httpx.AsyncClient(timeout=5) as client:  # expect: session-per-request=read
        answer = await client.get(f"http://api.test/{feed}")  # expect: session-per-request=read
        return answer.text


async def read_all() -> list[str]:
    return await asyncio.gather(*(read(feed) for feed in FEEDS))  # right: unbounded-concurrency


@asynccontextmanager
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as made:  # right: session-per-request
        yield made


async def read_kept() -> list[int]:
    async with session() as kept:  # right: session-per-request

        async def status(feed: str) -> int:
            async with kept.get(f"http://api.test/{feed}") as answer:
                return answer.status

        return await asyncio.gather(*map(status, FEEDS))


class Reader:
    def __init__(self) -> None:
        self._client: httpx.AsyncClient | None = None

    async def client(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=5)  # right: session-per-request
        return self._client

    async def read(self, feed: str) -> str:
        client = await self.client()
        return (await client.get(f"http://api.test/{feed}")).text

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()


async def main() -> None:
    for _ in range(2):
        await read_all()  # right: sequential-awaits
        await asyncio.sleep(1)  # right: polling
    await read_kept()  # accept: sequential-awaits
    reader = Reader()
    await asyncio.gather(*(reader.read(feed) for feed in FEEDS))  # accept: sequential-awaits
    await reader.close()  # accept: sequential-awaits


asyncio.run(main())
