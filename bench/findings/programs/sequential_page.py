"""A page made of parts that do not need each other, asked for one after the other."""
# how: simulate --cost none

import asyncio


async def fetch_user(number: int) -> dict:
    await asyncio.sleep(0.3)
    return {"id": number, "team": 7}


async def fetch_orders(number: int) -> list[int]:
    await asyncio.sleep(0.4)
    return [number, number + 1]


async def fetch_team(team: int) -> dict:
    await asyncio.sleep(0.2)
    return {"id": team}


async def fetch_price(symbol: str) -> float:
    await asyncio.sleep(0.1)
    return len(symbol) / 3


async def page(number: int) -> dict:
    user = await fetch_user(number)  # expect: sequential-awaits=page
    orders = await fetch_orders(number)  # expect: sequential-awaits=page
    return {"user": user, "orders": orders}


async def chained(number: int) -> dict:
    user = await fetch_user(number)  # right: sequential-awaits
    return await fetch_team(user["team"])  # right: sequential-awaits


async def prices(symbols: list[str]) -> list[float]:
    found = []
    for symbol in symbols:
        found.append(await fetch_price(symbol))  # expect: sequential-awaits
    return found


async def price_map(symbols: list[str]) -> dict[str, float]:
    return {symbol: await fetch_price(symbol) for symbol in symbols}  # expect: sequential-awaits


async def price_list(symbols: list[str]) -> list[float]:
    return [await fetch_price(symbol) for symbol in symbols]  # expect: sequential-awaits


async def card(number: int) -> dict:
    return {
        "user": await fetch_user(number),  # expect: sequential-awaits=card
        "orders": await fetch_orders(number),  # expect: sequential-awaits=card
    }


async def first_above(symbols: list[str], limit: float) -> str | None:
    for symbol in symbols:
        if await fetch_price(symbol) > limit:  # right: sequential-awaits
            return symbol
    return None


async def together(number: int) -> tuple[dict, list[int]]:
    return await asyncio.gather(fetch_user(number), fetch_orders(number))  # right: sequential-awaits


async def main() -> None:
    symbols = ["btc", "eth", "sol", "usd"]
    await asyncio.gather(
        page(1),
        chained(1),
        prices(symbols),
        price_map(symbols),
        price_list(symbols),
        card(2),
        first_above(symbols, 2.0),
        together(3),
    )


asyncio.run(main())
