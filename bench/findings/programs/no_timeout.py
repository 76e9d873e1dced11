"""Clients of the outside that wait for as long as it takes."""
# how: simulate --cost none --world world.toml

import asyncio

import aiohttp
import httpx
import requests
import websockets


async def banner(host: str) -> bytes:
    reader, writer = await asyncio.open_connection(host, 7)  # expect: no-timeout
    writer.write(b"hello\n")
    await writer.drain()
    line = await reader.readline()  # expect: no-timeout
    writer.close()
    return line


async def prices() -> dict:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None)) as session:  # expect: no-timeout=prices
        async with session.get("http://api.test/prices") as answer:  # expect: no-timeout=prices
            return await answer.json()


async def news() -> dict:
    async with httpx.AsyncClient(timeout=None) as client:  # expect: no-timeout=news
        answer = await client.get("http://api.test/news")  # expect: no-timeout=news
    return answer.json()


async def plain() -> dict:
    answer = await asyncio.to_thread(requests.get, "http://api.test/plain")  # expect: no-timeout
    return answer.json()


async def ticker() -> str:
    async with websockets.connect("ws://stream.test/") as socket:
        return await socket.recv()  # expect: no-timeout


async def main() -> None:
    await asyncio.gather(banner("echo.test"), prices(), news(), plain(), ticker())


asyncio.run(main())
