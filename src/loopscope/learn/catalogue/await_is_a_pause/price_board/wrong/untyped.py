"""A board with the price of a bitcoin at ten exchanges."""

import asyncio

import market


async def price_or_none(exchange: str):
    """Return the price at an exchange, None if it failed."""
    try:
        return await market.ask(exchange)
    except ConnectionError:
        return None


async def board(exchanges: list[str]) -> dict[str, float | None]:
    """Return each exchange with its price, None for one that failed."""
    prices = await asyncio.gather(*map(price_or_none, exchanges))
    return dict(zip(exchanges, prices, strict=True))


async def main() -> None:
    """Show the board."""
    for exchange, price in (await board(market.NAMES)).items():
        print(f"{exchange:10} {price or '-'}")


if __name__ == "__main__":
    asyncio.run(main())
