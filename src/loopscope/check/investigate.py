"""Looks into the failures of a sweep: the smallest world that still fails, and its recording."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from loopscope.check.case import Case, read_case
from loopscope.check.choices import Choice
from loopscope.check.journal import Failed
from loopscope.check.one_run import run_case
from loopscope.check.outcome import Outcome
from loopscope.check.pieces import Plan
from loopscope.check.shrink import shrink


@dataclass(frozen=True, slots=True)
class Group:
    """Failures that broke the same promise at the same lines.

    Attributes:
        first: The one with the lowest seed.
        count: With how many seeds.
    """

    first: Failed
    count: int


@dataclass(frozen=True, slots=True)
class Investigated:
    """What was found out about a failing run.

    Attributes:
        outcome: What came of the run in the smallest world.
        choices: Everything that is not as usual there.
        tried: How many runs it took to find that world.
        is_stable: Whether the run failed in the same way again; if not, nothing was searched.
    """

    outcome: Outcome
    choices: tuple[Choice, ...] = ()
    tried: int = 0
    is_stable: bool = True


def grouped(failed: Sequence[Failed]) -> list[Group]:
    """Return failures by what broke and where, the most frequent first."""
    seeds: dict[tuple[str, str], set[int]] = {}
    firsts: dict[tuple[str, str], Failed] = {}
    for one in sorted(failed, key=lambda one: one.seed):
        key = (one.kind, one.where)
        firsts.setdefault(key, one)
        seeds.setdefault(key, set()).add(one.seed)
    groups = [Group(firsts[key], len(among)) for key, among in seeds.items()]
    return sorted(groups, key=lambda group: (-group.count, group.first.seed))


def investigate(plan: Plan, case: Case, trace: Path) -> Investigated:
    """Run a failing case again, look for the smallest world, and record the run in it.

    Args:
        plan: What was run.
        case: The case that failed.
        trace: Where the recording goes.
    """
    run = partial(run_case, plan.program, plan.promises)
    again = run(case)
    if again.broken is None:
        return Investigated(again, is_stable=False)
    shrunk = shrink(again, run)
    recorded = run(shrunk.case, trace)
    if recorded.group != again.group:
        trace.unlink(missing_ok=True)  # it tells another story
        return Investigated(shrunk.outcome, shrunk.choices, shrunk.runs)
    return Investigated(recorded, shrunk.choices, shrunk.runs)


def case_of(failed: Failed) -> Case:
    """Return the case of a failure."""
    return read_case(failed.case)
