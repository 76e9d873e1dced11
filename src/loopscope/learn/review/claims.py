"""Claims about a run that a program can test, each with the evidence that would show it.

A claim is true or false for the run at hand; nobody writes down which. Prose is not marked: the
best programs that try accept misconceptions as right.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from loopscope.learn.facts.moves import Idle, Run
from loopscope.learn.facts.studied import Studied
from loopscope.learn.review.rows import Row


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that may be so in a run.

    Attributes:
        says: The claim, as a reviewer would write it.
        holds: Whether it is so.
        needs: What rows show it, in words.
        is_shown: Whether these rows do.
    """

    says: str
    holds: Callable[[Studied], bool]
    needs: str
    is_shown: Callable[[Sequence[Row]], bool]


def _runs(rows: Sequence[Row]) -> list[Run]:
    return [row.move for row in rows if isinstance(row.move, Run)]


def _counts(rows: Sequence[Row], what: str) -> bool:
    return any(row.counts == what for row in rows)


def _lines(rows: Sequence[Row]) -> set[int]:
    return {run.awaited.where.line for run in _runs(rows) if run.awaited is not None}


def _are_two_steps(rows: Sequence[Row]) -> bool:
    return len(_lines(rows)) > 1


def _shows_one_task(rows: Sequence[Row]) -> bool:
    runs = _runs(rows)
    return _counts(rows, "tasks") or (len({run.task_id for run in runs}) == 1 and len(runs) > 1)


def _are_in_turn(rows: Sequence[Row]) -> bool:
    """Whether a second wait begins only after the first one, with the time between in view."""
    runs = sorted(_runs(rows), key=lambda run: run.begin_ns)
    waiting = [run for run in runs if run.awaited is not None]
    return any(
        later.begin_ns - earlier.end_ns > 0 and later.task_id == earlier.task_id
        for earlier, later in pairwise(waiting)
    )


def _overlap(rows: Sequence[Row]) -> bool:
    """Whether the waits of two tasks have a time in common."""
    waiting = sorted(
        (run for run in _runs(rows) if run.awaited is not None), key=lambda run: run.end_ns
    )
    return any(
        later.end_ns < earlier.until_ns and later.task_id != earlier.task_id
        for earlier, later in pairwise(waiting)
    )


def _is_idle(rows: Sequence[Row]) -> bool:
    return any(isinstance(row.move, Idle) for row in rows)


CLAIMS: Final = {
    "one-thread": Claim(
        "All of this runs in one thread.",
        lambda run: len({loop.info.thread for loop in run.summary.loops}) == 1,
        "two steps that stop at different lines, in the same thread, or the count of threads",
        lambda rows: _are_two_steps(rows) or _counts(rows, "threads"),
    ),
    "one-task": Claim(
        "There is one task; nothing else could run meanwhile.",
        lambda run: len(run.summary.rows) == 1,
        "two steps of the same task, or the count of tasks",
        _shows_one_task,
    ),
    "in-turn": Claim(
        "The second wait begins only when the first one is over.",
        lambda run: run.summary.overlap.peak_count == 1 and len(run.summary.slowest) > 1,
        "the step that begins the first wait and the step that begins the second",
        _are_in_turn,
    ),
    "no-worker-threads": Claim(
        "No work is handed to a pool of threads.",
        lambda run: not run.summary.trace.jobs,
        "the count of jobs that worker threads did",
        lambda rows: _counts(rows, "jobs"),
    ),
    "waits-overlap": Claim(
        "The waits overlap.",
        lambda run: run.summary.overlap.peak_count > 1,
        "two steps that begin waits of different tasks, the second before the first is over",
        _overlap,
    ),
    "loop-is-idle": Claim(
        "The loop has nothing to do while it waits.",
        lambda run: any(loop.use.idle_ns for loop in run.summary.loops),
        "a row in which nothing is ready",
        _is_idle,
    ),
}
