"""What the loop did, as columns of small integers: steps, turns and tasks of a recording.

Times are nanoseconds since the first loop began to run. Almost every time follows closely on
another one that is known already, and only the difference is written; ``read_recording.js`` adds
up.
"""

import numpy as np

from loopscope.analysis.timeline import Lives
from loopscope.trace.columns import Int64s, Trace
from loopscope.views.html.pack import Integers


def step_columns(trace: Trace) -> dict[str, Integers]:
    """Return the columns of the steps.

    ``gap`` is the time from the end of the step before (the first one: from 0) to the begin of
    this one, less ``idle`` and ``idleAfter`` of its turn where it is the turn's first; with one
    look at the clock between two steps it is 0. ``duration`` is the time from begin to end.
    ``waker`` is how many steps before this one its waker ran, 0 for none. ``readyIn`` has one
    value a step with a waker: how long before the waker's end this one was ready. ``readyBefore``
    has one value for each other step: how long before its begin it was ready. ``row`` is 0 for a
    callback, 1 for the task of the waker, else the task's row plus 2.
    """
    steps = trace.steps
    begin, end, ready = steps.begin, steps.end, steps.ready
    index = np.arange(len(steps), dtype=np.int64)
    known = (steps.waker >= 0) & (steps.waker < index)
    woken_by = steps.waker[known]
    return {
        "gap": _gaps(trace),
        "duration": end - begin,
        "waker": np.where(known, index - steps.waker, 0),
        "readyIn": end[woken_by] - ready[known],
        "readyBefore": (begin - ready)[~known],
        "row": _row_codes(trace.tasks.rows(steps.task), known, woken_by),
        "how": steps.how_end,
        "wake": steps.wake,
        "object": steps.object,
        "job": _job_rows(trace),
    }


def turn_columns(trace: Trace) -> dict[str, Integers]:
    """Return the columns of the turns.

    ``turnSteps`` is how many steps after the turn before this turn begins. ``idle`` is how long
    the loop looked for timers and I/O or waited for them; ``idleAfter`` how long before the begin
    of the turn's first step that ended. Turns without a step are left out.
    """
    first, idle, after = _idle(trace)
    return {"turnSteps": np.diff(first, prepend=0), "idle": idle, "idleAfter": after}


def _idle(trace: Trace) -> tuple[Int64s, Int64s, Int64s]:
    """Return for each turn with a step its first step, its idle time, and what came after that."""
    turns, steps = trace.turns, trace.steps
    first = turns.first_step.astype(np.int64)
    following = np.append(first[1:], len(steps))
    kept = first < following
    first, idle_end = first[kept], turns.idle_end[kept]
    return first, idle_end - turns.idle_begin[kept], steps.begin[first] - idle_end


def _gaps(trace: Trace) -> Int64s:
    steps = trace.steps
    before = np.concatenate(([trace.begin_ns], steps.end[:-1]))[: len(steps)]
    gap = steps.begin - before
    first, idle, after = _idle(trace)
    gap[first] -= idle + after
    return gap


def _row_codes(row: Int64s, known: np.ndarray, woken_by: Integers) -> Int64s:
    """Shorten the rows of steps that their own task's step woke."""
    codes = np.where(row >= 0, row + 2, 0)
    own = codes[known]
    codes[known] = np.where((own > 0) & (row[woken_by] == row[known]), 1, own)
    return codes


def task_columns(trace: Trace, lives: Lives) -> dict[str, Integers]:
    """Return the columns of the tasks, in order of their creation.

    ``taskCreated`` and ``taskEnded`` are differences to the row before, ``taskParent`` is the row
    of the task that created this one plus 1, 0 for none.
    """
    table = trace.tasks
    return {
        "taskId": np.diff(table.id.astype(np.int64), prepend=0),
        "taskCreated": np.diff(lives.created - trace.begin_ns, prepend=0),
        "taskEnded": np.diff(lives.ended - trace.begin_ns, prepend=0),
        "taskFate": lives.fate,
        "taskParent": table.rows(table.parent) + 1,
    }


def _job_rows(trace: Trace) -> Int64s:
    """Return for each step the job that woke it, counted from 1 in order of ids, 0 for none."""
    ids = np.array(sorted(trace.jobs), np.int64)
    if not len(ids):
        return np.zeros(len(trace.steps), np.int64)
    at = np.searchsorted(ids, trace.steps.job)
    found = ids[np.minimum(at, len(ids) - 1)] == trace.steps.job
    return np.where(found & (trace.steps.job > 0), at + 1, 0)
