"""How many worlds a second a core simulates: ten exchanges, ten tasks, one HTTP call each.

python bench/simulated_clients.py [SECONDS]

Each world has its own seed, ten hosts with latencies of a long tail, and an unmodified client over
HTTPS. What counts is the CPU time of the whole call of ``loopscope.simulate``. Exit code 1 if a
client misses its bar.
"""

import asyncio
import functools
import gc
import sys
import time
from collections.abc import Awaitable, Callable

import aiohttp
import httpx
import requests

import loopscope

EXCHANGES = [f"api.exchange{number}.com" for number in range(10)]
LATENCY = {"lognormal": {"median": "80ms", "sigma": 0.5}}
WORLD = [loopscope.Host(name, latency=LATENCY, answer={"price": "50000.1"}) for name in EXCHANGES]

Main = Callable[[], Awaitable[int]]


async def with_aiohttp() -> int:
    """One session, ten tasks."""
    async with aiohttp.ClientSession() as session:

        async def ask(name: str) -> int:
            async with session.get(f"https://{name}/ticker") as response:
                return len(await response.json())

        return sum(await asyncio.gather(*(ask(name) for name in EXCHANGES)))


async def with_httpx() -> int:
    """One client, ten tasks."""
    async with httpx.AsyncClient() as client:

        async def ask(name: str) -> int:
            return len((await client.get(f"https://{name}/ticker")).json())

        return sum(await asyncio.gather(*(ask(name) for name in EXCHANGES)))


async def with_requests() -> int:
    """One session, ten tasks, each of which holds the loop."""
    with requests.Session() as session:

        async def ask(name: str) -> int:
            await asyncio.sleep(0)
            return len(session.get(f"https://{name}/ticker", timeout=10).json())

        return sum(await asyncio.gather(*(ask(name) for name in EXCHANGES)))


async def in_threads() -> int:
    """Ten worker threads of the default pool."""

    def ask(name: str) -> int:
        return len(requests.get(f"https://{name}/ticker", timeout=10).json())

    calls = (asyncio.to_thread(functools.partial(ask, name)) for name in EXCHANGES)
    return sum(await asyncio.gather(*calls))


BARS: list[tuple[str, Main, float | None]] = [
    ("aiohttp", with_aiohttp, 150),
    ("httpx", with_httpx, 60),
    ("requests, on the loop", with_requests, 50),
    ("requests, in threads", in_threads, None),
]


def seeds_per_second(main: Main, seconds: float) -> float:
    """Simulate worlds for a time, and return how many there were in a second of CPU time."""
    run = functools.partial(loopscope.simulate, main, world=WORLD, costs="none")
    run(seed=0)
    gc.collect()
    count, begun = 0, time.process_time()
    while time.process_time() - begun < seconds:
        count += 1
        assert run(seed=count).result == len(EXCHANGES)  # noqa: S101 - the answers are complete
    return count / (time.process_time() - begun)


def main(seconds: float) -> int:
    """Measure every client and compare it with its bar."""
    missed = 0
    for name, program, bar in BARS:
        speed = seeds_per_second(program, seconds)
        verdict = "" if bar is None else f"bar {bar:g}  {'holds' if speed >= bar else 'MISSED'}"
        missed += bar is not None and speed < bar
        print(f"{name:24} {speed:6.0f} seeds/s  {verdict}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 5))
