"""Tasks as people ask for them: how each ended and by whom, the slowest waits, the failures."""

import numpy as np

from loopscope.analysis.critical_path import awaited_text
from loopscope.analysis.names import TaskNames
from loopscope.analysis.timeline import Lives, Timeline
from loopscope.analysis.wait_kinds import KINDS
from loopscope.analysis.wait_places import told_node
from loopscope.model.kinds import Fate, StepEnd, WakeKind
from loopscope.model.records import TaskLife, Wait

LONGEST_CANCEL_CHAIN = 100


def shown_rows(timeline: Timeline) -> list[int]:
    """Return the rows of all tasks that are not asyncio's own."""
    rows: list[int] = np.flatnonzero(TaskNames(timeline.trace).visible).tolist()
    return rows


def task_life(timeline: Timeline, lives: Lives, row: int) -> TaskLife:
    """Return one task with what its life was made of."""
    trace = timeline.trace
    fate = Fate(int(lives.fate[row]))
    return TaskLife(
        task=trace.task(int(trace.tasks.id[row])),
        fate=fate,
        cancelled_by=canceller(timeline, int(lives.last_step[row]))
        if fate is Fate.CANCELLED
        else "",
        ended_ns=int(lives.ended[row]),
        steps_count=int(lives.steps[row]),
        running_ns=int(lives.running[row]),
        ready_ns=int(lives.ready[row]),
        suspended_ns=int(lives.suspended[row]),
    )


def canceller(timeline: Timeline, last_step: int) -> str:
    """Say who cancelled a task, from what woke it for its last step."""
    trace = timeline.trace
    steps = trace.steps
    own = int(steps.task[last_step])
    at = last_step
    for _ in range(LONGEST_CANCEL_CHAIN):
        waker = int(steps.waker[at])
        if waker < 0:
            return "asyncio.run at its end" if steps.wake[at] == WakeKind.OUTSIDE else "unknown"
        task = int(steps.task[waker])
        if not task:
            by = _cancelling_callback(trace.words.location(int(steps.stack[waker])).function)
            if by:
                return by
        elif task != own and steps.how_end[waker] != StepEnd.CANCELLED:
            return "a timeout" if _gave_up(timeline, waker) else trace.task(task).name
        at = waker
    return "unknown"


def slowest_waits(
    timeline: Timeline, lives: Lives, count: int, rows: list[int] | None = None
) -> list[Wait]:
    """Return the longest suspensions, those that never ended included.

    A wait for a timer ends when the timer is due, though the loop may notice later.
    """
    trace = timeline.trace
    steps = trace.steps
    duration = np.where(timeline.wait_begin >= 0, timeline.due - timeline.wait_begin, -1)
    if rows is not None:
        duration = np.where(np.isin(steps.task, trace.tasks.id[rows]), duration, -1)
    most = min(count, len(duration))
    top = np.argpartition(duration, len(duration) - most)[-most:] if most else np.empty(0, int)
    waits = [_wait(timeline, int(at)) for at in top if duration[at] > 0]
    waits += open_waits(timeline, lives, rows)
    return sorted(waits, key=lambda wait: -wait.duration_ns)[:count]


def open_waits(timeline: Timeline, lives: Lives, rows: list[int] | None = None) -> list[Wait]:
    """Return the suspensions that had not ended when the recording did."""
    trace = timeline.trace
    pending = np.flatnonzero((lives.fate == Fate.PENDING) & (lives.last_step >= 0))
    chosen = set(pending.tolist()) & set(rows) if rows is not None else set(pending.tolist())
    waits = []
    for row in sorted(chosen):
        task_id, step = int(trace.tasks.id[row]), int(lives.last_step[row])
        node = int(trace.steps.stack[step])
        if not node:
            continue
        told = told_node(trace, node, task_id)
        waits.append(
            Wait(
                task_id=task_id,
                begin_ns=int(trace.steps.end[step]),
                end_ns=int(lives.ended[row]),
                kind=timeline.kinds.of_wait(
                    trace, node, int(trace.steps.object[step]), WakeKind.UNKNOWN
                ),
                where=trace.words.user_location(told),
                what=awaited_text(timeline, told),
                is_over=False,
            )
        )
    return waits


def _wait(timeline: Timeline, index: int) -> Wait:
    trace = timeline.trace
    task_id = int(trace.steps.task[index])
    node = told_node(trace, int(timeline.wait_stack[index]), task_id)
    return Wait(
        task_id=task_id,
        begin_ns=int(timeline.wait_begin[index]),
        end_ns=int(timeline.due[index]),
        kind=KINDS[int(timeline.wait_kind[index])],
        where=trace.words.user_location(node),
        what=awaited_text(timeline, node),
        is_over=True,
    )


def _gave_up(timeline: Timeline, index: int) -> bool:
    """Whether a step comes after a ``wait_for`` whose time was up (3.11 cancels from there)."""
    place = timeline.trace.words.location(int(timeline.wait_stack[index]))
    return place.function == "wait_for" and timeline.origin[index] == WakeKind.TIMER


def _cancelling_callback(function: str) -> str:
    if function.startswith("Timeout.") or function == "_release_waiter":
        return "a timeout"
    if function.startswith("TaskGroup."):
        return "its TaskGroup, because a sibling failed"
    if function.startswith("Runner."):
        return "Ctrl-C"
    return ""
