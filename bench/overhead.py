"""What recording costs: CPU time recorded / unrecorded, medians of paired runs.

python bench/overhead.py [PAIRS]

Exit code 1 if a bar is missed. Allocator thresholds are set high for both runs: with glibc's
own, the echo workload spends half its time giving memory back, and the ratio says nothing.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from loopscope.trace.reader import read_trace

WORKLOADS = Path(__file__).with_name("workloads.py")


@dataclass(frozen=True)
class Case:
    """One row of the table."""

    title: str
    workload: str
    size: int
    probe: str
    bar: float


CASES = (
    Case("sleep(0) ping-pong, C probe", "ping_pong", 200_000, "c", 1.25),
    Case("TCP echo, 50 connections, C probe", "echo", 800, "c", 1.08),
    Case("aiohttp server and client, C probe", "http", 500, "c", 1.03),
    Case("aiohttp server and client, Python probe", "http", 500, "python", 1.15),
)
BYTES_BAR = 64


def run(case: Case, trace: str) -> float:
    """Run a workload once and return its CPU seconds."""
    environment = {
        **os.environ,
        "MALLOC_TRIM_THRESHOLD_": "67108864",
        "MALLOC_MMAP_THRESHOLD_": "67108864",
        "LOOPSCOPE_PROBE": case.probe,
    }
    command = [sys.executable, str(WORKLOADS), case.workload, str(case.size), trace]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return float(json.loads(done.stdout)["cpu_s"])


def measure(case: Case, pairs: int, directory: Path) -> bool:
    """Print one row; returns whether the bars hold."""
    trace = directory / "bench.loopscope"
    ratios, steps, size = [], 0, 0
    for _ in range(pairs + 1):
        plain = run(case, "-")
        recorded = run(case, str(trace))
        ratios.append(recorded / plain)
    ratios = ratios[1:]  # the first pair warms the machine up
    size, steps = trace.stat().st_size, len(read_trace(trace).steps)
    ratio, a_step = statistics.median(ratios), size / steps
    holds = ratio <= case.bar and a_step <= BYTES_BAR
    print(
        f"{case.title:42} {ratio:6.3f}  ({min(ratios):.3f}-{max(ratios):.3f})  bar {case.bar:.2f}"
        f"   {a_step:5.1f} B a step, bar {BYTES_BAR}   {'holds' if holds else 'MISSED'}",
        flush=True,
    )
    return holds


def main(pairs: int) -> int:
    """Measure every case."""
    with tempfile.TemporaryDirectory() as directory:
        held = [measure(case, pairs, Path(directory)) for case in CASES]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 9))
