"""What spotprice costs beside a bare aiohttp script and beside ccxt.

python bench/spotprice_speed.py

Simulated exchanges on loopback, in another process. Both sides of a ratio run in turn, medians.
Exit code 1 if a bar is missed. ccxt comes with ``pip install 'loopscope[bench]'``.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import aiohttp
from _spotprice import exchanges, verdict

from spotprice.client import MOST_AT_ONCE, Client
from spotprice.exchanges.base import Exchange
from spotprice.quote import Quote
from spotprice.symbol import Symbol

QUOTING = Path(__file__).with_name("_quoting.py")
PAIRS = 9
CODES = [f"C{number}" for number in range(1_000)]

BARE = """
import asyncio, json, sys
import aiohttp

async def get(session, url):
    async with session.get(url) as response:
        return await response.json()

async def main():
    async with aiohttp.ClientSession() as session:
        for answer in await asyncio.gather(*(get(session, url) for url in json.loads(sys.argv[1]))):
            print(answer)

asyncio.run(main())
"""

Exchanges = Mapping[str, Exchange]


def hosts(known: Exchanges) -> str:
    """Return the exchanges' addresses as JSON."""
    return json.dumps({name: list(one.hosts) for name, one in known.items()})


def targets(known: Exchanges, symbol: Symbol) -> list[str]:
    """Return the address of every exchange's ticker."""
    return [f"{one.hosts[0]}{one.target(symbol)}" for one in known.values()]


def run(command: list[str]) -> tuple[float, str]:
    """Run a Python program; return the seconds from start to exit, and what it printed."""
    caching = {name: one for name, one in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *command], check=True, capture_output=True, text=True, env=caching
    )
    return time.perf_counter() - before, done.stdout


def process() -> bool:
    """The whole command in a new process, beside a bare script that gathers ten requests."""
    with exchanges(latency="500ms") as known:
        bare = ["-c", BARE, json.dumps(targets(known, Symbol("BTC", "USD")))]
        whole = [str(QUOTING), "command", hosts(known)]
        run(bare)
        run(whole)
        ratios = [run(whole)[0] / run(bare)[0] for _ in range(PAIRS)]
    return verdict("new process, start to exit / bare aiohttp", statistics.median(ratios), 1.10)


def importing() -> bool:
    """``import spotprice`` alone, beside a Python that imports nothing."""
    nothing = [run(["-c", ""])[0] for _ in range(PAIRS)]
    package = [run(["-c", "import spotprice"])[0] for _ in range(PAIRS)]
    added_ms = (statistics.median(package) - statistics.median(nothing)) * 1e3
    return verdict("import spotprice, ms", added_ms, 50)


def beside_ccxt() -> bool:
    """Ten quotes at once at no latency, beside ten of ccxt's ``fetch_ticker``."""
    if find_spec("ccxt") is None:
        print("ccxt is not installed: pip install 'loopscope[bench]' to compare.")
        return False
    found: dict[str, list[dict[str, float]]] = {"spotprice": [], "ccxt": []}
    with exchanges() as known:
        for _ in range(5):
            for way, figures in found.items():
                _, printed = run([str(QUOTING), way, hosts(known), "100"])
                figures.append(json.loads(printed))
    bars = {"cpu_us": 1 / 2, "wall_us": 1 / 2, "peak_mb": 1 / 3, "import_ms": 1 / 5}
    verdicts = []
    for name, bar in bars.items():
        ours, theirs = (
            statistics.median(one[name] for one in figures) for figures in found.values()
        )
        title = f"{name}: {ours:.0f}, ccxt {theirs:.0f}: ratio"
        verdicts.append(verdict(title, ours / theirs, bar))
    return all(verdicts)


async def all_through_spotprice(known: Exchanges) -> float:
    """Ask ten exchanges for a thousand markets in one call; return the quotes a second."""
    symbols = [Symbol(code, "USDT") for code in CODES]
    async with Client(known, limits=False) as client:
        survey = await client.survey(list(known), symbols, 120)
    got = [one for answers in survey.answers.values() for one in answers.values()]
    assert all(isinstance(one, Quote) for one in got)  # noqa: S101
    return len(got) / survey.took_ns * 1e9


async def all_through_aiohttp(known: Exchanges) -> float:
    """Get the same addresses as plainly as can be, as many at once; return the answers a second."""
    urls = [url for code in CODES for url in targets(known, Symbol(code, "USDT"))]
    free = asyncio.Semaphore(MOST_AT_ONCE)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def get(url: str) -> bytes:
            async with free, session.get(url) as response:
                return await response.read()

        before = time.perf_counter()
        answers = await asyncio.gather(*map(get, urls))
    return len(answers) / (time.perf_counter() - before)


def throughput() -> bool:
    """A thousand markets at ten exchanges in one call."""
    ratios = []
    with exchanges() as known:
        for _ in range(3):
            ours = asyncio.run(all_through_spotprice(known))
            bare = asyncio.run(all_through_aiohttp(known))
            print(f"    {ours:.0f} quotes/s, bare aiohttp {bare:.0f}/s")
            ratios.append(ours / bare)
    return verdict(
        "1,000 markets x 10 / bare aiohttp", statistics.median(ratios), 0.6, at_least=True
    )


def main() -> int:
    """Measure everything, then judge."""
    return 0 if all([importing(), process(), throughput(), beside_ccxt()]) else 1


if __name__ == "__main__":
    sys.exit(main())
