"""Asks four exchanges for a price, of which two have none."""

import asyncio
import json
from urllib.request import urlopen

EXCHANGES = ["binance", "kraken", "coinbase", "gemini"]


def download(exchange: str) -> int:
    """Return what an exchange asks for a bitcoin.

    Raises:
        OSError: It cannot be reached.
        KeyError: Its answer holds no price.
    """
    with urlopen(f"http://{exchange}.example/price") as response:
        return int(json.load(response)["price"])


class ExchangeError(Exception):
    """An exchange gave no price."""

    def __init__(self, exchange: str) -> None:
        super().__init__(exchange)
        self.exchange = exchange


class UnreachableError(ExchangeError):
    """It cannot be reached."""


class BadAnswerError(ExchangeError):
    """Its answer holds no price."""


async def ask(exchange: str) -> int | str:
    """Ask one exchange."""
    try:
        price = await asyncio.to_thread(download, exchange)
    except (OSError, KeyError) as error:
        return str(error)
    print(f"{exchange}: answered")
    return price


async def collect() -> list[int | str]:
    """Ask all of them at once."""
    return await asyncio.gather(*map(ask, EXCHANGES))


async def main() -> None:
    """Collect the prices; whatever happens, be there for three seconds."""
    try:
        print(await collect())
    except OSError:
        print("gave up")
    await asyncio.sleep(3)


if __name__ == "__main__":
    asyncio.run(main())
