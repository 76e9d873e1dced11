"""Asks three exchanges what a bitcoin costs."""

import asyncio
from time import perf_counter


async def ask(exchange: str) -> tuple[str, int]:
    """Ask one exchange, which takes two seconds to answer."""
    print(f"{exchange}: asked")
    await asyncio.sleep(2)
    print(f"{exchange}: answered")
    return exchange, 64_000


async def collect() -> dict[str, int]:
    """Ask all three."""
    binance = await ask("Binance")
    coinbase = await ask("Coinbase")
    kraken = await ask("Kraken")
    return dict([binance, coinbase, kraken])


async def main() -> None:
    """Collect the prices, and say how long it took."""
    began = perf_counter()
    prices = await collect()
    print(f"{len(prices)} prices")
    print(f"{perf_counter() - began:.1f} seconds")


asyncio.run(main())
