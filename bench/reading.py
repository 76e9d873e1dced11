"""Opening and summarising large traces: seconds, peak memory, and how both grow.

python bench/reading.py [STEPS ...]        (default: 1, 3 and 10 million)
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

WORKLOADS = Path(__file__).with_name("_workloads.py")
SECONDS_BAR, BYTES_BAR = 20, 2 << 30

SUMMARISE = """
import json, resource, sys, time
begin = time.perf_counter()
from loopscope.analysis.summary import summarise
from loopscope.trace.reader import read_trace
summary = summarise(read_trace(sys.argv[1]))
seconds = time.perf_counter() - begin
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps([len(summary.trace.steps), seconds, peak]))
"""


def main(wanted: list[int]) -> int:
    """Record and summarise a trace of each size; exit code 1 if the largest misses a bar."""
    held = True
    with tempfile.TemporaryDirectory() as directory:
        for steps in wanted:
            trace = str(Path(directory) / "large.loopscope")
            recorder = [sys.executable, str(WORKLOADS), "mixed", str(steps // 7), trace]
            subprocess.run(recorder, check=True, capture_output=True)
            reader = [sys.executable, "-c", SUMMARISE, trace]
            done = subprocess.run(
                reader, check=True, capture_output=True, text=True, env=os.environ
            )
            count, seconds, peak = json.loads(done.stdout)
            held &= seconds <= SECONDS_BAR and peak <= BYTES_BAR
            print(
                f"{count / 1e6:6.2f} M steps  {seconds:6.2f} s  {seconds / count * 1e6:6.2f} s a M"
                f"  {peak / (1 << 30):5.2f} GiB",
                flush=True,
            )
    print("holds" if held else "MISSED", f"(bars: {SECONDS_BAR} s, {BYTES_BAR >> 30} GiB)")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main([int(one) for one in sys.argv[1:]] or [1_000_000, 3_000_000, 10_000_000]))
