"""Every program of examples/ does in the simulation what it does really, in its ideal time."""

import json

import pytest
from tests.examples.commands import Ran, Runs
from tests.examples.table import TABLE, Example
from tests.support import EXAMPLES, line_of, loopscope

from loopscope.trace.reader import read_trace

SIMULATED = [one for one in TABLE if one.is_simulated]
SLOW = "loopscope simulate --cost none --world examples/worlds/slow.toml examples/network/"


@pytest.mark.parametrize("example", SIMULATED, ids=lambda one: one.path)
def test_does_what_it_does_really(example: Example, runs: Runs) -> None:
    """The same messages in the same order, the ideal total, no real socket."""
    ran = runs.result(example.simulation)
    assert ran.stdout.splitlines() == example.said, ran.stderr
    assert ran.code == example.code, ran.stderr
    assert total_s(ran, example.program.stem) == pytest.approx(example.total_s, rel=0.02, abs=0.01)
    assert ran.socket_calls == []


def total_s(ran: Ran, stem: str) -> float:
    """Return how long the event loops of a simulated program took."""
    return read_trace(ran.trace(stem)).total_ns / 1e9


def test_a_slow_day_shows_what_blocking_costs(runs: Runs) -> None:
    """Five requests of a second each take five, and the line that held the loop is named."""
    program = EXAMPLES / "network" / "blocking_requests.py"
    ran = runs.result(f"{SLOW}{program.name}")
    told = loopscope("show", "--json", ran.trace(program.stem), cwd=ran.room)
    summary = json.loads(told.stdout)
    (stall,) = summary["stalls"]
    assert summary["total_s"] == stall["held_s"] == 5.0
    assert (stall["line"], stall["kind"]) == (line_of(program, "blocks"), "blocking")
    assert (stall["count"], stall["delayed_tasks"]) == (5, 4)


def test_overlapping_requests_do_not_mind(runs: Runs) -> None:
    """The same five with a client written for asyncio take one second."""
    assert total_s(runs.result(f"{SLOW}overlapping_requests.py"), "overlapping_requests") == 1.0
