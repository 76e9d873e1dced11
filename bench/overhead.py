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
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from loopscope.trace.header import read_header
from loopscope.trace.layout import BLOCK, BLOCK_HEADER_BYTES
from loopscope.trace.reader import read_trace

WORKLOADS = Path(__file__).with_name("_workloads.py")


@dataclass(frozen=True)
class Case:
    """One row of the table."""

    title: str
    workload: str
    size: int
    probe: str
    bar: float


CASES = (
    Case("sleep(0) ping-pong, C probe", "ping_pong", 80_000, "c", 1.25),
    Case("TCP echo, 50 connections, C probe", "echo", 300, "c", 1.08),
    Case("aiohttp server and client, C probe", "http", 120, "c", 1.03),
    Case("aiohttp server and client, Python probe", "http", 120, "python", 1.15),
)
BYTES_BAR = 64


def run(case: Case, pairs: int, trace: Path) -> list[float]:
    """Measure a case in a process of its own; returns the ratio of each pair."""
    environment = {
        **os.environ,
        "MALLOC_TRIM_THRESHOLD_": "67108864",
        "MALLOC_MMAP_THRESHOLD_": "67108864",
        "LOOPSCOPE_PROBE": case.probe,
    }
    size = str(case.size)
    command = [sys.executable, str(WORKLOADS), case.workload, size, str(trace), str(pairs)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    found: list[float] = json.loads(done.stdout)
    return found


def bytes_a_step(trace: Path) -> float:
    """Return the bytes of all written records and words for each step."""
    with trace.open("rb") as file:
        header = read_header(trace, file)
        used = sum(len(body.rstrip(b"\0")) for body in bodies(file, header.header_bytes))
    return used / len(read_trace(trace).steps)


def bodies(file: BinaryIO, offset: int) -> Iterator[bytes]:
    """Yield the body of each block."""
    while True:
        file.seek(offset)
        head = file.read(BLOCK_HEADER_BYTES)
        if len(head) < BLOCK_HEADER_BYTES:
            return
        size = BLOCK.unpack(head)[3]
        yield file.read(size - BLOCK_HEADER_BYTES)
        offset += size


def measure(case: Case, pairs: int, directory: Path) -> bool:
    """Print one row; returns whether the bars hold."""
    trace = directory / "bench.loopscope"
    found = run(case, pairs, trace)
    ratio, a_step = statistics.median(found), bytes_a_step(trace)
    holds = ratio <= case.bar and a_step <= BYTES_BAR
    print(
        f"{case.title:42} {ratio:6.3f}  ({min(found):.3f}-{max(found):.3f})  bar {case.bar:.2f}"
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
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 15))
