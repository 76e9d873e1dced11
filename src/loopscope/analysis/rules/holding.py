"""How long tasks had what others waited in line for: from getting it to giving it back."""

from dataclasses import dataclass

import numpy as np

from loopscope.analysis.contention import Contention
from loopscope.analysis.load import open_counts
from loopscope.analysis.timeline import Timeline
from loopscope.model.kinds import WakeKind


@dataclass(frozen=True, slots=True)
class Holding:
    """One task had the thing; ``release_step`` is its step that gave it to the next in line.

    ``begin_ns`` is when it is known to have had it: when it was woken for it or, for a task
    that did not have to wait, when the first other task began to wait.
    """

    task: int
    begin_ns: int
    end_ns: int
    release_step: int


def holdings(timeline: Timeline, one: Contention) -> list[Holding]:
    """Return who had a thing while others waited for it, in order of release."""
    steps = timeline.trace.steps
    index = one.step_indexes
    woken = index[(steps.wake[index] == WakeKind.STEP) & (steps.waker[index] >= 0)]
    got = dict(zip(steps.task[index].tolist(), steps.ready[index].tolist(), strict=True))
    first = int(timeline.wait_begin[index].min())
    found = []
    for at in woken[np.argsort(steps.ready[woken], kind="stable")].tolist():
        waker = int(steps.waker[at])
        task, end = int(steps.task[waker]), int(steps.ready[at])
        if task:
            begin = got.get(task, first)
            found.append(Holding(task, begin if begin <= end else first, end, waker))
    return found


def most_at_once(held: list[Holding]) -> int:
    """Return how many had the thing at the same time: the limit, where it was used up."""
    begins = np.sort(np.array([one.begin_ns for one in held], np.int64))
    ends = np.sort(np.array([one.end_ns for one in held], np.int64))
    return int(open_counts(begins, ends).max(initial=0))


def longest_wait(timeline: Timeline, one: Holding) -> int:
    """Return the step that ended the longest suspension of a task while it had the thing.

    Returns -1 where it never suspended meanwhile.
    """
    steps = timeline.trace.steps
    longest, found, at = 0, -1, one.release_step
    while at >= 0 and steps.ready[at] > one.begin_ns:
        begin = int(timeline.wait_begin[at])
        lasted = int(steps.ready[at]) - max(begin, one.begin_ns) if begin >= 0 else 0
        if lasted > longest:
            longest, found = lasted, at
        at = int(timeline.previous[at])
    return found
