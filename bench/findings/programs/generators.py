"""Pipelines of async generators: what looks slow, and what is."""
# how: simulate --cost none --world world.toml

import asyncio
import time
from collections.abc import AsyncIterator

import httpx


async def numbers() -> AsyncIterator[int]:
    for one in range(3):
        await asyncio.sleep(0.05)
        yield one


async def slow_numbers() -> AsyncIterator[int]:
    for one in range(3):
        time.sleep(0.05)  # expect: blocking-call
        yield one


async def lookup(client: httpx.AsyncClient, one: int) -> str:
    return (await client.get(f"http://api.test/{one}", timeout=5)).text


async def looked_up(client: httpx.AsyncClient) -> list[str]:
    return [await lookup(client, one) async for one in numbers()]  # accept: sequential-awaits


async def both(client: httpx.AsyncClient, one: int, two: int) -> tuple[str, str]:
    return await lookup(client, one), await lookup(client, two)  # expect: sequential-awaits


async def half(client: httpx.AsyncClient) -> list[str]:
    first = await lookup(client, 1)
    return await asyncio.gather(lookup(client, len(first)), lookup(client, 2))  # right: sequential-awaits


async def inner_await(client: httpx.AsyncClient) -> list[str]:
    return await asyncio.gather(lookup(client, 1), lookup(client, len(await lookup(client, 2))))  # expect: sequential-awaits


async def totals() -> int:
    found = 0
    async for one in slow_numbers():
        found += one
    return found


async def ticks() -> None:
    for _ in range(20):
        await asyncio.sleep(0.02)


async def main() -> None:
    async with httpx.AsyncClient() as client:
        await looked_up(client)  # accept: sequential-awaits
        await both(client, 1, 2)  # accept: sequential-awaits
        await half(client)  # accept: sequential-awaits
        await inner_await(client)  # accept: sequential-awaits
    await asyncio.gather(totals(), ticks())  # accept: sequential-awaits


asyncio.run(main())
