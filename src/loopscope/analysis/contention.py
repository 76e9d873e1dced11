"""Where tasks queue up for something that only some can have: locks, semaphores, queues."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from loopscope.analysis.critical_path import awaited_text
from loopscope.analysis.timeline import Timeline
from loopscope.analysis.wait_kinds import CODE, KINDS
from loopscope.model.kinds import WaitKind, WakeKind
from loopscope.model.location import Location
from loopscope.trace.columns import Int64s

SHARED_KINDS = (WaitKind.LOCK, WaitKind.SEMAPHORE, WaitKind.QUEUE, WaitKind.CONDITION)
"""Kinds of wait for things that a task gives back or hands over. An event is not among them."""


@dataclass(frozen=True)
class Holder:
    """Who had the thing while others waited: a task, and where it stood before it let go."""

    coroutine: Location
    where: Location
    what: str
    tasks_count: int
    held_ns: int
    """Time others waited for it, up to this release."""


@dataclass(frozen=True)
class Contention:
    """All waits for one lock, semaphore, queue or condition.

    ``name`` is the expression in the source that was awaited (``lock``, ``queue.get()``).
    ``peak_waiting_count`` is the longest queue of waiting tasks.
    """

    kind: WaitKind
    name: str
    where: Location
    waits_count: int
    tasks_count: int
    peak_waiting_count: int
    waited_ns: int
    longest_ns: int
    holders: tuple[Holder, ...]
    step_indexes: Int64s = field(compare=False)
    """The steps that ended these waits."""


def find_contention(timeline: Timeline) -> list[Contention]:
    """Return what tasks queued up for, the longest waited-for first.

    Only waits that ended are counted. The holder is known from the release: whoever woke a
    waiter was the one who had the thing.
    """
    shared = np.isin(timeline.wait_kind, [CODE[kind] for kind in SHARED_KINDS])
    index = np.flatnonzero(shared & (timeline.wait_begin >= 0))
    things = timeline.wait_object[index]
    found = [
        _describe(timeline, index[things == thing]) for thing in np.unique(things).tolist() if thing
    ]
    return sorted(found, key=lambda one: -one.waited_ns)


def _describe(timeline: Timeline, index: Int64s) -> Contention:
    words = timeline.trace.words
    begins, ends = timeline.wait_begin[index], timeline.trace.steps.ready[index]
    nodes = Counter(timeline.wait_stack[index].tolist())
    node = nodes.most_common(1)[0][0]
    level = np.arange(1, len(index) + 1) - np.searchsorted(np.sort(ends), np.sort(begins), "right")
    return Contention(
        kind=KINDS[int(timeline.wait_kind[index[0]])],
        name=awaited_text(timeline, node),
        where=words.user_location(node),
        waits_count=len(index),
        tasks_count=len(np.unique(timeline.trace.steps.task[index])),
        peak_waiting_count=int(level.max()),
        waited_ns=int((ends - begins).sum()),
        longest_ns=int((ends - begins).max()),
        holders=tuple(_holders(timeline, index)),
        step_indexes=index,
    )


def _holders(timeline: Timeline, index: Int64s) -> list[Holder]:
    """Group the releases that ended these waits by who released, and where it stood before."""
    trace = timeline.trace
    steps = trace.steps
    released = index[(steps.wake[index] == WakeKind.STEP) & (steps.waker[index] >= 0)]
    order = released[np.argsort(steps.ready[released], kind="stable")]
    times: dict[tuple[Location, int], tuple[set[int], int]] = {}
    before = int(timeline.wait_begin[order[0]]) if len(order) else 0
    for at in order.tolist():
        waker = int(steps.waker[at])
        task = int(steps.task[waker])
        since = max(before, int(timeline.wait_begin[at]))
        before = int(steps.ready[at])
        if not task:
            continue
        node = int(timeline.wait_stack[waker])
        tasks, total = times.setdefault((trace.task(task).coroutine, node), (set(), 0))
        tasks.add(task)
        times[trace.task(task).coroutine, node] = tasks, total + before - since
    holders = [
        Holder(
            coroutine,
            trace.words.user_location(node) if node else coroutine,
            awaited_text(timeline, node) if node else "",
            len(tasks),
            total,
        )
        for (coroutine, node), (tasks, total) in times.items()
    ]
    return sorted(holders, key=lambda holder: -holder.held_ns)
