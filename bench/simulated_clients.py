"""How many worlds a second a core simulates: ten exchanges, ten tasks, one HTTP call each.

python bench/simulated_clients.py [WINDOWS]

Each world has its own seed, ten hosts with latencies of a long tail, and an unmodified client. What
counts is the CPU time of the whole call of ``loopscope.simulate``: the best of some windows of a
second, which was the least disturbed by others on the machine, beside their median. Of the
environment only what Python needs is left, since ``urllib`` looks through all of it twice a
request. Exit code 1 if a client misses its bar. Over HTTPS, which is shown beside, each client
makes contexts of the real OpenSSL, one for each connection in the case of requests.

Where peers are installed, every one that can run a client does so, over HTTP. They need Python
3.12, and an environment of their own:

    python3.12 -m venv peers
    peers/bin/pip install -e . aiohttp httpx requests detangle simloom simloop
    peers/bin/python bench/simulated_clients.py
"""

import asyncio
import functools
import gc
import os
import statistics
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp
import httpx
import requests
from _peers import Run, available

import loopscope

EXCHANGES = [f"api.exchange{number}.com" for number in range(10)]
LATENCY = {"lognormal": {"median": "80ms", "sigma": 0.5}}
WORLD = [loopscope.Host(name, latency=LATENCY, answer={"price": "50000.1"}) for name in EXCHANGES]

Main = Callable[[], Coroutine[Any, Any, int]]
KEPT = ("PATH", "HOME", "PYTHONPATH", "PYTHONHASHSEED", "VIRTUAL_ENV")
WINDOW_S = 1


async def with_aiohttp(scheme: str) -> int:
    """One session, ten tasks."""
    async with aiohttp.ClientSession() as session:

        async def ask(name: str) -> int:
            async with session.get(f"{scheme}://{name}/ticker") as response:
                return len(await response.json())

        return sum(await asyncio.gather(*(ask(name) for name in EXCHANGES)))


async def with_httpx(scheme: str) -> int:
    """One client, ten tasks."""
    async with httpx.AsyncClient() as client:

        async def ask(name: str) -> int:
            return len((await client.get(f"{scheme}://{name}/ticker")).json())

        return sum(await asyncio.gather(*(ask(name) for name in EXCHANGES)))


async def with_requests(scheme: str) -> int:
    """One session, ten tasks, each of which holds the loop."""
    with requests.Session() as session:

        async def ask(name: str) -> int:
            await asyncio.sleep(0)
            return len(session.get(f"{scheme}://{name}/ticker", timeout=10).json())

        return sum(await asyncio.gather(*(ask(name) for name in EXCHANGES)))


async def in_threads(scheme: str) -> int:
    """Ten worker threads of the default pool."""

    def ask(name: str) -> int:
        return len(requests.get(f"{scheme}://{name}/ticker", timeout=10).json())

    calls = (asyncio.to_thread(functools.partial(ask, name)) for name in EXCHANGES)
    return sum(await asyncio.gather(*calls))


BARS: list[tuple[str, Callable[[str], Coroutine[Any, Any, int]], float | None]] = [
    ("aiohttp", with_aiohttp, 150),
    ("httpx", with_httpx, 60),
    ("requests, on the loop", with_requests, 50),
    ("requests, in threads", in_threads, None),
]


def seeds_per_second(run: Callable[[int], int], windows: int) -> tuple[float, float]:
    """Simulate worlds; how many there were in a second of CPU time, at best and in the median."""
    run(0)
    gc.collect()
    speeds = []
    for window in range(windows):
        count, begun = 0, time.process_time()
        while time.process_time() - begun < WINDOW_S:
            count += 1
            assert run(window * 10_000 + count) == len(EXCHANGES)  # noqa: S101 - all have answered
        speeds.append(count / (time.process_time() - begun))
    return max(speeds), statistics.median(speeds)


def in_loopscope(main: Main, seed: int) -> int:
    """Run a client in a world of a seed."""
    return loopscope.simulate(main, world=WORLD, costs="none", seed=seed).result


def compare(windows: int) -> None:
    """Measure the clients under loopscope and under every peer that can run them."""
    peers = available()
    if not peers:
        return
    print(f"\n{'over HTTP, seeds/s':24} {'loopscope':>10}", *(f"{name:>10}" for name in peers))
    for name, client, _ in BARS:
        plain = functools.partial(client, "http")
        own, _ = seeds_per_second(functools.partial(in_loopscope, plain), windows)
        others = [speed_or_error(run, plain, windows) for run in peers.values()]
        print(f"{name:24} {own:10.0f}", *others, flush=True)


def speed_or_error(run: Run, client: Main, windows: int) -> str:
    """Return how fast a peer runs a client, or why it cannot."""
    try:
        speed, _ = seeds_per_second(lambda seed: run(client, EXCHANGES, seed), windows)
    except Exception as error:  # noqa: BLE001  (whatever a peer raises, it cannot run it)
        print(f"    {type(error).__name__}: {str(error)[:80]}")
        return f"{'cannot':>10}"
    return f"{speed:10.0f}"


def main(windows: int) -> int:
    """Measure every client and compare it with its bar."""
    for name in set(os.environ) - set(KEPT):
        del os.environ[name]
    missed = 0
    print(f"{'seeds/s':24} {'HTTP':>6} {'median':>6} {'HTTPS':>6} {'median':>6}")
    for name, client, bar in BARS:
        plain, secure = (
            seeds_per_second(
                functools.partial(in_loopscope, functools.partial(client, scheme)), windows
            )
            for scheme in ("http", "https")
        )
        is_missed = bar is not None and plain[0] < bar
        missed += is_missed
        verdict = "" if bar is None else f"bar {bar:g}  {'MISSED' if is_missed else 'holds'}"
        print(
            f"{name:24}", *(f"{speed:6.0f}" for speed in (*plain, *secure)), "", verdict, flush=True
        )
    compare(windows)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5))
