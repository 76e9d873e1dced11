"""Replays without a change against their recordings: every program of examples/.

python bench/whatif/whatif_examples.py

Exit code 1 if the median error is over 1 % or the worst over 5 %.
"""

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from loopscope.analysis.timeline import derive_timeline, task_lives
from loopscope.analysis.whatif.predict import make_model, predict
from loopscope.trace.reader import read_trace

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
MEDIAN, WORST = 0.01, 0.05
SERVICES = {"network": EXAMPLES / "network" / "slow_api.py"}
WITH_API = ("close_clients", "handle_errors")
LEFT_OUT = ("slow_api.py", "database_pool.py", "one_request_sync.py")


def record(program: Path, path: Path) -> None:
    """Record a program, beside the service that it needs."""
    needs_api = program.parent.name == "network" or program.name.startswith(WITH_API)
    service = [sys.executable, str(SERVICES["network"])] if needs_api else []
    command = [*service, sys.executable, "-m", "loopscope", "run", "--out", str(path), str(program)]
    subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=False)


def error_of(path: Path) -> float:
    """Return by which share of the recorded total the replay is off."""
    timeline = derive_timeline(read_trace(path))
    prediction = predict(make_model(timeline, task_lives(timeline)), [])
    return abs(prediction.replayed_ns - prediction.recorded_ns) / prediction.recorded_ns


def main() -> int:
    """Record and replay all."""
    errors: list[float] = []
    with tempfile.TemporaryDirectory() as directory:
        for program in sorted(EXAMPLES.rglob("*.py")):
            if program.name in LEFT_OUT:
                continue
            path = Path(directory) / f"{len(errors)}.loopscope"
            record(program, path)
            errors.append(error_of(path))
            print(f"{program.relative_to(EXAMPLES)!s:40} {errors[-1]:.2%}")
    median, worst = statistics.median(errors), max(errors)
    print(f"{len(errors)} programs: median error {median:.2%}, worst {worst:.2%}")
    return 0 if median <= MEDIAN and worst <= WORST else 1


if __name__ == "__main__":
    sys.exit(main())
