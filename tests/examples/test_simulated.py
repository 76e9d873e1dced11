"""Every program of examples/ does in the simulation what it does really, in its ideal time."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.examples.table import API, TABLE, Example
from tests.support import EXAMPLES, line_of, loopscope

from loopscope.trace.reader import read_trace

AT_A_TIME = 2
WORLD = EXAMPLES / "worlds" / "api.toml"
SIMULATED = [one for one in TABLE if one.is_simulated]

# Python imports a module of this name at its start, before anything of ours runs.
AUDIT = """
import os, sys

def note(event, arguments):
    if event.startswith("socket."):
        with open(os.environ["SOCKET_CALLS"], "a") as file:
            print(event, file=file)

sys.addaudithook(note)
"""


@dataclass(frozen=True, slots=True)
class Simulated:
    """What came of a simulated run."""

    done: subprocess.CompletedProcess[str]
    total_s: float
    socket_calls: list[str]


def simulate(example: Example, room: Path) -> Simulated:
    """Simulate one program in a directory of its own."""
    room.mkdir()
    (room / "sitecustomize.py").write_text(AUDIT)
    calls, trace = room / "calls.txt", room / "app.loopscope"
    calls.touch()
    world = ["--world", str(WORLD)] if example.beside == API else []
    command = ["simulate", "--quiet", "--out", str(trace), *world, *example.options]
    done = subprocess.run(
        [sys.executable, "-m", "loopscope", *command, str(example.program)],
        cwd=room,
        env={**os.environ, "PYTHONPATH": str(room), "SOCKET_CALLS": str(calls)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    total_s = read_trace(trace).total_ns / 1e9
    return Simulated(done, total_s, calls.read_text().splitlines())


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Example], Simulated]]:
    """Simulate all programs, a few at a time; give the one asked for when it has ended."""
    room = tmp_path_factory.mktemp("simulated")
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        futures: dict[str, Future[Simulated]] = {
            one.path: pool.submit(simulate, one, room / one.path.replace("/", "-"))
            for one in SIMULATED
        }
        yield lambda example: futures[example.path].result()
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("example", SIMULATED, ids=lambda one: one.path)
def test_does_what_it_does_really(
    example: Example, simulated: Callable[[Example], Simulated]
) -> None:
    """The same messages in the same order, the ideal total, no real socket."""
    ended = simulated(example)
    assert ended.done.stdout.splitlines() == example.said, ended.done.stderr
    assert ended.done.returncode == example.code, ended.done.stderr
    assert ended.total_s == pytest.approx(example.total_s, rel=0.02, abs=0.01)
    assert ended.socket_calls == []


def test_a_slow_day_shows_what_blocking_costs(tmp_path: Path) -> None:
    """Five requests of a second each take five, and the line that held the loop is named."""
    program = EXAMPLES / "network" / "blocking_requests.py"
    summary = simulate_on_a_slow_day(program, tmp_path)
    (stall,) = summary["stalls"]
    assert summary["total_s"] == stall["held_s"] == 5.0
    assert (stall["file"], stall["line"]) == (str(program), line_of(program, "blocks"))
    assert (stall["kind"], stall["count"], stall["delayed_tasks"]) == ("blocking", 5, 4)


def test_overlapping_requests_do_not_mind(tmp_path: Path) -> None:
    """The same five with a client written for asyncio take one second, and nothing is held."""
    summary = simulate_on_a_slow_day(EXAMPLES / "network" / "overlapping_requests.py", tmp_path)
    assert (summary["total_s"], summary["stalls"]) == (1.0, [])


def simulate_on_a_slow_day(program: Path, room: Path) -> dict[str, Any]:
    """Simulate a program in the world where a price takes a second; return the summary."""
    slow = str(EXAMPLES / "worlds" / "slow.toml")
    done = loopscope("simulate", "--cost", "none", "--world", slow, program, cwd=room)
    assert done.returncode == 0, done.stderr
    told = loopscope("show", "--json", f"{program.stem}.simulated.loopscope", cwd=room)
    summary: dict[str, Any] = json.loads(told.stdout)
    return summary
