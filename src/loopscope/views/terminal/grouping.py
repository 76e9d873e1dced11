"""Which tasks share a row of the timeline: each its own while they fit, else by coroutine."""

from dataclasses import dataclass

import numpy as np

from loopscope.analysis.names import TaskNames, short_function
from loopscope.analysis.timeline import Lives, Timeline
from loopscope.model.kinds import Fate, WakeKind
from loopscope.trace.columns import Int32s, Int64s, Trace
from loopscope.views.terminal.columns import chunks

# How bad an end is, by fate: a row of many tasks is marked with the worst.
_BADNESS = {Fate.RAISED: 4, Fate.ABANDONED: 3, Fate.CANCELLED: 2, Fate.PENDING: 1, Fate.RETURNED: 0}


@dataclass(frozen=True)
class Group:
    """The tasks of one row of the timeline."""

    name: str
    count: int
    fate: Fate


@dataclass(frozen=True)
class Grouping:
    """Rows in the order they are shown; ``row_of_task`` is -1 for tasks that are not."""

    groups: list[Group]
    row_of_task: Int32s
    is_grouped: bool


def group_tasks(
    timeline: Timeline, lives: Lives, names: TaskNames, most: int, task_id: int | None
) -> Grouping:
    """Choose the rows.

    Args:
        timeline: The timeline.
        lives: Its tasks' lives.
        names: How its tasks are called.
        most: How many rows there may be.
        task_id: Show only this task.
    """
    trace = timeline.trace
    chosen = names.visible.copy()
    if task_id is not None:
        chosen &= trace.tasks.id == task_id
    rows = np.flatnonzero(chosen)
    is_grouped = len(rows) > most
    if is_grouped:
        keys = _ranked_coroutines(timeline, lives, names, rows, most)
    else:
        keys = np.arange(len(rows))
    groups = [
        _group(trace, lives, names, rows[keys == key])
        for key in range(int(keys.max(initial=-1)) + 1)
    ]
    return Grouping(groups, _row_of_task(trace, rows, keys), is_grouped)


def _ranked_coroutines(
    timeline: Timeline, lives: Lives, names: TaskNames, rows: Int64s, most: int
) -> Int64s:
    """Return each task's rank of its coroutine: held the loop and was held up the most first."""
    unique, inverse = np.unique(names.coroutine_numbers[rows], return_inverse=True)
    trouble = np.bincount(inverse, weights=_trouble(timeline)[rows], minlength=len(unique))
    # Less than a stall apart is noise, not an order.
    trouble = trouble // max(timeline.trace.info.stall_ns, 1)
    life = np.bincount(inverse, weights=(lives.ended - lives.created)[rows])
    rank = np.empty(len(unique), np.int64)
    rank[np.lexsort((-life, -trouble))] = np.arange(len(unique))
    if len(unique) > most:
        rank = np.minimum(rank, most - 1)
    ranked: Int64s = rank[inverse]
    return ranked


def _trouble(timeline: Timeline) -> Int64s:
    """Return for each task how long it held the loop, and was due but could not run."""
    trace = timeline.trace
    steps, table = trace.steps, trace.tasks
    count = len(table)
    row_of = np.full(int(steps.task.max(initial=0)) + 1, count, np.int64)
    known = table.row_of[: len(row_of)]
    row_of[: len(known)] = np.where(known >= 0, known, count)
    total = np.zeros(count + 1)
    for chunk in chunks(len(steps)):
        begin, end = steps.begin[chunk], steps.end[chunk]
        held = np.where(end - begin >= trace.info.stall_ns, end - begin, 0)
        resumed = steps.wake[chunk] == WakeKind.RESUMED
        late = np.where(resumed, 0, begin - timeline.due[chunk])
        total += np.bincount(row_of[steps.task[chunk]], weights=held + late, minlength=count + 1)
    return total[:count].astype(np.int64)


def _group(trace: Trace, lives: Lives, names: TaskNames, rows: Int64s) -> Group:
    fates = {Fate(fate) for fate in np.unique(lives.fate[rows]).tolist()}
    fate = max(fates, key=_BADNESS.__getitem__)
    if len(rows) == 1:
        return Group(names.of(int(trace.tasks.id[rows[0]])), 1, fate)
    numbers = np.unique(names.coroutine_numbers[rows]).tolist()
    places = trace.words.locations
    name = short_function(places[numbers[0]]) if len(numbers) == 1 else "others"
    return Group(name, len(rows), fate)


def _row_of_task(trace: Trace, rows: Int64s, keys: Int64s) -> Int32s:
    most = max(int(trace.steps.task.max(initial=0)), len(trace.tasks.row_of)) + 1
    row_of_task = np.full(most, -1, np.int32)
    row_of_task[trace.tasks.id[rows]] = keys
    row_of_task[0] = -1
    return row_of_task
