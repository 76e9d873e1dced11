"""How loaded the loop was: how many waits overlapped, and how long ready things had to wait."""

from dataclasses import dataclass

import numpy as np

from loopscope.analysis.timeline import Timeline
from loopscope.analysis.wait_kinds import KINDS
from loopscope.model.kinds import WakeKind
from loopscope.trace.columns import Int64s


@dataclass(frozen=True)
class Overlap:
    """How many waits on the outside (timers, I/O, executors, subprocesses) went on at once.

    ``mean_count`` is taken over the whole run: three waits one after another give about 1, the
    same three at once up to 3.
    """

    mean_count: float
    peak_count: int
    peak_at_ns: int


@dataclass(frozen=True)
class LoopLag:
    """How long ready tasks and callbacks waited for the loop to get to them.

    A timer counts from the moment it was due, also when the loop noticed that only later.
    """

    median_ns: int
    p99_ns: int
    max_ns: int
    max_at_ns: int


@dataclass(frozen=True)
class LoopUse:
    """What the thread of one loop did while the loop ran."""

    running_ns: int
    idle_ns: int
    overhead_ns: int
    """Neither in a step nor idle: the loop's own bookkeeping."""


def outside_waits(timeline: Timeline) -> tuple[Int64s, Int64s]:
    """Return begins and ends of all waits on the outside, each sorted."""
    steps = timeline.trace.steps
    outside = np.array([kind.is_outside for kind in KINDS])
    chosen = (timeline.wait_begin >= 0) & outside[timeline.wait_kind]
    begins, ends = timeline.wait_begin[chosen], steps.ready[chosen]
    longer = ends > begins
    return np.sort(begins[longer]), np.sort(ends[longer])


def open_counts(begins: Int64s, ends: Int64s) -> Int64s:
    """Return how many spans are open right after the n-th begin; both columns ascend.

    That is n + 1 begun, less those ended by then: one that ends as another begins is over.
    """
    counts: Int64s = np.arange(1, len(begins) + 1) - np.searchsorted(ends, begins, "right")
    return counts


def overlap(timeline: Timeline) -> Overlap:
    """Measure how many waits on the outside overlapped."""
    begins, ends = outside_waits(timeline)
    total = timeline.trace.total_ns
    if not len(begins) or not total:
        return Overlap(0.0, 0, 0)
    level = open_counts(begins, ends)
    peak = int(level.argmax())
    waited = int(ends.sum() - begins.sum())
    origin = timeline.trace.begin_ns
    return Overlap(waited / total, int(level[peak]), int(begins[peak]) - origin)


def loop_lag(timeline: Timeline) -> LoopLag:
    """Measure how long ready tasks and callbacks waited for the loop."""
    steps = timeline.trace.steps
    woken = steps.wake != WakeKind.RESUMED
    lag = (steps.begin - steps.ready)[woken]
    if not len(lag):
        return LoopLag(0, 0, 0, 0)
    worst = int(lag.argmax())
    median, p99 = np.percentile(lag, (50, 99))
    at = int(steps.begin[woken][worst]) - timeline.trace.begin_ns
    return LoopLag(int(median), int(p99), int(lag[worst]), at)


def loop_use(timeline: Timeline, loop: int) -> LoopUse:
    """Add up what a loop's thread did while the loop ran."""
    trace = timeline.trace
    ran = sum(run.end_ns - run.begin_ns for run in trace.runs if run.loop == loop)
    own = trace.steps.loop == loop
    running = int((trace.steps.end - trace.steps.begin)[own].sum())
    idle = int((trace.turns.idle_end - trace.turns.idle_begin)[trace.turns.loop == loop].sum())
    return LoopUse(running, idle, max(ran - running - idle, 0))
