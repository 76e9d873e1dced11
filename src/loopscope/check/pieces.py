"""Runs one piece of a sweep, in whatever process it is asked to."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

from loopscope.check.case import Case
from loopscope.check.guidance import guide_of
from loopscope.check.journal import Failed, Piece
from loopscope.check.one_run import run_case
from loopscope.check.outcome import Outcome
from loopscope.check.program import Program
from loopscope.check.promises import Promises


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sweep does with every seed. It can be pickled if the program can.

    Attributes:
        program: The program and its world.
        promises: What it must hold.
        is_guided: Whether some of the seeds sample rare things more often than they happen.
    """

    program: Program
    promises: Promises
    is_guided: bool = True

    def case(self, seed: int) -> Case:
        """Return the run that belongs to a seed."""
        return Case(seed, guide_of(seed) if self.is_guided else "")


def run_piece(plan: Plan, seeds: range, parent: int | None = None) -> Piece:
    """Run the program with every one of some seeds that follow each other.

    Args:
        plan: What to run.
        seeds: The seeds.
        parent: Which process waits for the piece; this one ends when that one does. None: the
            one that is its parent now.

    Raises:
        LoopscopeError: The world or a promise does not fit the program.
    """
    began_ns = time.perf_counter_ns()
    outcomes = list(_outcomes(plan, seeds, parent or os.getppid()))
    failed = tuple(_failed(one) for one in outcomes if one.broken is not None)
    durations_ns = tuple(one.duration_ns for one in outcomes)
    return Piece(seeds.start, durations_ns, failed, time.perf_counter_ns() - began_ns, len(seeds))


def _outcomes(plan: Plan, seeds: range, parent: int) -> Iterator[Outcome]:
    for seed in seeds:
        if os.getppid() != parent:
            os._exit(1)  # nobody waits for this any longer
        yield run_case(plan.program, plan.promises, plan.case(seed))


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
