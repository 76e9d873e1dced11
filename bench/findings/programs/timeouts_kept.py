"""The same clients with a bound, set at the call, on the client, or far above."""
# how: simulate --cost none --world world.toml

import asyncio

import aiohttp
import httpx
import requests


async def banner(host: str) -> bytes:
    reader, writer = await asyncio.open_connection(host, 7)  # right: no-timeout
    writer.write(b"hello\n")
    line = await reader.readline()  # right: no-timeout
    writer.close()
    return line


async def direct() -> bytes:
    reader, writer = await asyncio.wait_for(asyncio.open_connection("echo.test", 7), 2)  # right: no-timeout
    writer.write(b"hi\n")
    async with asyncio.timeout(2):
        line = await reader.readline()  # right: no-timeout
    writer.close()
    return line


async def prices(session: aiohttp.ClientSession) -> dict:
    async with session.get("http://api.test/prices") as answer:  # right: no-timeout
        return await answer.json()


async def news(client: httpx.AsyncClient) -> dict:
    answer = await client.get("http://api.test/news")  # right: no-timeout
    return answer.json()


async def plain() -> dict:
    answer = await asyncio.to_thread(requests.get, "http://api.test/plain", timeout=(1, 5))  # right: no-timeout
    return answer.json()


async def main() -> None:
    limit = aiohttp.ClientTimeout(total=4)
    async with aiohttp.ClientSession(timeout=limit) as session, httpx.AsyncClient(timeout=3) as client:
        bounded = asyncio.wait_for(banner("echo.test"), 3)
        await asyncio.gather(bounded, direct(), prices(session), news(client), plain())


asyncio.run(main())
