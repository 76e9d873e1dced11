"""Finding the smallest failing world: against made-up programs whose smallest world is known."""

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopscope.check.case import Case
from loopscope.check.choices import Choice
from loopscope.check.outcome import Outcome
from loopscope.check.shrink import Shrunk, shrink

MS = 1_000_000
Values = Mapping[str, int | str]
Verdict = Callable[[Values], str]

KEYS = [f"a.example.com request {number} latency" for number in range(1, 41)]
FAILURES = [f"a.example.com request {number} failure" for number in range(1, 41)]


class MadeUp:
    """A program that makes eighty choices; a function says where it fails, "" for nowhere."""

    def __init__(self, verdict: Verdict, drawn: Values) -> None:
        self.verdict = verdict
        self.drawn = drawn
        self.cases: list[Case] = []

    def run(self, case: Case) -> Outcome:
        """Run it."""
        self.cases.append(case)
        usual: dict[str, int | str] = {
            **dict.fromkeys(KEYS, 10 * MS),
            **dict.fromkeys(FAILURES, ""),
        }
        values = {**usual, **(case.forced if case.is_minimal else self.drawn)}
        where = self.verdict(values)
        choices = tuple(Choice(key, values[key], usual[key]) for key in usual)
        if not where:
            return Outcome(case, 0)
        return Outcome(case, 0, "It failed.", "raised", where, choices=choices)

    def shrunk(self, most_runs: int = 200) -> Shrunk:
        """Return the smallest world that is found."""
        first = self.run(Case(7, "tails"))
        assert first.broken is not None
        self.cases.clear()
        return shrink(first, self.run, most_runs)


def all_slow() -> Values:
    """Return choices that are all unusual."""
    slow: dict[str, int | str] = {key: 31_234_567 + 1_111 * n for n, key in enumerate(KEYS)}
    return {**slow, **dict.fromkeys(FAILURES[::2], "503")}


def test_one_slow_request() -> None:
    """Of eighty choices the one that matters is left, in a round number."""
    program = MadeUp(lambda v: "app.py:1" if int(v[KEYS[12]]) > 22 * MS else "", all_slow())
    found = program.shrunk()
    assert found.lines() == ["a.example.com, 13th request: 30 ms instead of 10 ms"]
    assert found.case == Case(7, "", {KEYS[12]: 30 * MS}, is_minimal=True)
    assert found.runs == len(program.cases) <= 30


def test_a_fast_request() -> None:
    """A choice may matter because it is shorter than usual."""
    fast: Values = {**all_slow(), KEYS[3]: 1_234_567}
    program = MadeUp(lambda v: "app.py:1" if int(v[KEYS[3]]) < 4.5 * MS else "", fast)
    assert program.shrunk().lines() == ["a.example.com, 4th request: 4 ms instead of 10 ms"]


def test_two_that_only_fail_together() -> None:
    """Two choices are left where neither is enough."""

    def verdict(values: Values) -> str:
        return "app.py:1" if values[FAILURES[4]] and int(values[KEYS[30]]) >= 30 * MS else ""

    found = MadeUp(verdict, all_slow()).shrunk()
    assert found.lines() == [
        "a.example.com, 31st request: 30 ms instead of 10 ms",
        "a.example.com, 5th request: answered with status 503",
    ]
    assert found.runs <= 60


def test_many_delays_become_one() -> None:
    """Where a sum of delays matters, one long one takes the place of many."""

    def verdict(values: Values) -> str:
        return "app.py:1" if sum(int(values[key]) for key in KEYS) > 520 * MS else ""

    found = MadeUp(verdict, all_slow()).shrunk()
    assert len(found.choices) == 1
    assert found.runs <= 200


def test_no_choice_matters() -> None:
    """A program that always fails does so in the dullest world."""
    found = MadeUp(lambda _: "app.py:1", all_slow()).shrunk()
    assert (found.choices, found.runs) == ((), 1)
    assert found.case == Case(7, "", {}, is_minimal=True)


def test_another_failure_is_not_the_same() -> None:
    """A smaller world that fails at another line is none of this failure."""

    def verdict(values: Values) -> str:
        if int(values[KEYS[0]]) > 20 * MS:
            return "app.py:1" if int(values[KEYS[1]]) > 20 * MS else "app.py:2"
        return ""

    found = MadeUp(verdict, all_slow()).shrunk()
    assert found.outcome.where == "app.py:1"
    assert {choice.key for choice in found.choices} == {KEYS[0], KEYS[1]}


def test_what_cannot_be_shrunk_stays() -> None:
    """A failure that comes from something else than the choices is told as it was."""
    program = MadeUp(lambda v: "app.py:1" if len(v) > len(KEYS) * 3 else "", all_slow())
    failing = Outcome(Case(7), 0, "It failed.", "raised", "app.py:1")
    found = shrink(failing, program.run)
    assert found.outcome == failing


def test_the_number_of_runs_is_limited() -> None:
    """After so many runs the best so far is the result, and it fails."""

    def verdict(values: Values) -> str:
        slow = sum(int(values[key]) > 20 * MS for key in KEYS)
        return "app.py:1" if slow > 20 else ""

    program = MadeUp(verdict, all_slow())
    found = program.shrunk(most_runs=12)
    assert len(program.cases) == found.runs <= 12
    assert found.outcome.broken is not None


@given(st.sets(st.sampled_from(KEYS), min_size=1, max_size=3), st.integers(11, 31))
def test_exactly_what_is_needed_is_left(needed: set[str], limit_ms: int) -> None:
    """Whatever one to three slow requests are needed, these are found, in few runs."""

    def verdict(values: Values) -> str:
        return "app.py:1" if all(int(values[key]) > limit_ms * MS for key in needed) else ""

    found = MadeUp(verdict, all_slow()).shrunk()
    assert {choice.key for choice in found.choices} == needed
    assert all(limit_ms * MS < int(choice.value) <= 35 * MS for choice in found.choices)
    assert found.runs <= 120


@pytest.mark.parametrize("at", [None, 3])
def test_the_cancellation_stays(at: int | None) -> None:
    """What is cancelled, and when, is part of every smaller case."""
    program = MadeUp(lambda v: "app.py:1" if int(v[KEYS[12]]) > 22 * MS else "", all_slow())
    first = program.run(Case(7, cancel_at=at))
    program.cases.clear()
    assert shrink(first, program.run).case.cancel_at == at
    assert {case.cancel_at for case in program.cases} == {at}
