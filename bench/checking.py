"""How a sweep of ``loopscope check`` speeds up from one core to two, and how many seeds it runs.

python bench/checking.py [SEEDS] [ROUNDS]

Ten aiohttp requests at once, a seed. Both sweeps in turn, wall time, the median of the ratios; exit
code 1 if that misses the bar, or if the machine has fewer than two cores. The sweep on one core has
one worker process, and the one on two has two, so that only their number differs.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BAR = 1.7
PROGRAM = """
import asyncio
import aiohttp

async def ask(session, number):
    async with session.get(f"http://api{number}.example.com/") as reply:
        return await reply.json()

async def main():
    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(ask(session, number) for number in range(10)))

asyncio.run(main())
"""
OPTIONS = ("--within", "10s", "--latency", "100ms", "--vary", "latency", "--json")


def sweep(directory: Path, seeds: int, jobs: int) -> float:
    """Run a sweep, and return how long it took."""
    command = [sys.executable, "-m", "loopscope", "check", *OPTIONS]
    command += ["--seeds", str(seeds), "--jobs", str(jobs), "app.py"]
    before = time.perf_counter()
    done = subprocess.run(command, cwd=directory, check=True, capture_output=True)
    took = time.perf_counter() - before
    if json.loads(done.stdout)["runs"] != seeds:
        raise RuntimeError("The sweep did not run all seeds.")
    return took


def main(seeds: int, rounds: int) -> int:
    """Measure and compare."""
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "app.py").write_text(PROGRAM)
        pairs = [(sweep(directory, seeds, 1), sweep(directory, seeds, 2)) for _ in range(rounds)]
    ratio = statistics.median(one / two for one, two in pairs)
    holds = ratio >= BAR and cores > 1
    print(
        f"{seeds:,} seeds: one process {seeds / min(one for one, _ in pairs):.0f} seeds/s, two "
        f"{seeds / min(two for _, two in pairs):.0f} seeds/s; {ratio:.2f} times as fast on "
        f"{cores} cores, bar {BAR}  {'holds' if holds else 'MISSED'}"
    )
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main(int((sys.argv[1:] or ["10000"])[0]), int((sys.argv[2:] or ["1"])[0])))
