"""Columns derived from the steps: what went before each step, and what had ended the wait."""

from dataclasses import dataclass

import numpy as np

from loopscope.analysis.wait_kinds import WaitKinds, classify_stacks, wait_kind_column
from loopscope.model.kinds import Lapse, StepEnd, WakeKind
from loopscope.trace.columns import Int32s, Int64s, LoopRun, Trace, Uint8s, Uint32s, Waiting

LONGEST_CALLBACK_CHAIN = 32
_STOPS = "_run_until_complete_cb"


@dataclass(frozen=True)
class Timeline:
    """A trace with what follows from it for every step.

    ``previous`` is the step of the same task before this one, -1 for the first. ``origin`` is
    the ``WakeKind`` at the root of the wake: a sleep is ended by a callback which a timer
    started, so its origin is the timer. ``due`` is when that timer was due; the loop may have
    noticed only later. It equals ``ready`` for all other origins. ``wait_kind`` (index into
    ``wait_kinds.KINDS``) and ``wait_begin`` describe the suspension that ended with this step;
    ``wait_begin`` is -1 where there was none: callbacks, a task's first step, the rest of an
    interrupted step.
    ``wait_stack`` and ``wait_object`` are its await stack and what it waited for, else 0.
    """

    trace: Trace
    kinds: WaitKinds
    previous: Int32s
    origin: Uint8s
    due: Int64s
    wait_begin: Int64s
    wait_kind: Uint8s
    wait_stack: Uint32s
    wait_object: Uint32s


@dataclass(frozen=True)
class Lives:
    """What each task's life was made of; rows as in ``trace.tasks``.

    Invariant: ``ended - created == running + ready + suspended`` in every row.
    ``last_step`` is -1 for a task that never ran.
    """

    created: Int64s
    ended: Int64s
    running: Int64s
    ready: Int64s
    suspended: Int64s
    steps: Int64s
    first_step: Int64s
    last_step: Int64s
    fate: Uint8s


def derive_timeline(trace: Trace) -> Timeline:
    """Derive the columns of a timeline. Takes a few seconds for ten million steps."""
    steps = trace.steps
    previous = _previous_steps(trace)
    root = _root_wakes(trace)
    origin = steps.wake[root]
    due = np.where(origin == WakeKind.TIMER, steps.ready[root], steps.ready)
    has_wait = (previous >= 0) & (steps.wake != WakeKind.RESUMED)
    wait_begin = _at_previous(steps.end, previous, has_wait, -1)
    wait_stack = _at_previous(steps.stack, previous, has_wait, 0)
    wait_object = _at_previous(steps.object, previous, has_wait, 0)
    for waiting, first in _first_steps(trace, previous):
        if waiting.time_ns <= steps.ready[first]:
            wait_begin[first] = waiting.time_ns
            wait_stack[first], wait_object[first] = waiting.node, waiting.object_id
    kinds = classify_stacks(trace)
    wait_kind = wait_kind_column(trace, kinds, wait_stack, wait_object, origin)
    due = np.maximum(due, wait_begin)
    return Timeline(
        trace, kinds, previous, origin, due, wait_begin, wait_kind, wait_stack, wait_object
    )


def _at_previous(
    column: np.ndarray, previous: Int32s, chosen: np.ndarray, otherwise: int
) -> np.ndarray:
    if not len(column):
        return column.copy()
    return np.where(chosen, column[previous], otherwise).astype(column.dtype)


def _first_steps(trace: Trace, previous: Int32s) -> list[tuple[Waiting, int]]:
    """Return the first step of each task that was waiting already when it was introduced."""
    if not trace.waiting:
        return []
    steps = trace.steps
    firsts = np.flatnonzero((previous < 0) & (steps.task > 0))
    first_of = dict(zip(steps.task[firsts].tolist(), firsts.tolist(), strict=True))
    waits = {waiting.task_id: waiting for waiting in trace.waiting}
    return [(one, first_of[task]) for task, one in waits.items() if task in first_of]


def stopping_step(trace: Trace, run: LoopRun) -> int:
    """Return the step that made a loop stop, -1 for a run without steps.

    It is asyncio's own callback, else the last step. What else is ready in that turn runs yet: a
    Ctrl-C, for one, leaves something to read behind.
    """
    steps, words = trace.steps, trace.words
    for index in range(run.stop_step - 1, max(run.first_step, run.stop_step - 1000) - 1, -1):
        place = words.location(int(steps.stack[index]))
        if steps.how_end[index] == StepEnd.CALLBACK and place.function == _STOPS:
            return index
    return run.stop_step - 1 if run.stop_step > run.first_step else -1


def task_lives(timeline: Timeline) -> Lives:
    """Add up each task's life."""
    trace = timeline.trace
    steps, table = trace.steps, trace.tasks
    count = len(table)
    rows = np.full(int(steps.task.max(initial=0)) + 1, -1, np.int64)
    known = table.row_of[: len(rows)]
    rows[: len(known)] = known
    row = rows[steps.task]
    row[steps.task == 0] = -1
    own = np.flatnonzero(row >= 0)
    row = row[own]

    first, last = np.full(count, -1, np.int64), np.full(count, -1, np.int64)
    last[row] = own
    first[row[::-1]] = own[::-1]
    created = table.created.copy()
    ran = first >= 0
    created[ran] = np.minimum(created[ran], steps.ready[first[ran]])

    running = _sum_by(row, steps.end[own] - steps.begin[own], count)
    ready = _sum_by(row, steps.begin[own] - steps.ready[own], count)
    fate = np.zeros(count, np.uint8)
    fate[ran] = _FATE_OF_END[steps.how_end[last[ran]]]
    for task, lapses in trace.lapses.items():
        if Lapse.DESTROYED_PENDING in lapses and 0 <= task < len(table.row_of):
            at = table.row_of[task]
            if at >= 0 and fate[at] == 0:
                fate[at] = _ABANDONED
    ended = np.full(count, max(trace.info.end_ns, 0), np.int64)
    over = ran & (fate > 0) & (fate != _ABANDONED)
    ended[over] = steps.end[last[over]]
    ended = np.maximum(ended, created)
    ended[ran] = np.maximum(ended[ran], steps.end[last[ran]])
    resumed = steps.wake[own] == WakeKind.RESUMED
    parts = _sum_by(row, resumed & (timeline.previous[own] >= 0), count)
    return Lives(
        created=created,
        ended=ended,
        running=running,
        ready=ready,
        suspended=ended - created - running - ready,
        steps=_sum_by(row, np.ones(len(row), np.int64), count) - parts,
        first_step=first,
        last_step=last,
        fate=fate,
    )


_ABANDONED = 4
# Fate by StepEnd: suspended and interrupted tasks are pending.
_FATE_OF_END = np.array([0, 1, 2, 3, 0, 0], np.uint8)


def _sum_by(row: Int64s, values: np.ndarray, count: int) -> Int64s:
    # Sums of nanoseconds stay exact in float64 up to 2**53 (104 days).
    return np.bincount(row, weights=values, minlength=count).astype(np.int64)


def _previous_steps(trace: Trace) -> Int32s:
    task = trace.steps.task
    previous = np.full(len(task), -1, np.int32)
    own = np.flatnonzero(task)
    keys = task[own]
    if len(keys) and keys.max() < 1 << 16:
        keys = keys.astype(np.uint16)  # NumPy sorts 16-bit keys by radix, much faster
    order = own[np.argsort(keys, kind="stable")]
    same = task[order[1:]] == task[order[:-1]]
    previous[order[1:][same]] = order[:-1][same]
    return previous


def _root_wakes(trace: Trace) -> Int64s:
    """Follow each wake through callbacks that belong to no task; return the step at its root."""
    steps = trace.steps
    root = np.arange(len(steps))
    is_callback = steps.how_end == StepEnd.CALLBACK
    open_steps = np.flatnonzero((steps.wake == WakeKind.STEP) & (steps.waker >= 0))
    waker = steps.waker[open_steps]
    for _ in range(LONGEST_CALLBACK_CHAIN):
        through = is_callback[waker]
        open_steps, waker = open_steps[through], waker[through]
        if not len(open_steps):
            break
        root[open_steps] = waker
        further = (steps.wake[waker] == WakeKind.STEP) & (steps.waker[waker] >= 0)
        open_steps, waker = open_steps[further], steps.waker[waker[further]]
    return root
