"""Pairs for ``--together`` through clients of HTTP: httpx, aiohttp."""

import asyncio

import aiohttp
import httpx
from whatif_backend import HTTP
from whatif_pair import Pair, together

URL = f"http://127.0.0.1:{HTTP}/"


async def httpx_lines() -> None:
    async with httpx.AsyncClient(base_url=URL) as client:
        await client.get("0.08")
        await client.get("0.12")
        await client.get("0.1")


async def httpx_lines_after() -> None:
    async with httpx.AsyncClient(base_url=URL) as client:
        await asyncio.gather(client.get("0.08"), client.get("0.12"), client.get("0.1"))


async def httpx_rounds() -> None:
    async with httpx.AsyncClient(base_url=URL) as client:
        for _ in range(8):
            await client.get("0.06")


async def httpx_rounds_after() -> None:
    async with httpx.AsyncClient(base_url=URL) as client:
        await asyncio.gather(*(client.get("0.06") for _ in range(8)))


async def aiohttp_blocks() -> None:
    async with aiohttp.ClientSession(URL) as session:
        async with session.get("0.09") as answer:
            await answer.read()
        async with session.get("0.11") as answer:
            await answer.read()


async def read(session: aiohttp.ClientSession, delay: str) -> bytes:
    async with session.get(delay) as answer:
        return await answer.read()


async def aiohttp_blocks_after() -> None:
    async with aiohttp.ClientSession(URL) as session:
        await asyncio.gather(read(session, "0.09"), read(session, "0.11"))


async def aiohttp_comprehension() -> None:
    async with aiohttp.ClientSession(URL) as session:
        _ = [await read(session, "0.05") for _ in range(12)]


async def aiohttp_comprehension_after() -> None:
    async with aiohttp.ClientSession(URL) as session:
        await asyncio.gather(*(read(session, "0.05") for _ in range(12)))


PAIRS = [
    Pair("httpx, three lines", httpx_lines, httpx_lines_after, (together(2, 4),)),
    Pair("httpx, a loop", httpx_rounds, httpx_rounds_after, (together(2, 3),)),
    Pair("aiohttp, blocks", aiohttp_blocks, aiohttp_blocks_after, (together(2, 5),)),
    Pair(
        "aiohttp, comprehension",
        aiohttp_comprehension,
        aiohttp_comprehension_after,
        (together(2),),
    ),
]
