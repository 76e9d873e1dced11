"""A sweep of real seeds that is killed again and again: no seed is lost, and none counted twice.

python bench/killed_sweep.py [SEEDS]      (default: 100,000; about ten minutes a half on two cores)

A small program over all seeds with the real ``loopscope check``. First on this machine: the
command is killed (SIGKILL) four times on its way, and goes on with ``--resume``. Then on a Dask
cluster of a scheduler and two worker processes: one worker is killed, later the command itself,
and it goes on with what is left. The journal of each must end up with every seed once, both must
say the same of every seed, and report as many. Exit code 1 if not.
"""

import importlib
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = """
import asyncio

async def ask(name, delay_s):
    await asyncio.sleep(delay_s)
    reader, writer = await asyncio.open_connection(f"{name}.example.com", 7000)
    writer.write(b"?")
    assert await reader.read(1)
    writer.close()
    return asyncio.get_running_loop().time()

async def main():
    first, second = await asyncio.gather(ask("a", 0), ask("b", 0.025))
    assert first < second, "overtaken"

asyncio.run(main())
"""
WORLD = """
[[host]]
name = "*.example.com"
kind = "tcp"
latency = { lognormal = { median = "10ms", sigma = 0.4 } }
"""
KILLED_AT = (0.1, 0.3, 0.55, 0.8)
"""The command is killed when this share of the seeds is done."""

WORKER_KILLED_AT = 0.4
COMMAND_KILLED_AT = 0.7


class Sweep:
    """A sweep in a directory of its own.

    Args:
        directory: Where program and journal are.
        seeds: How many seeds.
        options: Where it runs.
    """

    def __init__(self, directory: Path, seeds: int, *options: str) -> None:
        directory.mkdir()
        (directory / "app.py").write_text(PROGRAM)
        (directory / "world.toml").write_text(WORLD)
        self.seeds = seeds
        self._directory = directory
        self._options = options
        self._journal = directory / "app.check-journal"
        self._kept = directory / "kept"
        """Another name of the journal, which the command deletes in the end."""
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin, or go on."""
        command = [sys.executable, "-m", "loopscope", "check", "--json", "--resume"]
        command += [*self._options, "--world", "world.toml", "--seeds", str(self.seeds), "app.py"]
        self._process = subprocess.Popen(command, cwd=self._directory, stdout=subprocess.PIPE)

    def wait_for(self, share: float) -> None:
        """Wait until a share of the seeds is in the journal."""
        while sum(len(one["ns"]) for one in self.pieces()) < share * self.seeds:
            if self._process is None or self._process.poll() is not None:
                raise RuntimeError("The sweep was over too soon.")
            time.sleep(0.5)

    def kill(self) -> None:
        """Kill the command."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def pieces(self) -> list[dict[str, Any]]:
        """Return the pieces in the journal, as they are."""
        if not self._kept.exists():
            if not self._journal.exists():
                return []
            self._kept.hardlink_to(self._journal)
        lines = self._kept.read_bytes().split(b"\n")[1:-1]
        return [json.loads(line[9:]) for line in lines]

    def finish(self) -> dict[str, Any]:
        """Wait for the end, and return what is reported then."""
        if self._process is None:
            raise RuntimeError("It was never started.")
        output, _ = self._process.communicate()
        if self._process.returncode not in (0, 1):
            raise RuntimeError(f"The sweep ended with exit code {self._process.returncode}.")
        report: dict[str, Any] = json.loads(output)
        return report


@dataclass(frozen=True, slots=True)
class Brought:
    """What a sweep brought.

    Attributes:
        durations_ns: How long each seed took in virtual time, by seed; of one that is there more
            than once, what the last said.
        lost: How many seeds are not there.
        doubled: How many are there more than once.
        failed: The seeds that failed, each as often as it is there.
        report: What the command reported.
    """

    durations_ns: dict[int, int]
    lost: int
    doubled: int
    failed: list[int]
    report: dict[str, Any]

    @property
    def is_right(self) -> bool:
        """Whether every seed counts once, in the journal and in the report."""
        seeds = self.report["seeds"]
        wanted = {"runs": seeds, "failed": len(self.failed)}
        described = self.report["duration"]["runs"]
        return (
            not (self.lost or self.doubled)
            and {name: self.report[name] for name in wanted} == wanted
            and described == seeds - seeds // 4
            and len(set(self.failed)) == len(self.failed)
        )


def brought(sweep: Sweep) -> Brought:
    """Wait for the end of a sweep, and return what it brought."""
    report = sweep.finish()
    pieces = sweep.pieces()
    counts = Counter(one["first"] + at for one in pieces for at in range(len(one["ns"])))
    return Brought(
        {one["first"] + at: ns for one in pieces for at, ns in enumerate(one["ns"])},
        sum(seed not in counts for seed in range(sweep.seeds)),
        sum(count > 1 for count in counts.values()),
        sorted(failed[0] for one in pieces for failed in one.get("failed", ())),
        report,
    )


@contextmanager
def cluster(directory: Path) -> "Iterator[tuple[str, list[subprocess.Popen[bytes]]]]":
    """A scheduler and two workers, on loopback, as processes of their own."""
    log = directory / "scheduler.json"
    quiet = ("--no-dashboard", "--host", "127.0.0.1")
    scheduler = daemon("scheduler", *quiet, "--port", "0", "--scheduler-file", str(log))
    while not log.exists() or not log.read_bytes():
        time.sleep(0.2)
    address = json.loads(log.read_bytes())["address"].removeprefix("tcp://")
    one = (*quiet, "--nthreads", "1", "--no-nanny", "--local-directory", str(directory))
    workers = [daemon("worker", f"tcp://{address}", *one) for _ in range(2)]
    try:
        yield address, workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


def daemon(name: str, *arguments: str) -> "subprocess.Popen[bytes]":
    """Start a part of the cluster."""
    command = [sys.executable, "-m", f"distributed.cli.dask_{name}", *arguments]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_for_workers(address: str, count: int) -> None:
    """Wait until so many workers have reported to the scheduler."""
    distributed: Any = importlib.import_module("distributed")
    with distributed.Client(address, timeout=30) as client:
        client.wait_for_workers(count, timeout=60)


def on_this_machine(directory: Path, seeds: int) -> Brought:
    """Kill the command on its way, and go on."""
    sweep = Sweep(directory, seeds)
    sweep.start()
    for share in KILLED_AT:
        sweep.wait_for(share)
        sweep.kill()
        sweep.start()
    return brought(sweep)


def on_a_cluster(directory: Path, seeds: int) -> Brought:
    """Kill one of two workers, then the command, and go on."""
    with tempfile.TemporaryDirectory() as name, cluster(Path(name)) as (address, workers):
        wait_for_workers(address, 2)
        sweep = Sweep(directory, seeds, "--on", f"dask://{address}")
        sweep.start()
        sweep.wait_for(WORKER_KILLED_AT)
        workers[0].kill()
        sweep.wait_for(COMMAND_KILLED_AT)
        sweep.kill()
        sweep.start()
        return brought(sweep)


def main(seeds: int) -> int:
    """Run both, and compare."""
    found = []
    with tempfile.TemporaryDirectory() as name:
        for title, run in (("this machine", on_this_machine), ("Dask", on_a_cluster)):
            began = time.perf_counter()
            one = run(Path(name) / run.__name__, seeds)
            took_s = time.perf_counter() - began
            found.append(one)
            print(
                f"{title:12} {one.report['runs']:,} of {seeds:,} seeds reported, {one.lost} lost, "
                f"{one.doubled} double, {len(one.failed):,} failed; {took_s:.0f} s, "
                f"{seeds / took_s:.0f} seeds/s",
                flush=True,
            )
    here, there = found
    same = (here.durations_ns, here.failed) == (there.durations_ns, there.failed)
    print("Both say the same of every seed." if same else "They do NOT say the same of every seed.")
    holds = same and here.is_right and there.is_right
    print("holds" if holds else "MISSED")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main(int((sys.argv[1:] or ["100000"])[0])))
