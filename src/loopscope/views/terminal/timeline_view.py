"""The view-model of the task timeline: what each cell shows, before any sign is chosen."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from loopscope.analysis.timeline import Lives, Timeline
from loopscope.analysis.wait_kinds import KINDS, wait_kind_column
from loopscope.model.kinds import Fate, StepEnd, WaitKind, WakeKind
from loopscope.trace.columns import Int32s, Int64s, LoopRun, Trace
from loopscope.views.terminal.columns import Floats, Integers, Scale, coverage
from loopscope.views.terminal.grouping import Group, Grouping

MOST_LANES: Final = 4
"""More loops than this share one lane."""


class State(IntEnum):
    """What a cell shows. The suspended states come in the order of ``SUSPENDED``."""

    BLANK = 0
    SLEEP = 1
    IO = 2
    SYNC = 3
    TASK = 4
    READY = 5
    PART = 6
    """Ran for less than a third of the column."""
    MOST = 7
    """Ran for less than two thirds."""
    RUNNING = 8
    STALL = 9
    IDLE = 10


SUSPENDED: Final = (State.SLEEP, State.IO, State.SYNC, State.TASK)
_STATE_OF_KIND: Final = {
    WaitKind.SLEEP: State.SLEEP,
    WaitKind.YIELD: State.SLEEP,
    WaitKind.IO: State.IO,
    WaitKind.EXECUTOR: State.IO,
    WaitKind.SUBPROCESS: State.IO,
    WaitKind.TASK: State.TASK,
}
STATE_OF_KIND: Final = np.array([_STATE_OF_KIND.get(kind, State.SYNC) for kind in KINDS], np.uint8)

_NOT_OVER: Final = (Fate.PENDING, Fate.ABANDONED)
_MOST_FROM: Final = 0.33
_RUNNING_FROM: Final = 0.66
_READY_FROM: Final = 0.5

States = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Intervals:
    """Stretches of tasks' lives, as columns; those with a ``row`` of -1 are not drawn.

    ``step`` tells more of each: the step a wait began after (-1: older than the recording), the
    step that was ready or ran. None stands for the interval's own index.
    """

    row: Integers
    begin: Int64s
    end: Int64s
    step: Integers | None = None


@dataclass(frozen=True)
class Row:
    """One row of the picture. ``end_column`` is where the mark of its end belongs, or -1."""

    group: Group
    states: States
    end_column: int


@dataclass(frozen=True)
class TimelineView:
    """The picture: one lane a loop, then the rows, with what labels are made from.

    ``open_waits`` had not ended when the recording did. ``ready_counts`` is how many tasks of a
    row were ready in each column, on average.
    """

    scale: Scale
    lanes: list[Row]
    rows: list[Row]
    waits: Intervals
    wait_states: States
    open_waits: Intervals
    open_states: States
    readies: Intervals
    ready_counts: Floats
    stalls: Intervals
    lane_stalls: Intervals
    kinds: frozenset[WaitKind]


def timeline_view(
    timeline: Timeline, lives: Lives, grouping: Grouping, scale: Scale
) -> TimelineView:
    """Reduce a timeline to a picture: the rows of a grouping, over the columns of a scale."""
    trace = timeline.trace
    steps = trace.steps
    count = len(grouping.groups)
    row = grouping.row_of_task[steps.task]
    waits = Intervals(
        np.where(timeline.wait_begin >= 0, row, -1),
        timeline.wait_begin,
        timeline.due,
        timeline.previous,
    )
    open_waits, open_kinds = _open_waits(timeline, lives, grouping)
    wait_states, open_states = STATE_OF_KIND[timeline.wait_kind], STATE_OF_KIND[open_kinds]
    readies = Intervals(
        np.where(steps.wake == WakeKind.RESUMED, -1, row), timeline.due, steps.begin
    )
    stalls = _stalls(timeline, row)
    states = _suspended(scale, count, ((waits, wait_states), (open_waits, open_states)))
    ready = _cover(scale, count, readies) + _cover(scale, count, _never_ran(trace, lives, grouping))
    run = _cover(scale, count, Intervals(row, steps.begin, steps.end))
    _draw_run(states, run)
    is_many = np.array([group.count > 1 for group in grouping.groups], bool)[:, None]
    ready_wins = (ready >= _READY_FROM) & (ready > run)
    states[ready_wins & (is_many | (states < State.PART))] = State.READY
    states[_cover(scale, count, stalls) > 0] = State.STALL
    lanes, lane_stalls = _lanes(timeline, scale)
    return TimelineView(
        scale=scale,
        lanes=lanes,
        rows=[_row(group, states[at]) for at, group in enumerate(grouping.groups)],
        waits=waits,
        wait_states=wait_states,
        open_waits=open_waits,
        open_states=open_states,
        readies=readies,
        ready_counts=ready,
        stalls=stalls,
        lane_stalls=lane_stalls,
        kinds=_kinds(timeline.wait_kind, waits) | _kinds(open_kinds, open_waits),
    )


def time_scale(timeline: Timeline, lives: Lives, columns: int, task_id: int | None) -> Scale:
    """Return the columns of a picture: the whole recording, or the life of one task."""
    trace = timeline.trace
    begin, end = trace.begin_ns, trace.begin_ns + trace.total_ns
    if task_id is not None:
        row = np.flatnonzero(trace.tasks.id == task_id)
        if len(row):
            begin = max(begin, int(lives.created[row[0]]))
            end = min(end, int(lives.ended[row[0]])) if lives.fate[row[0]] else end
    return Scale(begin, max(end, begin + 1), columns)


def _row(group: Group, states: States) -> Row:
    drawn = np.flatnonzero(states)
    return Row(group, states, int(drawn[-1]) + 1 if len(drawn) else -1)


def _open_waits(timeline: Timeline, lives: Lives, grouping: Grouping) -> tuple[Intervals, States]:
    """Return the suspensions that had not ended when the recording did, and their kinds."""
    trace = timeline.trace
    steps = trace.steps
    pending = np.flatnonzero((lives.last_step >= 0) & np.isin(lives.fate, _NOT_OVER))
    last = lives.last_step[pending]
    stopped = steps.how_end[last] == StepEnd.SUSPENDED
    pending, last = pending[stopped], last[stopped]
    unknown = np.full(len(last), WakeKind.UNKNOWN, np.uint8)
    kinds = wait_kind_column(trace, timeline.kinds, steps.stack[last], steps.object[last], unknown)
    row = grouping.row_of_task[trace.tasks.id[pending]]
    return Intervals(row, steps.end[last], lives.ended[pending], last), kinds


def _never_ran(trace: Trace, lives: Lives, grouping: Grouping) -> Intervals:
    """Return the lives of tasks that were created and never got their turn."""
    rows = np.flatnonzero((lives.last_step < 0) & (trace.tasks.flags & 1 == 0))
    row = grouping.row_of_task[trace.tasks.id[rows]]
    return Intervals(row, lives.created[rows], lives.ended[rows], np.full(len(rows), -1))


def _stalls(timeline: Timeline, row: Integers) -> Intervals:
    steps = timeline.trace.steps
    least = max(timeline.trace.info.stall_ns, 1)
    index = np.flatnonzero((steps.end - steps.begin >= least) & (row >= 0))
    return Intervals(row[index], steps.begin[index], steps.end[index], index)


def _kinds(kinds: States, waits: Intervals) -> frozenset[WaitKind]:
    """Return the kinds of the waits that have any length and are drawn."""
    drawn = (waits.row >= 0) & (waits.end > waits.begin)
    used = np.bincount(kinds[drawn], minlength=len(KINDS))
    return frozenset(kind for kind, count in zip(KINDS, used.tolist(), strict=True) if count)


def _cover(scale: Scale, rows: int, one: Intervals) -> Floats:
    return coverage(scale, rows, one.row, one.begin, one.end)


def _suspended(scale: Scale, rows: int, waits: tuple[tuple[Intervals, States], ...]) -> States:
    """Return the kind of suspension that fills most of each cell."""
    count = len(SUSPENDED)
    cells = np.zeros((rows * count, scale.columns))
    for one, states in waits:
        split = np.where(one.row >= 0, one.row * count + states - SUSPENDED[0], -1)
        cells += coverage(scale, rows * count, split, one.begin, one.end)
    by_state = cells.reshape(rows, count, scale.columns)
    best = by_state.argmax(axis=1).astype(np.uint8) + SUSPENDED[0]
    shown: States = np.where(by_state.max(axis=1) > 0, best, State.BLANK).astype(np.uint8)
    return shown


def _draw_run(states: States, run: Floats) -> None:
    states[run > 0] = State.PART
    states[run >= _MOST_FROM] = State.MOST
    states[run >= _RUNNING_FROM] = State.RUNNING


def lane_groups(trace: Trace) -> list[Group]:
    """Return what the lanes are called: the loops, or all together if they are many."""
    loops = sorted({run.loop for run in trace.runs})
    if len(loops) > MOST_LANES:
        return [Group("loops", len(loops), Fate.RETURNED)]
    if len(loops) == 1:
        return [Group("loop", 1, Fate.RETURNED)]
    return [Group(f"loop {number}", 1, Fate.RETURNED) for number in loops]


def _lanes(timeline: Timeline, scale: Scale) -> tuple[list[Row], Intervals]:
    """Draw what each loop's thread did."""
    trace = timeline.trace
    steps, turns = trace.steps, trace.turns
    loops = sorted({run.loop for run in trace.runs})
    shares = len(loops) > MOST_LANES
    count = 1 if shares else len(loops)
    most = max([*loops, int(steps.loop.max(initial=0)), int(turns.loop.max(initial=0))])
    lane_of = np.full(most + 1, -1, np.int32)
    lane_of[loops] = 0 if shares else np.arange(len(loops))
    lane = lane_of[steps.loop]
    on = _cover(scale, count, _loop_runs(trace.runs, lane_of))
    idle = coverage(scale, count, lane_of[turns.loop], turns.idle_begin, turns.idle_end)
    ran = _cover(scale, count, Intervals(lane, steps.begin, steps.end))
    states = np.where(on > 0, State.IDLE, State.BLANK).astype(np.uint8)
    busy = np.maximum(on - idle, 0.0) / (len(loops) if shares else 1)
    _draw_run(states, np.where(ran > 0, np.maximum(busy, ran), 0.0))
    stalls = _stalls(timeline, lane)
    states[_cover(scale, count, stalls) > 0] = State.STALL
    groups = lane_groups(trace)
    return [Row(group, states[at], -1) for at, group in enumerate(groups)], stalls


def _loop_runs(runs: list[LoopRun], lane_of: Int32s) -> Intervals:
    return Intervals(
        lane_of[[run.loop for run in runs]],
        np.array([run.begin_ns for run in runs], np.int64),
        np.array([run.end_ns for run in runs], np.int64),
    )
