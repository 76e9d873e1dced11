"""How fast a simulation is: as ratios to asyncio's own loop and to a peer, medians of paired runs.

python bench/simulating.py [PAIRS]

Exit code 1 if a bar is missed. The fastest peer, seedloop, is measured where it is installed (it
needs Python 3.12).
"""

import asyncio
import gc
import itertools
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import loopscope

try:
    import seedloop  # type: ignore[import-not-found,unused-ignore]
except ImportError:
    seedloop = None

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.simulator.core.orders import EIGHT, on_stock, simulated

Main = Callable[[], Coroutine[Any, Any, None]]
SEEDS = 1000


async def ping_pong() -> None:
    """Two tasks that do nothing but hand the loop to each other: 200,000 steps."""

    async def player() -> None:
        for _ in range(100_000):
            await asyncio.sleep(0)

    await asyncio.gather(player(), player())


async def many_sleeps() -> None:
    """Five thousand tasks that sleep ten times, for random times."""
    chance = random.Random(1)  # noqa: S311  (a workload)

    async def sleeper() -> None:
        for _ in range(10):
            await asyncio.sleep(chance.random())

    await asyncio.gather(*(sleeper() for _ in range(5000)))


async def many_runnable() -> None:
    """A thousand tasks that are all ready, twenty times."""

    async def runner() -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    await asyncio.gather(*(runner() for _ in range(1000)))


def cpu_s(run: Callable[[], object]) -> float:
    """Return the CPU seconds that something takes."""
    gc.collect()
    before = time.process_time()
    run()
    return time.process_time() - before


def on_stock_loop(main: Main) -> Callable[[], object]:
    """Return what runs a workload on asyncio's own loop."""
    return lambda: asyncio.run(main())


def in_simulation(main: Main) -> Callable[[], object]:
    """Return what runs a workload simulated."""
    return lambda: loopscope.simulate(main, costs="none")


def traced(main: Main, trace: Path) -> Callable[[], object]:
    """Return what runs a workload simulated, with a recording."""
    return lambda: loopscope.simulate(main, costs="none", out=trace)


def in_seedloop(main: Main) -> Callable[[], object]:
    """Return what runs a workload under seedloop."""

    async def scenario(_world: object) -> None:
        await main()

    return lambda: seedloop.replay(scenario, seed=0)


def ratio(numerator: Callable[[], object], denominator: Callable[[], object], pairs: int) -> float:
    """Return the median of the ratios of paired runs."""
    cpu_s(numerator), cpu_s(denominator)
    return statistics.median(cpu_s(numerator) / cpu_s(denominator) for _ in range(pairs))


def report(title: str, found: float, bar: float, *, at_least: bool) -> bool:
    """Print one row; returns whether the bar holds."""
    holds = found >= bar if at_least else found <= bar
    sign = ">=" if at_least else "<="
    print(
        f"{title:58} {found:7.3f}  bar {sign} {bar:<6g} {'holds' if holds else 'MISSED'}",
        flush=True,
    )
    return holds


def compare(pairs: int, directory: Path) -> list[bool]:
    """Measure against asyncio and against seedloop."""
    trace = directory / "bench.loopscope"
    stock = on_stock_loop(ping_pong)
    held = [
        report(
            "steps/s, sleep(0) ping-pong: simulated / asyncio's own",
            ratio(stock, in_simulation(ping_pong), pairs),
            1.4,
            at_least=True,
        ),
        report(
            "the same with a trace",
            ratio(stock, traced(ping_pong, trace), pairs),
            0.9,
            at_least=True,
        ),
    ]
    if seedloop is None:
        print("seedloop is not installed here: not compared")
        return held
    for title, main in (
        ("5,000 tasks x 10 random sleeps: simulated / seedloop", many_sleeps),
        ("1,000 runnable tasks x 20 sleep(0): simulated / seedloop", many_runnable),
    ):
        found = ratio(in_simulation(main), in_seedloop(main), pairs)
        held.append(report(title, found, 1.0, at_least=False))
    return held


async def heartbeat() -> float:
    """Return the largest gap between beats of 0.1 s while a neighbour blocks for a second."""
    beats: list[float] = []

    async def beat() -> None:
        while True:
            beats.append(time.monotonic())
            await asyncio.sleep(0.1)

    heart = asyncio.create_task(beat())
    await asyncio.sleep(0.25)
    time.sleep(1)  # noqa: ASYNC251  (the point)
    await asyncio.sleep(0.2)
    heart.cancel()
    return max(later - earlier for earlier, later in itertools.pairwise(beats))


def truths(pairs: int) -> list[bool]:
    """Check what a simulation says of blocking, and that no seed raises a false alarm."""
    print("the rest takes a minute ...", flush=True)
    gap = loopscope.simulate(heartbeat, costs="none").result
    real_ms = statistics.median(_wall_ms() for _ in range(pairs))
    alarms = sum(
        simulated(program, seed) != expected
        for program in EIGHT
        for expected in [on_stock(program)]
        for seed in range(SEEDS)
    )
    return [
        report("largest gap of a heartbeat beside time.sleep(1), s", gap, 1.05, at_least=False),
        report("the same run, real ms", real_ms, 50, at_least=False),
        report(f"false alarms, {len(EIGHT)} programs x {SEEDS} seeds", alarms, 0, at_least=False),
    ]


def _wall_ms() -> float:
    before = time.perf_counter()
    loopscope.simulate(heartbeat, costs="none")
    return (time.perf_counter() - before) * 1000


def main(pairs: int) -> int:
    """Measure everything."""
    with tempfile.TemporaryDirectory() as directory:
        held = compare(pairs, Path(directory))
    held += truths(pairs)
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 15))
