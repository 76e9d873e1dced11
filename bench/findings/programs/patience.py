"""Limits of time that are there, that are switched off, and that are missing."""
# how: simulate --cost none --world world.toml

import asyncio

import aiohttp
import asyncpg
import httpx
import redis.asyncio as redis

FOREVER = aiohttp.ClientTimeout(total=None)
URL = "http://api.test/x"


async def patient(client: httpx.AsyncClient) -> int:
    return (await client.get(URL)).status_code  # right: no-timeout


async def switched_off() -> int:
    async with httpx.AsyncClient(timeout=None) as client:  # accept: session-per-request
        return (await client.get(URL)).status_code  # expect: no-timeout


async def switched_off_once(client: httpx.AsyncClient) -> int:
    return (await client.get(URL, timeout=None)).status_code  # expect: no-timeout


async def forever() -> int:
    async with aiohttp.ClientSession(timeout=FOREVER) as session, session.get(URL) as answer:  # expect: no-timeout=forever  # accept: session-per-request
        return len(await answer.text())  # expect: no-timeout=forever


async def default() -> int:
    async with aiohttp.ClientSession() as session, session.get(URL) as answer:  # right: no-timeout  # accept: session-per-request
        return len(await answer.text())  # right: no-timeout


async def cached() -> object:
    cache = redis.Redis(host="cache.test", socket_timeout=2)
    try:
        return await cache.get("key")  # right: no-timeout
    finally:
        await cache.aclose()


async def cached_forever() -> object:
    cache = redis.Redis(host="cache.test")
    try:
        return await cache.get("key")  # right: no-timeout
    finally:
        await cache.aclose()


async def stored() -> object:
    connection = await asyncpg.connect("postgres://db.test/x")  # right: no-timeout
    return await connection.fetch("select 1", timeout=3)  # right: no-timeout


async def none_above() -> bytes:
    async with asyncio.timeout(None):
        reader, writer = await asyncio.open_connection("echo.test", 7)  # expect: no-timeout
    writer.write(b"a\n")
    async with asyncio.timeout(2) as limit:
        line = await reader.readline()  # right: no-timeout
        limit.reschedule(None)
    writer.close()
    return line


async def main() -> None:
    async with httpx.AsyncClient() as client:
        await patient(client)  # accept: sequential-awaits
        await switched_off_once(client)  # accept: sequential-awaits
    await switched_off()  # accept: sequential-awaits
    await forever()  # accept: sequential-awaits
    await default()  # accept: sequential-awaits
    await cached()  # accept: sequential-awaits
    await cached_forever()  # accept: sequential-awaits
    await stored()  # accept: sequential-awaits
    await none_above()  # accept: sequential-awaits


asyncio.run(main())
