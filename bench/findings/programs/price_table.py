"""Prices of a list of symbols, written to a table; asked one after another."""
# how: simulate --cost none --world world.toml

import asyncio

import httpx


async def price(client: httpx.AsyncClient, symbol: str) -> str:
    answer = await client.get(f"http://api.test/price/{symbol}", timeout=5)
    return answer.text


async def in_turn(client: httpx.AsyncClient, symbols: list[str]) -> dict[str, str]:
    table = {}
    for symbol in symbols:
        table[symbol] = await price(client, symbol)  # expect: sequential-awaits
    return table


async def as_comprehension(client: httpx.AsyncClient, symbols: list[str]) -> list[str]:
    return [await price(client, symbol) for symbol in symbols]  # expect: sequential-awaits


async def pages(client: httpx.AsyncClient) -> list[str]:
    cursor, found = "0", []
    while cursor is not None and len(found) < 3:
        text = await price(client, cursor)  # right: sequential-awaits
        found.append(text)
        cursor = text[:2] or None
    return found


async def until_first(client: httpx.AsyncClient, symbols: list[str]) -> str | None:
    for symbol in symbols:
        text = await price(client, symbol)  # right: sequential-awaits
        if text:
            return text
    return None


async def with_retries(client: httpx.AsyncClient, symbol: str) -> str:
    for attempt in range(3):
        try:
            return await price(client, symbol)  # right: sequential-awaits
        except httpx.HTTPError:
            await asyncio.sleep(2**attempt)  # right: polling
    return ""


async def main() -> None:
    async with httpx.AsyncClient() as client:  # right: session-per-request
        symbols = ["btc", "eth", "ada"]
        print(await in_turn(client, symbols))  # accept: sequential-awaits
        print(await as_comprehension(client, symbols))  # accept: sequential-awaits
        print(await pages(client))  # accept: sequential-awaits
        print(await until_first(client, symbols))  # accept: sequential-awaits
        print(await with_retries(client, "btc"))  # accept: sequential-awaits


asyncio.run(main())
