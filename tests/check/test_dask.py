"""The same sweep on a Dask cluster: a scheduler and two workers, one of which is killed."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

_PROGRAM = """
import asyncio, random, sys

async def main():
    await asyncio.sleep(random.random())
    assert random.random() > 0.1, "bad luck"

asyncio.run(main())
"""


def test_a_killed_worker_loses_no_seed_and_none_counts_twice(tmp_path: Path) -> None:
    """The report is the same as that of a sweep on this machine; the other worker does it all."""
    (tmp_path / "app.py").write_text(_PROGRAM)
    local = _report(tmp_path, "--jobs", "2")
    with _cluster(tmp_path) as (address, workers):
        process = _started(tmp_path, "--on", f"dask://{address}")
        journal = tmp_path / "app.check-journal"
        _wait_for_pieces(process, journal, 2)
        assert _counted(journal) < 600
        workers[0].kill()
        on_cluster = _finished(process)
    assert on_cluster == local
    assert on_cluster["runs"] == 600


def test_a_sweep_on_a_cluster_is_killed_and_goes_on(tmp_path: Path) -> None:
    """What was written down is not run again, and all else is."""
    (tmp_path / "app.py").write_text(_PROGRAM)
    with _cluster(tmp_path) as (address, _):
        whole = _report(tmp_path, "--on", f"dask://{address}")
        process = _started(tmp_path, "--on", f"dask://{address}")
        journal = tmp_path / "app.check-journal"
        _wait_for_pieces(process, journal, 2)
        process.kill()
        process.communicate()
        assert 0 < _counted(journal) < 600
        resumed = _report(tmp_path, "--on", f"dask://{address}", "--resume")
    assert resumed == whole


def test_without_a_scheduler_it_says_so(tmp_path: Path) -> None:
    """An address at which nobody listens is a mistake of the user's."""
    (tmp_path / "app.py").write_text(_PROGRAM)
    done = subprocess.run(
        _command("--on", "dask://127.0.0.1:1"),
        cwd=tmp_path,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 2
    assert "There is no Dask scheduler at tcp://127.0.0.1:1" in done.stderr
    assert "Traceback" not in done.stderr


@contextmanager
def _cluster(directory: Path) -> Iterator[tuple[str, list["subprocess.Popen[str]"]]]:
    """A scheduler and two workers, on loopback, as processes of their own."""
    quiet = ["--no-dashboard", "--host", "127.0.0.1"]
    scheduler = _daemon(directory, "distributed.cli.dask_scheduler", *quiet, "--port", "0")
    address = _read(scheduler, r"Scheduler at:\s+tcp://(\S+)")
    one = ["--nthreads", "1", "--no-nanny", *quiet, "--local-directory", str(directory)]
    workers = [
        _daemon(directory, "distributed.cli.dask_worker", f"tcp://{address}", *one)
        for _ in range(2)
    ]
    try:
        for worker in workers:
            _read(worker, "Registered to:")
        yield address, workers
    finally:
        for process in (*workers, scheduler):
            process.send_signal(signal.SIGKILL)
            process.communicate()


def _daemon(directory: Path, module: str, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=directory,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _read(process: "subprocess.Popen[str]", pattern: str) -> str:
    assert process.stderr is not None
    for line in process.stderr:
        found = re.search(pattern, line)
        if found is not None:
            return found[found.re.groups]
    raise AssertionError(f"It ended without saying {pattern}.")


def _command(*options: str) -> list[str]:
    given = [*options, "--json", "--seeds", "600", "app.py"]
    return [sys.executable, "-m", "loopscope", "check", *given]


def _started(directory: Path, *options: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        _command(*options),
        cwd=directory,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _report(directory: Path, *options: str) -> dict[str, Any]:
    return _finished(_started(directory, *options))


def _finished(process: "subprocess.Popen[str]") -> dict[str, Any]:
    output, errors = process.communicate()
    assert process.returncode == 1, errors
    report: dict[str, Any] = json.loads(output)
    del report["took_real_s"]
    return report


def _wait_for_pieces(process: "subprocess.Popen[str]", journal: Path, count: int) -> None:
    while not journal.exists() or len(journal.read_bytes().splitlines()) <= count:
        with suppress(subprocess.TimeoutExpired):
            raise AssertionError(f"It was over at once: {process.communicate(timeout=0.05)}")


def _counted(journal: Path) -> int:
    lines = journal.read_bytes().splitlines()[1:]
    return sum(len(json.loads(line[9:])["ns"]) for line in lines if line[8:9] == b" ")
