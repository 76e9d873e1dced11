"""One way to get quotes, in a process of its own, told its hosts as JSON.

python bench/_quoting.py WAY HOSTS COUNT

WAY is spotprice or ccxt: COUNT times ten quotes of one market at once, from ten exchanges or (ccxt)
ten times from Binance; prints the CPU and wall time of a quote, the time of the imports and the
peak memory as JSON. ``command``: the command ``spotprice BTC-USD`` as it is, but at these hosts.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

MARKET = ("BTC", "USDT")
QUOTES = 10


async def spotprice(hosts: dict[str, list[str]], count: int) -> dict[str, float]:
    """Ask through a client of spotprice."""
    began = time.perf_counter()
    from spotprice.client import Client  # noqa: PLC0415 - its time is measured
    from spotprice.exchanges import EXCHANGES  # noqa: PLC0415
    from spotprice.symbol import Symbol  # noqa: PLC0415

    import_s = time.perf_counter() - began
    symbol = Symbol(*MARKET)
    known = {name: replace(EXCHANGES[name], hosts=tuple(hosts[name])) for name in EXCHANGES}
    async with Client(known, limits=False) as client:

        async def ten() -> list[Any]:
            survey = await client.survey(list(known), [symbol], 5.0)
            return [one.last for one in survey.answers[symbol].values()]  # type: ignore[union-attr]

        return await measure(ten, count, import_s)


async def ccxt(hosts: dict[str, list[str]], count: int) -> dict[str, float]:
    """Ask through ccxt, its limiter off, its list of markets given instead of fetched."""
    began = time.perf_counter()
    library = import_module("ccxt.async_support")
    import_s = time.perf_counter() - began
    exchange: Any = library.binance({"enableRateLimit": False})
    base, quoted = MARKET
    market = {
        "id": base + quoted,
        "symbol": f"{base}/{quoted}",
        "base": base,
        "quote": quoted,
        "type": "spot",
        "spot": True,
        "active": True,
    }
    exchange.set_markets([exchange.safe_market_structure(market)])
    exchange.urls["api"]["public"] = hosts["binance"][0] + "/api/v3"
    try:

        async def ten() -> list[Any]:
            asked = [exchange.fetch_ticker(f"{base}/{quoted}") for _ in range(QUOTES)]
            return [one["last"] for one in await asyncio.gather(*asked)]

        return await measure(ten, count, import_s)
    finally:
        await exchange.close()


async def measure(
    ten: Callable[[], Awaitable[list[Any]]], count: int, import_s: float
) -> dict[str, float]:
    """Take quotes a few times to warm up, then ``count`` times that are measured."""
    for _ in range(5):
        assert min(await ten()) > 0  # noqa: S101
    cpu_s, wall_s = time.process_time(), time.perf_counter()
    for _ in range(count):
        await ten()
    count *= QUOTES
    return {
        "cpu_us": (time.process_time() - cpu_s) / count * 1e6,
        "wall_us": (time.perf_counter() - wall_s) / count * 1e6,
        "import_ms": import_s * 1e3,
        "peak_mb": peak_mb(),
    }


def peak_mb() -> float:
    """Return the most memory this program had (``ru_maxrss`` would be its parent's, if more)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


def command(hosts: dict[str, list[str]]) -> int:
    """Run the command at other addresses."""
    from spotprice.cli import prices, verbs  # noqa: PLC0415
    from spotprice.exchanges import EXCHANGES  # noqa: PLC0415

    at = {name: replace(one, hosts=tuple(hosts[name])) for name, one in EXCHANGES.items()}
    prices.EXCHANGES = at  # type: ignore[attr-defined]
    return verbs.run(["BTC-USD"])


if __name__ == "__main__":
    way, told = sys.argv[1], json.loads(sys.argv[2])
    if way == "command":
        sys.exit(command(told))
    print(
        json.dumps(asyncio.run({"spotprice": spotprice, "ccxt": ccxt}[way](told, int(sys.argv[3]))))
    )
