"""Ten exchanges. Some are slow, some fail; ask them, do not change them."""

import asyncio
import random

NAMES = [
    "Binance", "Bitfinex", "Bitstamp", "Bybit", "Coinbase",
    "Gate", "Gemini", "Kraken", "KuCoin", "OKX",
]  # fmt: skip

asked: list[str] = []

_plan = random.getrandbits(64)  # what each exchange will do is settled here, whoever asks first
_waiting: list[str] = []
_counts: list[int] = []


async def ask(exchange: str) -> float:
    """Return what an exchange asks for a bitcoin.

    It takes 0.3 to 0.7 seconds. One time in five it fails.

    Raises:
        ConnectionError: It failed.
    """
    chance = random.Random(f"{_plan} {exchange}")
    asked.append(exchange)
    _waiting.append(exchange)
    _counts.append(len(_waiting))
    try:
        await asyncio.sleep(chance.uniform(0.3, 0.7))
    finally:
        _waiting.remove(exchange)
    if chance.random() < 0.2:
        raise ConnectionError(f"{exchange} does not answer")
    return round(chance.uniform(63_500, 64_500), 2)


def most_at_once() -> int:
    """Return how many exchanges were asked at the same time, at most."""
    return max(_counts, default=0)
