"""A new connection for every request, where one session would keep them open."""
# how: simulate --cost none --world world.toml

import asyncio

import aiohttp
import httpx

LIMIT = aiohttp.ClientTimeout(total=5)


async def quote(symbol: str) -> dict:
    async with aiohttp.ClientSession(timeout=LIMIT) as session:  # expect: session-per-request
        async with session.get(f"http://api.test/quote/{symbol}") as answer:
            return await answer.json()


async def news(symbol: str) -> dict:
    async with httpx.AsyncClient(timeout=3) as client:  # expect: session-per-request
        answer = await client.get(f"http://api.test/news/{symbol}")
    return answer.json()


class Api:
    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    async def profile(self, name: str) -> dict:
        async with self.session.get(f"http://api.test/profile/{name}") as answer:
            return await answer.json()

    async def picture(self, name: str) -> bytes:
        session = aiohttp.ClientSession(timeout=LIMIT)  # expect: session-per-request
        try:
            async with session.get(f"http://api.test/picture/{name}") as answer:
                return await answer.read()
        finally:
            await session.close()


async def in_loop(symbols: list[str]) -> list[int]:
    statuses = []
    for symbol in symbols:
        async with httpx.AsyncClient(timeout=3) as client:  # expect: session-per-request
            answer = await client.get(f"http://api.test/status/{symbol}")  # accept: sequential-awaits
            statuses.append(answer.status_code)
    return statuses


async def main() -> None:
    async with aiohttp.ClientSession(timeout=LIMIT) as session:  # right: session-per-request
        api = Api(session)
        symbols = ["btc", "eth", "sol"]
        async with asyncio.TaskGroup() as group:
            for symbol in symbols:
                group.create_task(quote(symbol))
                group.create_task(news(symbol))
                group.create_task(api.profile(symbol))
                group.create_task(api.picture(symbol))
            group.create_task(in_loop(symbols))


asyncio.run(main())
