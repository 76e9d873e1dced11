"""Runs one piece of a sweep, in whatever process it is asked to."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from loopscope.check.cancel import COUNT_ONLY
from loopscope.check.case import Case
from loopscope.check.guidance import guide_of, is_guided
from loopscope.check.journal import Failed, Piece
from loopscope.check.one_run import run_case
from loopscope.check.orders import News, Seen
from loopscope.check.outcome import Outcome
from loopscope.check.program import Program
from loopscope.check.promises import Promises


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sweep does with every seed. It can be pickled if the program can.

    Attributes:
        program: The program and its world.
        promises: What it must hold.
        cancels: Whether every run is repeated with a cancellation at each of its suspensions.
        is_guided: Whether some of the seeds sample rare things more often than they happen.
        seen: The orders that earlier rounds of the sweep have shown.
    """

    program: Program
    promises: Promises
    cancels: bool = False
    is_guided: bool = True
    seen: Seen = field(default_factory=Seen)

    def case(self, seed: int) -> Case:
        """Return the run that belongs to a seed."""
        return Case(seed, guide_of(seed, self.seen) if self.is_guided else "")

    def is_as_described(self, seed: int) -> bool:
        """Whether a seed is drawn as the world says, so that it can be counted."""
        return not self.is_guided or not is_guided(seed)


def run_piece(plan: Plan, seeds: range, parent: int | None = None) -> Piece:
    """Run the program with every one of some seeds that follow each other.

    Args:
        plan: What to run.
        seeds: The seeds.
        parent: Which process waits for the piece; this one ends when that one does. None: the
            one that was its parent when it began.

    Raises:
        LoopscopeError: The world or a promise does not fit the program.
    """
    began_ns = time.perf_counter_ns()
    durations_ns: list[int] = []
    failed: list[Failed] = []
    news = News(plan.seen)
    runs = 0
    for seed in seeds:
        if os.getppid() != (parent or _parent):
            os._exit(1)  # nobody waits for this any longer
        for outcome in outcomes_of(plan, seed):
            runs += 1
            if len(durations_ns) <= seed - seeds.start:
                durations_ns.append(outcome.duration_ns)
                news.note(outcome.order)
            if outcome.broken is not None:
                failed.append(_failed(outcome))
    took_ns = time.perf_counter_ns() - began_ns
    orders = tuple(news.orders)
    return Piece(seeds.start, tuple(durations_ns), tuple(failed), took_ns, len(seeds), orders)


def outcomes_of(plan: Plan, seed: int) -> Iterator[Outcome]:
    """Run everything that belongs to a seed, and yield what comes of it, the plain run first."""
    case = plan.case(seed)
    if not plan.cancels:
        yield run_case(plan.program, plan.promises, case)
        return
    plain = run_case(plan.program, plan.promises, replace(case, cancel_at=COUNT_ONLY))
    yield replace(plain, case=case)
    if plain.broken is None:
        for cancelled in plain.cancelled():
            yield run_case(plan.program, plan.promises, cancelled)


_parent = os.getppid()


def _failed(outcome: Outcome) -> Failed:
    return Failed(
        outcome.case.seed,
        outcome.case.written(),
        outcome.kind,
        outcome.where,
        outcome.broken or "",
        outcome.duration_ns,
        outcome.is_world,
    )
