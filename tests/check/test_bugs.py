"""Eight bugs of concurrent programs are found, shrunk and replayed; their fixed twins hold."""

from collections.abc import Iterator
from functools import cache

import pytest
from tests.check.checking import BUGS, NAMES, bug, failed_in, script

from loopscope.check.case import Case, read_case
from loopscope.check.guidance import guide_of
from loopscope.check.one_run import run_case
from loopscope.check.outcome import Outcome
from loopscope.check.program import Program
from loopscope.check.promises import Promises
from loopscope.check.shrink import Shrunk, shrink

LINES = {
    "lost_update": ("raised", [27]),
    "cache_stampede": ("raised", [33]),
    "lock_order": ("deadlock", [15, 21]),
    "cancellation_leak": ("deadlock", [25]),
    "missed_wakeup": ("deadlock", [16, 29]),
    "timeout_against_result": ("raised", [24]),
    "unbounded_queue": ("raised", [16]),
    "ordered_gather": ("raised", [20]),
}
"""What is broken, and at which lines."""

QUARTERS = [range(first, first + 250) for first in range(0, 1000, 250)]

CANNOT_FAIL = sorted(path.stem for path in BUGS.glob("holds_*.py"))


def sweep(program: Program, seeds: range, *, guided: bool = True) -> Iterator[Outcome]:
    """Yield what comes of a program with every seed."""
    for seed in seeds:
        guide = guide_of(seed) if guided else ""
        yield run_case(program, Promises(), Case(seed, guide))


@cache
def first_failing(name: str, *, guided: bool = True) -> Outcome:
    """Return the first run of a thousand that breaks a promise."""
    seeds = sweep(bug(name), range(1000), guided=guided)
    return next(one for one in seeds if one.broken is not None)


@cache
def shrunk(name: str) -> Shrunk:
    """Return the smallest world in which it still fails."""
    program = bug(name)
    return shrink(first_failing(name), lambda case: run_case(program, Promises(), case))


def lines(outcome: Outcome) -> list[int]:
    """Return the numbers of the lines that an outcome names."""
    return sorted(int(one.rpartition(":")[2]) for one in outcome.where.split(", "))


@pytest.mark.parametrize("name", NAMES)
def test_found_and_shrunk(name: str) -> None:
    """A bug is found, its lines are named, and one or two unusual choices bring it about."""
    found = first_failing(name)
    assert (found.kind, lines(found)) == LINES[name]
    smallest = shrunk(name)
    assert 1 <= len(smallest.choices) <= 3
    assert len(smallest.lines()) == len(smallest.choices)
    assert smallest.runs <= 60
    assert smallest.outcome.group == found.group


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_found_as_described(name: str) -> None:
    """A bug is found without guidance as well: such seeds can be counted."""
    found = first_failing(name, guided=False)
    assert (found.kind, lines(found)) == LINES[name]


@pytest.mark.parametrize("name", NAMES)
def test_replays(name: str) -> None:
    """What a report says to repeat, the seed or the smallest world, repeats the same failure."""
    program = bug(name)
    for outcome in (first_failing(name), shrunk(name).outcome):
        again = run_case(program, Promises(), read_case(outcome.case.written()))
        assert again == outcome


@pytest.mark.parametrize("name", NAMES)
def test_usually_holds(name: str) -> None:
    """With everything as usual no bug shows: that is what makes them bugs that are shipped."""
    assert run_case(bug(name), Promises(), Case(is_minimal=True)).broken is None


@pytest.mark.parametrize("name", NAMES)
def test_fixed_twins_hold(name: str) -> None:
    """Of a fixed twin nothing is reported."""
    failed = [one for one in sweep(bug(name, is_fixed=True), range(24)) if one.broken is not None]
    assert failed == []


@pytest.mark.parametrize("name", CANNOT_FAIL)
def test_no_false_alarm(name: str) -> None:
    """Of a program that cannot fail on asyncio nothing is reported."""
    program = script(BUGS / f"{name}.py", BUGS / "holds.toml")
    failed = [one for one in sweep(program, range(20)) if one.broken is not None]
    assert failed == []


@pytest.mark.slow
@pytest.mark.parametrize("seeds", QUARTERS)
@pytest.mark.parametrize("name", NAMES)
def test_fixed_twins_hold_long(name: str, seeds: range) -> None:
    """Of a fixed twin nothing is reported in a thousand seeds."""
    assert failed_in(bug(name, is_fixed=True), seeds) == []


@pytest.mark.slow
@pytest.mark.parametrize("seeds", QUARTERS)
@pytest.mark.parametrize("name", CANNOT_FAIL)
def test_no_false_alarm_long(name: str, seeds: range) -> None:
    """Of a program that cannot fail on asyncio nothing is reported in a thousand seeds."""
    assert failed_in(script(BUGS / f"{name}.py", BUGS / "holds.toml"), seeds) == []


def test_there_are_eight_of_each() -> None:
    """No program is left out by mistake."""
    assert len(NAMES) == len(CANNOT_FAIL) == 8
