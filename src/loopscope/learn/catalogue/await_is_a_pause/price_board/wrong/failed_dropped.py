"""A board with the price of a bitcoin at ten exchanges."""

import asyncio

import market


async def board(exchanges: list[str]) -> dict[str, float | None]:
    """Return each exchange with its price, None for one that failed."""
    found = await asyncio.gather(*map(market.ask, exchanges), return_exceptions=True)
    pairs = zip(exchanges, found, strict=True)
    return {name: price for name, price in pairs if not isinstance(price, BaseException)}


async def main() -> None:
    """Show the board."""
    for exchange, price in (await board(market.NAMES)).items():
        print(f"{exchange:10} {price or '-'}")


if __name__ == "__main__":
    asyncio.run(main())
