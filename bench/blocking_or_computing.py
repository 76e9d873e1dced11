"""Whether blocking is told from computing on a busy machine: runs with two CPU hogs beside them.

Usage: python bench/blocking_or_computing.py [RUNS]
"""

import multiprocessing
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from loopscope.analysis.findings import findings_of
from loopscope.analysis.summary import summarise
from loopscope.trace.reader import read_trace

RUNS: Final = 50
HOGS: Final = 2

PROGRAM: Final = '''\
"""Four tasks hold the loop in turn, two by waiting and two by computing; a ticker is delayed."""
import asyncio, hashlib, socket, time

def crunch(cpu_s):
    total, end_s = 0, time.thread_time() + cpu_s
    while time.thread_time() < end_s:
        for number in range(1000):
            total += number * number
    return total

async def computes():
    await asyncio.sleep(0.02)
    crunch(0.08)  # computing-on-loop

async def hashes():
    await asyncio.sleep(0.03)
    hashlib.pbkdf2_hmac("sha256", b"x", b"y", 200_000)  # computing-on-loop

async def sleeps():
    await asyncio.sleep(0.04)
    time.sleep(0.08)  # blocking-call

async def receives():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(0.08)
        await asyncio.sleep(0.05)
        try:
            ours.recv(1)  # blocking-call
        except TimeoutError:
            pass

async def tick():
    for _ in range(40):
        await asyncio.sleep(0.01)

async def main():
    await asyncio.gather(computes(), hashes(), sleeps(), receives(), tick())

asyncio.run(main())
'''


def truth() -> dict[int, str]:
    """Return the rule that each marked line of the program breaks."""
    marked = (line.partition("  # ")[2] for line in PROGRAM.splitlines())
    rules = ("blocking-call", "computing-on-loop")
    return {number: rule for number, rule in enumerate(marked, 1) if rule in rules}


def burn() -> None:
    """Use a processor until killed."""
    while True:
        pass


@contextmanager
def hogs(count: int) -> Iterator[None]:
    """Keep processors busy with nothing."""
    busy = [multiprocessing.Process(target=burn, daemon=True) for _ in range(count)]
    for one in busy:
        one.start()
    try:
        yield
    finally:
        for one in busy:
            one.kill()
            one.join()


def record(directory: Path) -> dict[int, str]:
    """Record the program once, and return what was found at which line."""
    trace = directory / "held.loopscope"
    command = [sys.executable, "-m", "loopscope", "run", "-q", "--out", str(trace), "held.py"]
    subprocess.run(command, cwd=directory, check=True)
    found = findings_of(summarise(read_trace(trace)))
    return {one.where.line: one.rule for one in found if one.rule in set(truth().values())}


def main() -> None:
    """Print how often each marked line was told right, taken for the other, or not found."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    expected = truth()
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name, hogs(HOGS):
        directory = Path(name)
        (directory / "held.py").write_text(PROGRAM)
        for _ in range(runs):
            found = record(directory)
            for line, rule in expected.items():
                said = found.pop(line, "")
                outcomes["right" if said == rule else "wrong kind" if said else "not found"] += 1
            outcomes["elsewhere"] += len(found)
    told = ", ".join(f"{what}: {outcomes[what]}" for what in ("right", "wrong kind", "not found"))
    print(f"{runs} runs, {HOGS} CPU hogs, {len(expected)} lines each. {told}.")
    print(f"Findings of the two rules at other lines: {outcomes['elsewhere']}.")
    sys.exit(outcomes["wrong kind"] > 0)


if __name__ == "__main__":
    main()
