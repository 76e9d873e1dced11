"""Asks five exchanges what a bitcoin costs, all at once."""

import asyncio
import json
from time import perf_counter
from urllib.request import urlopen

EXCHANGES = ["binance", "coinbase", "kraken", "gemini", "bitstamp"]


def download(exchange: str) -> int:
    """Return what an exchange asks for a bitcoin. It takes two seconds to answer."""
    with urlopen(f"http://{exchange}.example/price") as response:
        return int(json.load(response)["price"])


async def ask(exchange: str) -> int:
    """Ask one exchange."""
    print(f"{exchange}: asked")
    price = await asyncio.to_thread(download, exchange)
    print(f"{exchange}: answered")
    return price


async def collect() -> dict[str, int]:
    """Ask all of them at once."""
    prices = await asyncio.gather(*map(ask, EXCHANGES))
    return dict(zip(EXCHANGES, prices, strict=True))


async def main() -> None:
    """Collect the prices, and say how long it took."""
    began = perf_counter()
    prices = await collect()
    print(f"{len(prices)} prices")
    print(f"{perf_counter() - began:.1f} seconds")


if __name__ == "__main__":
    asyncio.run(main())
