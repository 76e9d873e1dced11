"""Waits for several tasks at once: ``gather``, ``TaskGroup`` and ``wait`` end with the last one."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

import numpy as np

from loopscope.analysis.timeline import Timeline
from loopscope.model.kinds import StepEnd
from loopscope.model.location import Location

_DONE: Final = {
    ("tasks.py", "gather.<locals>._done_callback"): "gather",
    ("taskgroups.py", "TaskGroup._on_task_done"): "group",
    ("tasks.py", "_wait.<locals>._on_completion"): "wait",
}
_FIRST_ENOUGH: Final = ("FIRST_COMPLETED", "FIRST_EXCEPTION")


@dataclass(frozen=True, slots=True)
class _Done:
    """A callback that told a gathering of one end; ``parent`` made the task that ended."""

    index: int
    kind: str
    parent: int


def find_joins(timeline: Timeline) -> dict[int, tuple[int, ...]]:
    """Return for each step that waited for several ends the callbacks that told it of them.

    A wait that did not need all of them (it failed early, or wanted only the first) is left out:
    its recorded waker alone counts.
    """
    trace = timeline.trace
    steps = trace.steps
    of_node = {
        node: kind
        for node in np.unique(steps.stack[steps.how_end == StepEnd.CALLBACK]).tolist()
        if (kind := _kind_of(trace.words.location(node)))
    }
    if not of_node:
        return {}
    callbacks = np.flatnonzero(
        (steps.how_end == StepEnd.CALLBACK) & np.isin(steps.stack, list(of_node))
    ).tolist()
    kinds = {index: of_node[int(steps.stack[index])] for index in callbacks}
    woken: dict[int, int] = {}
    waits = np.flatnonzero((steps.task > 0) & np.isin(steps.waker, callbacks))
    for index in waits.tolist():
        woken.setdefault(int(steps.waker[index]), index)
    joins: dict[int, tuple[int, ...]] = {}
    pending: dict[tuple[str, int], list[_Done]] = defaultdict(list)
    for index in callbacks:
        kind = kinds[index]
        done = _Done(index, kind, _parent_of_ended(timeline, index))
        pending[kind, done.parent].append(done)
        waiter = woken.get(index)
        if waiter is not None:
            told = _told(timeline, waiter, pending, kind)
            if len(told) > 1:
                joins[waiter] = told
    return joins


def _told(
    timeline: Timeline, waiter: int, pending: dict[tuple[str, int], list[_Done]], kind: str
) -> tuple[int, ...]:
    """Take the callbacks that belong to a wait which has just ended."""
    trace = timeline.trace
    task = int(trace.steps.task[waiter])
    keys = [(kind, parent) for parent in (task, 0) if pending.get((kind, parent))]
    last = int(trace.steps.waker[waiter])
    for key in [key for key in pending if key[0] == kind]:
        if key not in keys and pending[key] and pending[key][-1].index == last:
            keys.append(key)  # tasks that somebody else made
    dones = sorted((done for key in keys for done in pending[key]), key=lambda done: done.index)
    size = (
        trace.objects.get(int(timeline.wait_object[waiter]), ("", 0))[1] if kind == "gather" else 0
    )
    chosen = dones[-size:] if size else dones
    taken = {done.index for done in chosen}
    for key in keys:
        pending[key] = [done for done in pending[key] if done.index not in taken]
    is_whole = len(chosen) == size if kind == "gather" else True
    if kind == "wait" and _wants_first(timeline, waiter):
        is_whole = False
    return tuple(done.index for done in chosen) if is_whole else ()


def _wants_first(timeline: Timeline, waiter: int) -> bool:
    words = timeline.trace.words
    place = words.user_location(int(timeline.wait_stack[waiter]))
    text = words.source_text(place)
    return any(word in text for word in _FIRST_ENOUGH)


def _parent_of_ended(timeline: Timeline, index: int) -> int:
    """Return the task that made the task whose end a callback tells of, 0 where there is none."""
    trace = timeline.trace
    waker = int(trace.steps.waker[index])
    task = int(trace.steps.task[waker]) if waker >= 0 else 0
    rows = trace.tasks.row_of
    row = int(rows[task]) if 0 < task < len(rows) else -1
    return int(trace.tasks.parent[row]) if row >= 0 else 0


def _kind_of(place: Location) -> str:
    path = PurePath(place.file)
    if path.parent.name != "asyncio":
        return ""
    return _DONE.get((path.name, place.function), "")
