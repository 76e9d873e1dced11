"""Calls a test function in simulated worlds, and lets the test fail where a promise is broken."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial, wraps
from pathlib import Path
from typing import Any

import pytest

from loopscope.check.cancel import COUNT_ONLY
from loopscope.check.case import Case
from loopscope.check.one_run import run_case
from loopscope.check.outcome import Outcome
from loopscope.check.pieces import Plan
from loopscope.check.program import Program
from loopscope.check.shrink import shrink
from loopscope.pytest_plugin.asked import Asked
from loopscope.pytest_plugin.inside import finish
from loopscope.pytest_plugin.jobs import Tried, first_broken
from loopscope.pytest_plugin.output import forget_output
from loopscope.pytest_plugin.report import Failure, kept_path, section

_ITS_OWN = ("raised", "exit")
"""Kinds of broken promises for which the exception of the test says more than a sentence."""

_UNSTEADY = (
    "It failed, and held when it was run again in the same world. Something else differs from run "
    "to run: what is kept in a fixture or a module, or what is measured or read in reality."
)


def simulated(item: pytest.Function, asked: Asked) -> Callable[..., None]:
    """Return what pytest is to call in the place of a test function."""

    @wraps(asked.body)
    def call(**fixtures: Any) -> None:  # noqa: ANN401  (whatever the test asks for)
        __tracebackhide__ = True
        runs = Runs(item, asked, partial(asked.body, **fixtures))
        if asked.is_marked:
            _sweep(item, asked, runs)
        else:
            _run_once(item, asked, runs)

    return call


class Runs:
    """Runs of one test, its fixtures the same in all of them.

    Args:
        item: The test.
        asked: What it asks for.
        body: The test function with its fixtures.

    Attributes:
        error: What the test function raised in the last run.
        plan: What is run with every seed.
    """

    def __init__(self, item: pytest.Function, asked: Asked, body: Callable[[], Any]) -> None:
        self.error: BaseException | None = None
        self._item = item
        self._asked = asked
        self._body = body
        self._trace: Path | None = None
        self._disappointment = ""
        self._program = Program(
            name=item.name,
            file=str(item.path),
            function=self._call,
            surroundings=asked.surroundings,
        )
        self.plan = Plan(self._program, asked.promises)

    def run(self, case: Case, trace: Path | None = None) -> Outcome:
        """Run the test once.

        Args:
            case: What determines the run.
            trace: Where its recording goes; it is not kept without.
        """
        __tracebackhide__ = True
        forget_output(self._item)
        self.error, self._disappointment = None, ""
        self._trace = trace if self._asked.records else None
        recording = None if self._asked.records else trace
        outcome = run_case(self._program, self._asked.promises, case, recording)
        if isinstance(self.error, pytest.skip.Exception | pytest.xfail.Exception):
            raise self.error
        if self._disappointment:
            told = self._disappointment
            return replace(outcome, broken=told, kind="expect", where="", detail="")
        return outcome

    def _call(self) -> Any:  # noqa: ANN401  (whatever the test returns)
        __tracebackhide__ = True
        asked = self._asked
        try:
            with asked.inside.run(records=asked.records, path=self._trace):
                result = finish(self._body())
            if asked.expect is not None:
                self._expect(asked.expect, result)
        except BaseException as error:
            self.error = error
            raise
        return result

    def _expect(self, function: Callable[[Any], Any], result: Any) -> None:  # noqa: ANN401  (as above)
        __tracebackhide__ = True
        verdict = function(result)
        if verdict is not None and not verdict:
            name = getattr(function, "__qualname__", repr(function))
            self._disappointment = f"expect={name} returned {verdict!r} for {result!r}."
            raise AssertionError(self._disappointment)


def _run_once(item: pytest.Function, asked: Asked, runs: Runs) -> None:
    """Run a test that only uses the fixtures: it is recorded, in case it fails."""
    __tracebackhide__ = True
    with tempfile.TemporaryDirectory(prefix="loopscope-") as directory:
        trace = Path(directory) / "test.loopscope"
        outcome = runs.run(asked.case or Case(), trace)
        if outcome.broken is None:
            return
        kept = kept_path(item, outcome.case)
        kept.write_bytes(trace.read_bytes())
    asked.section = section(item, Failure(outcome, trace=kept))
    _fail(outcome, runs)


def _sweep(item: pytest.Function, asked: Asked, runs: Runs) -> None:
    __tracebackhide__ = True
    find = partial(_find, asked, runs)
    at = 0
    if asked.case is not None:
        case, _ = find(asked.case)
    else:
        case, at = first_broken(runs.plan, asked.seeds, find, _jobs(item))
    if case is None:
        return
    outcome = runs.run(case)
    if outcome.broken is None:
        pytest.fail(f"loopscope, seed {case.seed}: {_UNSTEADY}", pytrace=False)
    shrunk = None
    if not outcome.is_world and outcome.choices:
        shrunk = shrink(outcome, runs.run)
    trace = kept_path(item, outcome.case)
    again = runs.run(shrunk.case if shrunk is not None else outcome.case, trace)
    failure = Failure(outcome, held=at, of=len(asked.seeds), shrunk=shrunk, trace=trace)
    asked.section = section(item, failure)
    _fail(again, runs)


def _find(asked: Asked, runs: Runs, case: Case) -> Tried:
    """Run a case, and where that is asked for again with a cancellation at every suspension."""
    __tracebackhide__ = True
    if not asked.cancels:
        outcome = runs.run(case)
        return (case if outcome.broken is not None else None), outcome.order
    plain = runs.run(replace(case, cancel_at=COUNT_ONLY))
    if plain.broken is not None:
        return case, plain.order
    for cancelled in replace(plain, case=case).cancelled():
        if runs.run(cancelled).broken is not None:
            return cancelled, plain.order
    return None, plain.order


def _jobs(item: pytest.Item) -> int:
    return int(item.config.getoption("--loopscope-jobs"))


def _fail(outcome: Outcome, runs: Runs) -> None:
    """Let the test fail as the run did."""
    __tracebackhide__ = True
    if runs.error is not None and outcome.kind in _ITS_OWN:
        raise runs.error
    said = outcome.broken or _UNSTEADY
    where = f" ({outcome.where})" if outcome.where else ""
    if outcome.detail.startswith(said):
        said = outcome.detail
    elif outcome.detail:
        said = f"{said}{where}\n{outcome.detail}"
    else:
        said += where
    pytest.fail(f"loopscope, seed {outcome.case.seed}: {said}", pytrace=False)
