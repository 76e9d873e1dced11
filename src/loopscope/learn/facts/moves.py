"""What a loop did, as moves that a person could make in its place: run this task, or wait."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from loopscope.analysis.awaiting import Awaited
from loopscope.learn.facts.studied import Studied
from loopscope.model.kinds import StepEnd

LEAST_WAIT_NS = 50_000
"""A look for I/O takes some time also where it does not wait: one is a wait only where it is longer
than this, and nothing was ready when it began."""


@dataclass(frozen=True, slots=True)
class Run:
    """The loop runs a task until it waits or is over.

    ``awaited`` is what it waits for then, None if it is over; ``until_ns`` is when that ended its
    wait, or the recording ended. ``index`` is the trace's step.
    """

    begin_ns: int
    end_ns: int
    until_ns: int
    index: int
    task_id: int
    name: str
    awaited: Awaited | None


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing is ready: the loop waits until something is. Times as in ``Run``."""

    begin_ns: int
    end_ns: int


Move = Run | Idle


def moves(studied: Studied) -> list[Move]:
    """Return what the first loop did, in order; times count from its begin.

    Callbacks of asyncio's own and its housekeeping tasks are left out: they pass wakes on.
    """
    trace = studied.summary.trace
    if not trace.runs:
        return []
    loop = studied.summary.loops[0].info.id
    found: list[Move] = [*_runs(studied, loop), *_idles(studied, loop)]
    found.sort(key=lambda move: (move.begin_ns, move.end_ns))
    while found and isinstance(found[-1], Idle):  # asyncio.run closing its loop
        found.pop()
    return _joined(found)


def _runs(studied: Studied, loop: int) -> Iterator[Run]:
    trace = studied.summary.trace
    steps, names = trace.steps, studied.names
    for index in np.flatnonzero((steps.loop == loop) & (steps.task > 0)).tolist():
        task = int(steps.task[index])
        if not names.is_visible(task):
            continue
        following = int(studied.waits.next_step[index])
        until = steps.ready[following] if following >= 0 else trace.info.end_ns
        is_over = StepEnd(int(steps.how_end[index])).is_final
        yield Run(
            begin_ns=int(steps.begin[index]) - trace.begin_ns,
            end_ns=int(steps.end[index]) - trace.begin_ns,
            until_ns=int(until) - trace.begin_ns,
            index=index,
            task_id=task,
            name=names.of(task),
            awaited=None if is_over else studied.waits.after_step(index),
        )


def _idles(studied: Studied, loop: int) -> Iterator[Idle]:
    trace = studied.summary.trace
    turns, steps = trace.turns, trace.steps
    numbers = np.flatnonzero(turns.loop == loop)
    stops = [*turns.first_step[numbers[1:]].tolist(), _stop_of(studied, loop)]
    for turn, stop in zip(numbers.tolist(), stops, strict=False):
        begin, end = int(turns.idle_begin[turn]), int(turns.idle_end[turn])
        ready = steps.ready[int(turns.first_step[turn]) : stop]
        if end - begin >= LEAST_WAIT_NS and (not len(ready) or ready.min() > begin):
            yield Idle(begin - trace.begin_ns, end - trace.begin_ns)


def _stop_of(studied: Studied, loop: int) -> int:
    return int(np.searchsorted(studied.summary.trace.steps.loop, loop, "right"))


def _joined(found: list[Move]) -> list[Move]:
    """Join waits with nothing between them that a person would see."""
    joined: list[Move] = []
    for move in found:
        last = joined[-1] if joined else None
        if isinstance(move, Idle) and isinstance(last, Idle):
            joined[-1] = Idle(last.begin_ns, move.end_ns)
        else:
            joined.append(move)
    return joined
