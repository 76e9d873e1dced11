"""A whole check: the sweep, then a look into what broke, then the report."""

import hashlib
import os
import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Final, TypeVar

from loopscope.analysis.check_report import CheckReport, FailureGroup, spread_of
from loopscope.check.case import Case
from loopscope.check.investigate import Group, Investigated, case_of, grouped, investigate
from loopscope.check.journal import Failed, Journal
from loopscope.check.machines import Died, Local, Machines
from loopscope.check.one_run import run_case
from loopscope.check.pieces import Plan
from loopscope.check.program import Program
from loopscope.check.report import (
    MOST_EXPLAINED,
    Explained,
    counted_group,
    promised,
    told_group,
)
from loopscope.check.sweep import DIED, Results, Sweep

T = TypeVar("T")

_MOST_SOURCES: Final = 5_000
_SKIPPED: Final = ("__pycache__", "site-packages", "node_modules")

Repeat = Callable[[Case], str]


@dataclass(frozen=True, slots=True)
class Telling:
    """Who is told how a check goes on.

    Attributes:
        seeds: Told how many more seeds are done.
        groups: Told how many kinds of failure are looked into now.
        repeat: Returns the command that runs a case again.
    """

    seeds: Callable[[int], None]
    groups: Callable[[int], None]
    repeat: Repeat


class Check:
    """A check of a program over many seeds.

    Args:
        plan: What is done with every seed.
        seeds: The seeds, without a gap.
        traces: Makes the path of a recording from its number, from 1.
        telling: Who is told.

    Attributes:
        is_interrupted: Whether it was stopped by Ctrl-C.
    """

    def __init__(
        self, plan: Plan, seeds: range, traces: Callable[[int], Path], telling: Telling
    ) -> None:
        self.is_interrupted = False
        self._plan = plan
        self._seeds = seeds
        self._traces = traces
        self._telling = telling
        self._results = Results()
        self._explained: list[FailureGroup] = []
        self._began_ns = time.perf_counter_ns()

    def sweep(self, journal: Journal, machines: Machines) -> None:
        """Go through all seeds, or until Ctrl-C.

        Raises:
            LoopscopeError: The world or a promise does not fit the program; no place to run.
        """
        sweep = Sweep(self._plan, self._seeds, journal, machines)
        self._results = sweep.results
        self._telling.seeds(self._results.count)
        try:
            sweep.run(self._telling.seeds)
        except KeyboardInterrupt:
            self.is_interrupted = True
        finally:
            machines.close()

    def explain(self) -> None:
        """Look into the first failure of each kind, or until Ctrl-C."""
        groups = grouped(self._results.failed)
        self._telling.groups(min(len(groups), MOST_EXPLAINED))
        workers = Local(1)
        try:
            for number, group in enumerate(groups[:MOST_EXPLAINED], 1):
                if not self.is_interrupted:
                    self._explained.append(self._look_into(group, number, workers))
        except KeyboardInterrupt:
            self.is_interrupted = True
        finally:
            workers.close()
        for group in groups[len(self._explained) :]:
            command = self._telling.repeat(case_of(group.first))
            self._explained.append(counted_group(group, command))

    def report(self) -> CheckReport:
        """Return what it has brought so far."""
        return CheckReport(
            program=self._plan.program.name,
            promises=promises_of(self._plan),
            wanted=len(self._seeds),
            count=self._results.count,
            failed=len({one.seed for one in self._results.failed}),
            spread=spread_of(self._results.durations_ns),
            groups=tuple(self._explained),
            took_ns=time.perf_counter_ns() - self._began_ns,
        )

    def _look_into(self, group: Group, number: int, workers: Local) -> FailureGroup:
        case, trace = case_of(group.first), self._traces(number)
        trace.unlink(missing_ok=True)
        if group.first.kind == DIED:
            return counted_group(group, self._telling.repeat(case))
        found = answer(workers, partial(investigate, self._plan, case, trace))
        if found is None:
            return counted_group(group, self._telling.repeat(case))
        repeat = self._telling.repeat(found.outcome.case)
        return told_group(Explained(group, found, repeat, trace))


def check_case(plan: Plan, case: Case, trace: Path, repeat: Repeat) -> CheckReport:
    """Run one case, record it, and report on it as on a sweep of one seed."""
    began_ns = time.perf_counter_ns()
    trace.unlink(missing_ok=True)
    workers = Local(1)
    try:
        run = partial(run_case, plan.program, plan.promises, case, trace)
        outcome = answer(workers, run)
    finally:
        workers.close()
    groups: tuple[FailureGroup, ...] = ()
    if outcome is None:
        what = "It ended the whole process."
        died = Failed(case.seed, case.written(), DIED, "", what, 0)
        groups = (counted_group(Group(died, 1), repeat(case)),)
    elif outcome.broken is not None:
        first = Failed(
            *(case.seed, case.written(), outcome.kind, outcome.where),
            *(outcome.broken, outcome.duration_ns),
        )
        unusual = tuple(one for one in outcome.choices if not one.is_usual)
        found = Investigated(outcome, unusual if case.is_minimal else ())
        groups = (told_group(Explained(Group(first, 1), found, repeat(case), trace)),)
    durations = [] if outcome is None else [outcome.duration_ns]
    return CheckReport(
        program=plan.program.name,
        promises=promises_of(plan),
        wanted=1,
        count=1,
        failed=len(groups),
        spread=spread_of(durations),
        groups=groups,
        took_ns=time.perf_counter_ns() - began_ns,
    )


def promises_of(plan: Plan) -> tuple[str, ...]:
    """Return what a plan holds the program to, a few words each."""
    found = promised(plan.promises, plan.program.surroundings)
    return (*found, "a cancellation comes out and leaves nothing") if plan.cancels else found


def answer(workers: Local, function: Callable[[], T]) -> T | None:
    """Let a worker call a function; None if that ended the worker."""
    try:
        return workers.answer(function)
    except Died:
        return None


def identity(plan: Plan, seeds: range) -> str:
    """Return what makes a sweep the one it is: a digest of all that its outcomes depend on.

    Libraries count only by the version of Python; of the program, all its Python files count.
    """
    program = plan.program
    around = program.surroundings
    digest = hashlib.sha256()
    facts = (
        *(version("loopscope"), platform.python_version(), seeds, program.argv, program.module),
        *(plan.promises, plan.cancels, plan.is_guided),
        *(around.latency_ns, around.varies, around.failures, around.costs, around.cpus),
        *(around.max_steps, around.max_time_ns),
    )
    digest.update(repr(facts).encode())
    for path in [Path(program.file), *([around.world] if around.world else ()), *_sources(program)]:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _sources(program: Program) -> Iterator[Path]:
    """Yield the Python files that may be parts of a program, always in the same order."""
    count = 0
    for directory, names, files in os.walk(program.path_entry):
        names[:] = sorted(n for n in names if n not in _SKIPPED and not n.startswith("."))
        for file in sorted(files):
            if file.endswith(".py") and count < _MOST_SOURCES:
                count += 1
                path = Path(directory, file)
                if path.is_file():
                    yield path
