"""Sessions that are made once: for the program, for an application, lazily."""
# how: simulate --cost none --world world.toml

import asyncio

import aiohttp
import httpx

LIMIT = aiohttp.ClientTimeout(total=5)


class LazyApi:
    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=LIMIT)  # right: session-per-request
        return self._session

    async def get(self, path: str) -> int:
        session = await self.session()
        async with session.get(f"http://api.test{path}") as answer:
            return answer.status

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


async def many(paths: list[str]) -> list[int]:
    async with httpx.AsyncClient(timeout=3) as client:  # right: session-per-request
        answers = await asyncio.gather(*(client.get(f"http://api.test{path}") for path in paths))
    return [answer.status_code for answer in answers]


async def main() -> None:
    api = LazyApi()
    paths = ["/a", "/b", "/c"]
    await asyncio.gather(many(paths), *(api.get(path) for path in paths))
    await api.close()


asyncio.run(main())
