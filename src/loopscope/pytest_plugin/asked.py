"""What a test asks of the plugin: read from its marker, its fixtures and the command line."""

import inspect
import unittest
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

import pytest

from loopscope.check.case import Case, read_case
from loopscope.check.guidance import guide_of
from loopscope.check.promises import Promises
from loopscope.check.surroundings import Surroundings
from loopscope.errors import LoopscopeError
from loopscope.pytest_plugin.inside import Inside
from loopscope.pytest_plugin.marker import read_marker

SEEDS: Final = 100
"""Over how many seeds a test runs whose marker does not say."""


@dataclass(slots=True)
class Asked:
    """What one test asks for, and what came of it.

    Attributes:
        body: The test function itself, whatever other plugins put over it.
        surroundings: Its world.
        promises: What every run must hold.
        expect: Takes what the test returns and says whether it is right; None for none.
        case: What alone to run; None for a sweep.
        seeds: The seeds of the sweep.
        is_marked: Whether its marker asks for a simulation; False where only its fixtures do.
        cancels: Whether to cancel it at every suspension, too.
        records: Whether it uses the fixture ``trace``.
        inside: What its fixtures show.
        section: What the report of its failure says; "" as long as nothing failed.
    """

    body: Callable[..., Any]
    surroundings: Surroundings
    promises: Promises
    expect: Callable[[Any], Any] | None
    case: Case | None
    seeds: range
    is_marked: bool
    cancels: bool
    records: bool
    inside: Inside = field(default_factory=Inside)
    section: str = ""


def read_asked(item: pytest.Item, marker: pytest.Mark | None) -> Asked:
    """Return what a test asks for; a test that cannot be simulated fails here.

    Args:
        item: The test.
        marker: Its marker; None if only its fixtures ask for a simulation.
    """
    __tracebackhide__ = True
    function = _check_test(item, marker)
    wrong = ""
    try:
        given = read_marker(marker, function.path.parent)
        given.surroundings.settings()  # so that a bad world is told before the test begins
        one = item.config.getoption("--loopscope-seed")
        case = None if one is None else _case(one)
    except (LoopscopeError, ValueError) as error:
        wrong = str(error)
    if wrong:
        _refuse(wrong)
    return Asked(
        body=function.obj,
        surroundings=given.surroundings,
        promises=given.promises,
        expect=given.expect,
        case=case if marker is not None or case is not None else Case(),
        seeds=range(item.config.getoption("--loopscope-seeds") or given.seeds or SEEDS),
        is_marked=marker is not None,
        cancels=given.cancels and (case is None or _is_of_sweep(case)),
        records="trace" in function.fixturenames,
    )


def _case(text: str) -> Case:
    """Return what ``--loopscope-seed`` means: a seed of a sweep, or a whole case."""
    case = read_case(text)
    return Case(case.seed, guide_of(case.seed)) if case == Case(case.seed) else case


def _is_of_sweep(case: Case) -> bool:
    """Whether a case is one of those that a sweep begins with."""
    return case == Case(case.seed, case.guide)


def _check_test(item: pytest.Item, marker: pytest.Mark | None) -> pytest.Function:
    __tracebackhide__ = True
    if not isinstance(item, pytest.Function) or _is_unittest(item):
        _refuse(
            f"{item.name} is not called by pytest itself: write it as a test function, or call "
            "loopscope.simulate() in it."
        )
    if getattr(item.obj, "is_hypothesis_test", False):
        _refuse(
            f"{item.name} is a test of Hypothesis, which makes examples where loopscope makes "
            "worlds: call loopscope.simulate() in its body instead."
        )
    if marker is None and inspect.iscoroutinefunction(item.obj):
        _refuse(
            f"{item.name} is asynchronous and has a simulated fixture, but nothing that runs it "
            "in the simulation: mark it with @pytest.mark.loopscope(seeds=1)."
        )
    for name, definitions in item._fixtureinfo.name2fixturedefs.items():  # noqa: SLF001  (there is no public way)
        function = inspect.unwrap(definitions[-1].func)
        if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
            _refuse(
                f"{item.name} has the asynchronous fixture {name}, which would live in a loop in "
                "real time: make it an asynchronous context manager that the test enters."
            )
    return item


def _is_unittest(item: pytest.Function) -> bool:
    return item.cls is not None and issubclass(item.cls, unittest.TestCase)


def _refuse(sentence: str) -> NoReturn:
    __tracebackhide__ = True
    pytest.fail(f"loopscope: {sentence}", pytrace=False)
