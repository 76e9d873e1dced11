"""A board with the price of a bitcoin at ten exchanges."""

import asyncio

import market


async def price_or_none(exchange: str, places: asyncio.Semaphore) -> float | None:
    """Return the price at an exchange, None if it failed."""
    async with places:
        try:
            return await market.ask(exchange)
        except ConnectionError:
            return None


async def board(exchanges: list[str]) -> dict[str, float | None]:
    """Return each exchange with its price, None for one that failed."""
    places = asyncio.Semaphore(3)
    prices = await asyncio.gather(*(price_or_none(name, places) for name in exchanges))
    return dict(zip(exchanges, prices, strict=True))


async def main() -> None:
    """Show the board."""
    for exchange, price in (await board(market.NAMES)).items():
        print(f"{exchange:10} {price or '-'}")


if __name__ == "__main__":
    asyncio.run(main())
