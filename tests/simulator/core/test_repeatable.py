"""The same seed gives the same run: byte for byte where computing is not measured."""

import asyncio
import os
import random
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.examples.table import TABLE, Example
from tests.support import EXAMPLES, PROGRAMS

import loopscope
from loopscope.trace.reader import read_trace

HASH_SEEDS = ("0", "1", "4711")

SETS = """
import asyncio, os, random, uuid, threading, time

async def visit(name):
    await asyncio.sleep(random.random())
    if name == "e":
        raise ValueError("e")
    return name

async def main():
    print(list({"a", "b", "c", "d", "e", "f"}), uuid.uuid4(), os.urandom(4).hex(), time.time())
    tasks = {asyncio.create_task(visit(name), name=name) for name in {"a", "b", "c", "d", "e"}}
    done, pending = await asyncio.wait(tasks, timeout=0.5)
    print([task.get_name() for task in done], [task.get_name() for task in pending])
    await asyncio.gather(*(asyncio.to_thread(time.sleep, 0.1 * random.random()) for _ in range(9)))
    asyncio.create_task(asyncio.Event().wait())
    print(os.environ.get("PYTHONHASHSEED"), os.environ.get("LOOPSCOPE_HASHSEED_BEFORE"))

asyncio.run(main())
"""


def simulate(
    program: Path, directory: Path, hash_seed: str, *options: str, probe: str = ""
) -> tuple[bytes, str]:
    """Return the trace of a simulated program, and what it printed."""
    out = directory / "out.loopscope"
    command = [sys.executable, "-m", "loopscope", "simulate", "-q", "--cost", "none", *options]
    done = subprocess.run(
        [*command, "--out", str(out), str(program)],
        cwd=directory,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "LOOPSCOPE_PROBE": probe},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "loopscope" not in done.stderr
    trace = out.read_bytes()
    out.unlink()
    return trace, done.stdout


def test_the_trace_is_the_same_to_the_byte(probe_name: str, tmp_path: Path) -> None:
    """Three processes with different hash seeds: one trace, one output, nothing of ours in them."""
    program = tmp_path / "sets.py"
    program.write_text(SETS)
    runs = [simulate(program, tmp_path, seed, probe=probe_name) for seed in HASH_SEEDS]
    assert len({trace for trace, _ in runs}) == 1
    outputs = [output.splitlines() for _, output in runs]
    assert len({tuple(lines[:-1]) for lines in outputs}) == 1
    assert [lines[-1] for lines in outputs] == [f"{seed} None" for seed in HASH_SEEDS]


@pytest.mark.parametrize(
    "program",
    [
        PROGRAMS / "many_ways.py",
        PROGRAMS / "cancellations.py",
        PROGRAMS / "threads_loops.py",
        PROGRAMS / "executor.py",
        PROGRAMS / "lost_exception.py",
    ],
    ids=lambda path: path.stem,
)
def test_programs_repeat_to_the_byte(program: Path, tmp_path: Path) -> None:
    """Threads, several loops, lost exceptions: the second run is the first."""
    first, second = (simulate(program, tmp_path, seed) for seed in HASH_SEEDS[:2])
    assert first == second


@pytest.mark.parametrize(
    "example", [one for one in TABLE if one.is_simulated], ids=lambda one: one.path
)
def test_examples_repeat_to_the_byte(example: Example, tmp_path: Path) -> None:
    """Whatever an example uses, two processes with different hash seeds write the same trace."""
    (tmp_path / "examples").symlink_to(EXAMPLES)
    *options, program = example.simulation.split()[2:]
    runs = [simulate(tmp_path / program, tmp_path, seed, *options) for seed in HASH_SEEDS[:2]]
    assert runs[0] == runs[1]


def test_another_seed_is_another_run(tmp_path: Path) -> None:
    """Random numbers, and with them durations, follow from the seed."""
    program = tmp_path / "sets.py"
    program.write_text(SETS)
    first, _ = simulate(program, tmp_path, "0")
    second, _ = simulate(program, tmp_path, "0", "--seed", "1")
    assert first != second


def test_the_header_tells_nothing_of_the_process(tmp_path: Path) -> None:
    """Process number and wall clock are the simulation's; the seed is told."""
    out = tmp_path / "x.loopscope"
    loopscope.simulate(lambda: asyncio.sleep(1), costs="none", seed=7, out=out)
    info = read_trace(out).info
    assert (info.pid, info.seed, info.origin_ns, info.wall_ns) == (
        0,
        7,
        0,
        1_767_225_600_000_000_000,
    )


def draws() -> list[Any]:
    """Draw from every source of chance there is."""
    return [
        random.random(),
        random.SystemRandom().random(),
        uuid.uuid4(),
        os.urandom(8),
        random.sample(range(100), 5),
    ]


def test_chance_follows_from_the_seed_in_one_process_too() -> None:
    """The same seed draws the same, another one does not, and reality is left alone."""
    random.seed(1)
    expected = random.random()
    random.seed(1)
    runs = [loopscope.simulate(draws, seed=seed, costs="none").result for seed in (3, 3, 4)]
    assert runs[0] == runs[1]
    assert all(left != right for left, right in zip(runs[0], runs[2], strict=True))
    assert random.random() == expected


def interleave() -> list[tuple[str, float]]:
    """Let threads, loops and pools work at once."""
    log: list[tuple[str, float]] = []

    def note(name: str) -> None:
        log.append((name, round(time.monotonic(), 6)))

    async def main(name: str) -> None:
        for _ in range(5):
            await asyncio.sleep(random.random())
            await asyncio.to_thread(note, name)

    threads = [
        threading.Thread(target=asyncio.run, args=(main(f"thread {number}"),))
        for number in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return log


@pytest.mark.parametrize("program", [draws, interleave])
def test_ten_runs_are_one(program: Callable[[], Any]) -> None:
    """Ten runs of one seed in one process bring one result."""
    runs = [loopscope.simulate(program, seed=5, costs="none").result for _ in range(10)]
    assert [run for run in runs if run != runs[0]] == []
