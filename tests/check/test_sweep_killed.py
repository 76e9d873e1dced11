"""A sweep that is killed in the middle, and goes on: no seed is lost, and none counted twice."""

import json
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

# A sweep as `loopscope check` makes it: real processes, a real journal. Only what a seed does is
# short, so that there can be very many.
_SWEEP = """
import sys
from contextlib import suppress
from pathlib import Path
from loopscope.check import machines
from loopscope.check.journal import Failed, Journal, Piece
from loopscope.check.machines import Local
from loopscope.check.pieces import Plan
from loopscope.check.program import Program
from loopscope.check.promises import Promises
from loopscope.check.sweep import Sweep


def run_piece(plan, seeds):
    failed = [Failed(seed, str(seed), "odd", "", "odd", seed) for seed in seeds if seed % 1009 == 3]
    return Piece(seeds.start, tuple(seeds), tuple(failed), 1_000_000, len(seeds))


if __name__ == "__main__":
    machines.run_piece = run_piece
    journal = Journal(Path(sys.argv[1]), "the same", is_resumed=True)
    plan = Plan(Program("app.py", "app.py"), Promises(), is_guided=False)
    workers = Local(2)
    sweep = Sweep(plan, range(int(sys.argv[2])), journal, workers)
    done = sweep.results.count
    print(done, flush=True)
    def tell(more):
        global done
        done += more
        print(done, flush=True)
    sweep.run(tell)
    workers.close()
    durations = sorted(sweep.results.durations_ns)
    failed = sorted(one.seed for one in sweep.results.failed)
    print("result", durations == list(range(int(sys.argv[2]))), len(failed), len(set(failed)))
"""


@pytest.mark.slow
def test_100_000_seeds_are_each_counted_once_however_often_the_sweep_is_killed(
    tmp_path: Path,
) -> None:
    """Killed in the middle five times, with all its workers left to themselves, it goes on."""
    script, journal, seeds = tmp_path / "sweep.py", tmp_path / "journal", 100_000
    script.write_text(_SWEEP)
    for kill_at in (1, 10_000, 30_000, 31_000, 70_000):
        with _started(script, journal, seeds) as process:
            done = _read_until(process, kill_at)
            process.kill()
        assert kill_at <= done < seeds
    with _started(script, journal, seeds) as process:
        output, _ = process.communicate()
    assert output.splitlines()[-1] == f"result True {len(range(3, seeds, 1009))} 100"


def _started(script: Path, *arguments: object) -> "subprocess.Popen[str]":
    command = [sys.executable, str(script), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _read_until(process: "subprocess.Popen[str]", count: int) -> int:
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) >= count:
            return int(line)
    raise AssertionError(f"It was over before {count} seeds were done.")


_PROGRAM = """
import asyncio, random

async def main():
    await asyncio.sleep(random.random())
    assert random.random() > 0.1, "bad luck"

asyncio.run(main())
"""


def _hear_ctrl_c() -> None:
    """Undo what a process that was started in the background inherits: it ignores SIGINT."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.slow
def test_the_command_goes_on_after_sigkill_and_ctrl_c(tmp_path: Path) -> None:
    """What is reported in the end is what a sweep reports that was never stopped."""
    (tmp_path / "app.py").write_text(_PROGRAM)
    journal = tmp_path / "app.check-journal"
    whole = _checked(tmp_path)
    for stop, code in ((signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)):
        pieces = len(journal.read_bytes().splitlines()) if journal.exists() else 0
        with subprocess.Popen(
            _command("--resume"), cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            while not journal.exists() or len(journal.read_bytes().splitlines()) < pieces + 3:
                with suppress(subprocess.TimeoutExpired):
                    raise AssertionError(f"It was over at once: {process.wait(timeout=0.05)}")
            process.send_signal(stop)
            output, errors = process.communicate()
        assert process.returncode == code, errors
        assert journal.exists()
    assert b"seeds were not run" in output
    assert errors.endswith(b"loopscope: stopped; go on with --resume.\n")
    resumed = _checked(tmp_path, "--resume")
    assert resumed == whole
    assert resumed["runs"] == 400
    assert 20 < resumed["failed"] < 70
    assert not journal.exists()


def _command(*options: str) -> list[str]:
    given = [*options, "--seeds", "400", "--jobs", "2", "app.py"]
    return [sys.executable, "-m", "loopscope", "check", *given]


def _checked(directory: Path, *options: str) -> dict[str, Any]:
    done = subprocess.run(
        _command("--json", *options), cwd=directory, capture_output=True, check=False
    )
    assert done.returncode == 1, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    del report["took_real_s"]
    return report
