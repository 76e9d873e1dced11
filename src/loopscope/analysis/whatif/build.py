"""Makes the graph of a recorded run: for each step its cause, and when that begins to count."""

import numpy as np

from loopscope.analysis.timeline import Timeline, stopping_step
from loopscope.analysis.whatif.graph import Cause, Graph, Run, Source
from loopscope.analysis.whatif.jobs import recorded_jobs
from loopscope.analysis.whatif.joins import find_joins
from loopscope.analysis.whatif.late_answers import heard
from loopscope.analysis.whatif.resources import find_resources
from loopscope.model.kinds import WakeKind
from loopscope.trace.columns import Int32s, Int64s, LoopRun, Steps, Trace, Turns, Uint8s

_CAUSES = {
    WakeKind.OUTSIDE: Cause.RUN,
    WakeKind.STEP: Cause.EDGE,
    WakeKind.TIMER: Cause.EVENT,
    WakeKind.IO: Cause.EVENT,
    WakeKind.THREAD: Cause.EVENT,
    WakeKind.RESUMED: Cause.RESUMED,
    WakeKind.UNKNOWN: Cause.EVENT,
}


def build_graph(timeline: Timeline) -> Graph:
    """Return the graph of a recorded run. Costs grow linearly with its steps."""
    trace = timeline.trace
    steps = trace.steps
    run_of = _run_of(trace)
    runs = _runs(trace)
    cause = _causes(steps)
    joins = find_joins(timeline)
    after = _anchors(timeline, cause, joins, run_of)
    start = np.where(after >= 0, steps.end[after], 0)
    start = np.where(after >= 0, start, _run_begins(trace)[run_of])
    offset = np.where(cause == Cause.EVENT, _arrivals(timeline) - start, 0)
    source = _sources(steps)
    how_heard, offset = heard(trace, cause, source, after, offset)
    edges = np.flatnonzero(cause == Cause.EDGE)
    offset[edges] = steps.ready[edges] - steps.begin[steps.waker[edges]]
    jobs, pools = recorded_jobs(timeline, after, cause)
    cause[list(jobs)] = Cause.JOB
    resources, resource, releases = find_resources(timeline, cause, offset)
    cause[list(resource)] = Cause.RESOURCE
    late_idle, late_busy, dispatch = _overheads(trace, cause)
    return Graph(
        step=np.arange(len(steps), dtype=np.int64),
        task=steps.task,
        run=run_of,
        within=np.zeros(len(steps), np.int64),
        duration=(steps.end - steps.begin).astype(np.int64),
        cause=cause,
        after=after,
        waker=np.where(np.isin(cause, (Cause.EDGE, Cause.RESUMED)), steps.waker, -1),
        offset=offset,
        source=source,
        heard=how_heard,
        late_idle=late_idle,
        late_busy=late_busy,
        dispatch=dispatch,
        runs=runs,
        joins=joins,
        jobs=jobs,
        pools=pools,
        resource=resource,
        resources=resources,
        releases=releases,
    )


def _causes(steps: Steps) -> Uint8s:
    of_wake = np.zeros(max(WakeKind) + 1, np.uint8)
    for wake, made_by in _CAUSES.items():
        of_wake[wake] = made_by
    cause: Uint8s = of_wake[steps.wake]
    # A wake whose waker the trace does not have is the outside's.
    unknown = np.isin(cause, (Cause.EDGE, Cause.RESUMED)) & (steps.waker < 0)
    cause[unknown] = Cause.EVENT
    return cause


def _sources(steps: Steps) -> Uint8s:
    source = np.full(len(steps), Source.IO, np.uint8)
    source[steps.wake == WakeKind.TIMER] = Source.TIMER
    source[np.isin(steps.wake, (WakeKind.THREAD, WakeKind.UNKNOWN, WakeKind.STEP))] = Source.THREAD
    return source


def _arrivals(timeline: Timeline) -> Int64s:
    return timeline.trace.steps.ready.astype(np.int64)


# ------------------------------------------------------------------------------------ runs


def _run_of(trace: Trace) -> Int32s:
    run_of = np.zeros(len(trace.steps), np.int32)
    for row, run in enumerate(_ordered_runs(trace)):
        run_of[run.first_step : run.stop_step] = row
    return run_of


def _ordered_runs(trace: Trace) -> list[LoopRun]:
    return sorted(trace.runs, key=lambda run: (run.begin_ns, run.first_step))


def _run_begins(trace: Trace) -> Int64s:
    return np.array([run.begin_ns for run in _ordered_runs(trace)] or [0], np.int64)


def _runs(trace: Trace) -> tuple[Run, ...]:
    """Return the runs in order; one that follows another in its thread begins after that one."""
    ordered = _ordered_runs(trace)
    threads = [trace.loops[run.loop].thread if run.loop in trace.loops else "" for run in ordered]
    made: list[Run] = []
    for at, run in enumerate(ordered):
        before = [
            row
            for row in range(at)
            if ordered[row].end_ns <= run.begin_ns and threads[row] == threads[at]
        ]
        after = max(before, key=lambda row: ordered[row].end_ns, default=-1)
        gap = run.begin_ns - (ordered[after].end_ns if after >= 0 else 0)
        stop = stopping_step(trace, run)
        last = run.stop_step - 1
        tail = run.end_ns - int(trace.steps.end[last]) if stop >= 0 else run.end_ns - run.begin_ns
        made.append(Run(run.loop, after, gap, stop, max(tail, 0)))
    return tuple(made)


# --------------------------------------------------------------------------------- anchors


def _anchors(
    timeline: Timeline, cause: Uint8s, joins: dict[int, tuple[int, ...]], run_of: Int32s
) -> Int32s:
    """Return for each step the step whose end begins its wait.

    That of a task's step is the task's step before. A timer or an event calls a callback, which
    wakes a task: the callback's wait began with the task's.
    """
    steps = timeline.trace.steps
    after: Int32s = timeline.previous.astype(np.int32)
    after[cause == Cause.RESUMED] = -1
    begins = _wait_begins(steps, after, joins)
    events = np.flatnonzero((steps.task == 0) & (cause == Cause.EVENT))
    after[events] = begins[events]
    _anchor_loose(timeline, after, events, run_of)
    return after


def _wait_begins(steps: Steps, after: Int32s, joins: dict[int, tuple[int, ...]]) -> Int64s:
    """Return for each step where the wait began which it ends or helps to end, -1 for none.

    Backwards, so that a chain of callbacks is followed from the task it ends in. Where a callback
    wakes several, the first task counts, else the first callback that leads to one.
    """
    begins = np.where(steps.task > 0, after, -1).tolist()
    by_task = bytearray(len(steps))
    wakers = np.where(steps.wake == WakeKind.STEP, steps.waker, -1).tolist()
    tasks, is_callback = steps.task.tolist(), (steps.task == 0).tolist()
    for index in range(len(steps) - 1, -1, -1):
        begin = begins[index]
        if begin < 0:
            continue
        for waker in joins.get(index, (wakers[index],)):
            if waker >= 0 and is_callback[waker] and (tasks[index] or not by_task[waker]):
                begins[waker] = begin
                by_task[waker] = bool(tasks[index])
    return np.array(begins, np.int64)


def _anchor_loose(timeline: Timeline, after: Int32s, events: Int64s, run_of: Int32s) -> None:
    """Anchor events that wake no task: at their callback's last call, else at what ran before."""
    steps = timeline.trace.steps
    before: dict[tuple[int, int, int], int] = {}
    for index in events.tolist():
        key = int(steps.loop[index]), int(steps.stack[index]), int(steps.wake[index])
        if not 0 <= after[index] < index:
            ran = before.get(key, index - 1)
            same = ran >= 0 and run_of[ran] == run_of[index]
            after[index] = ran if same else -1
        before[key] = index


# ------------------------------------------------------------------------------- overheads


def _overheads(trace: Trace, cause: Uint8s) -> tuple[Int64s, Int64s, Int64s]:
    """Return what the loop itself took at each turn, at the turn's first step; else the median."""
    steps, turns = trace.steps, trace.turns
    count = len(steps)
    late_idle, late_busy, dispatch = (np.zeros(count, np.int64) for _ in range(3))
    rows = _turns_with_steps(turns, count)
    if not len(rows):
        return late_idle, late_busy, dispatch
    first = turns.first_step[rows]
    last = np.append(first[1:], count)
    outside = np.isin(cause, (Cause.EVENT, Cause.JOB))
    ready = np.minimum.reduceat(steps.ready, first)
    # reduceat goes on to the next turn's first step: these rows are in order and have steps.
    is_idle = np.logical_and.reduceat(outside, first) & (last > first)
    idle_begin, idle_end = turns.idle_begin[rows], turns.idle_end[rows]
    late = np.maximum(idle_end - np.maximum(idle_begin, ready), 0)
    took = np.maximum(idle_end - idle_begin, 0)
    handled = np.maximum(steps.begin[first] - idle_end, 0)
    late_idle[:] = _median(late[is_idle])
    late_busy[:] = _median(took[~is_idle])
    dispatch[:] = _median(handled)
    late_idle[first[is_idle]] = late[is_idle]
    late_busy[first[~is_idle]] = took[~is_idle]
    dispatch[first] = handled
    return late_idle, late_busy, dispatch


def _turns_with_steps(turns: Turns, count: int) -> Int64s:
    first = turns.first_step
    following = np.append(first[1:], count)
    return np.flatnonzero((first < count) & (following > first))


def _median(values: Int64s) -> int:
    return int(np.median(values)) if len(values) else 0
