"""The view-model of the task timeline: what each cell shows, before any sign is chosen."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from loopscope.analysis.names import TaskNames
from loopscope.analysis.timeline import Lives, Timeline
from loopscope.analysis.wait_kinds import KINDS, wait_kind_column
from loopscope.model.kinds import Fate, StepEnd, WaitKind, WakeKind
from loopscope.trace.columns import Int64s, LoopRun
from loopscope.views.terminal.columns import Scale, coverage, touched
from loopscope.views.terminal.grouping import Group, group_tasks

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

_MOST_FROM: Final = 0.33
_RUNNING_FROM: Final = 0.66
_READY_FROM: Final = 0.5

States = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Intervals:
    """Stretches of tasks' lives by row, as columns; ``step`` tells more of each.

    For a wait ``step`` is the step it began after, -1 for one older than the recording; for a
    time ready or a stall it is the step itself.
    """

    row: Int64s
    begin: Int64s
    end: Int64s
    step: Int64s


@dataclass(frozen=True)
class Row:
    """One row of the picture. ``end_column`` is where the mark of its end belongs, or -1."""

    group: Group
    states: States
    end_column: int


@dataclass(frozen=True)
class TimelineView:
    """The picture: one lane a loop, then the rows, with what labels are made from."""

    scale: Scale
    lanes: list[Row]
    rows: list[Row]
    is_grouped: bool
    waits: Intervals
    wait_states: States
    readies: Intervals
    ready_counts: npt.NDArray[np.float64]
    stalls: Intervals
    lane_stalls: Intervals
    kinds: frozenset[WaitKind]


def timeline_view(
    timeline: Timeline, lives: Lives, columns: int, rows: int, task_id: int | None
) -> TimelineView:
    """Reduce a timeline to a picture of some columns and at most some rows."""
    trace = timeline.trace
    grouping = group_tasks(timeline, lives, TaskNames(trace), rows, task_id)
    count = len(grouping.groups)
    row_of_task = grouping.row_of_task
    scale = _scale(timeline, lives, columns, task_id)
    waits, kinds = _waits(timeline, lives, row_of_task)
    runs, readies = _runs(timeline, row_of_task), _readies(timeline, lives, row_of_task)
    stalls = _longer(runs, trace.info.stall_ns)
    wait_states = STATE_OF_KIND[kinds]
    ready = _cover(scale, count, readies)
    states = _suspended_states(scale, count, waits, wait_states)
    is_many = np.array([group.count > 1 for group in grouping.groups], bool)[:, None]
    run = _cover(scale, count, runs)
    _draw_run(states, run, touched(scale, count, runs.row, runs.begin, runs.end))
    ready_wins = (ready >= _READY_FROM) & (ready > run)
    states[ready_wins & (is_many | (states < State.PART))] = State.READY
    states[touched(scale, count, stalls.row, stalls.begin, stalls.end)] = State.STALL
    lanes, lane_stalls = _lanes(timeline, scale)
    inside = (waits.row >= 0) & (waits.end > waits.begin)
    return TimelineView(
        scale=scale,
        lanes=lanes,
        rows=[_row(group, states[at]) for at, group in enumerate(grouping.groups)],
        is_grouped=grouping.is_grouped,
        waits=waits,
        wait_states=wait_states,
        readies=readies,
        ready_counts=ready,
        stalls=stalls,
        lane_stalls=lane_stalls,
        kinds=frozenset(KINDS[kind] for kind in np.unique(kinds[inside]).tolist()),
    )


def _scale(timeline: Timeline, lives: Lives, columns: int, task_id: int | None) -> Scale:
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


def _waits(
    timeline: Timeline, lives: Lives, row_of_task: Int64s
) -> tuple[Intervals, npt.NDArray[np.uint8]]:
    """Return all suspensions, those still open at the end included, and their kinds."""
    trace = timeline.trace
    steps = trace.steps
    ended = np.flatnonzero(timeline.wait_begin >= 0)
    pending = np.flatnonzero((lives.last_step >= 0) & np.isin(lives.fate, (0, Fate.ABANDONED)))
    last = lives.last_step[pending]
    stopped = steps.how_end[last] == StepEnd.SUSPENDED
    pending, last = pending[stopped], last[stopped]
    unknown = np.full(len(last), WakeKind.UNKNOWN, np.uint8)
    open_kinds = wait_kind_column(
        trace, timeline.kinds, steps.stack[last], steps.object[last], unknown
    )
    waits = Intervals(
        row=np.concatenate((row_of_task[steps.task[ended]], row_of_task[trace.tasks.id[pending]])),
        begin=np.concatenate((timeline.wait_begin[ended], steps.end[last])),
        end=np.concatenate((timeline.due[ended], lives.ended[pending])),
        step=np.concatenate((timeline.previous[ended], last)).astype(np.int64),
    )
    return waits, np.concatenate((timeline.wait_kind[ended], open_kinds))


def _runs(timeline: Timeline, row_of_task: Int64s) -> Intervals:
    steps = timeline.trace.steps
    row = row_of_task[steps.task]
    row[steps.task == 0] = -1
    return Intervals(row, steps.begin, steps.end, np.arange(len(steps)))


def _readies(timeline: Timeline, lives: Lives, row_of_task: Int64s) -> Intervals:
    """Return when tasks could have run; what a timer wakes could from the moment it was due."""
    steps, table = timeline.trace.steps, timeline.trace.tasks
    own = np.flatnonzero((steps.task > 0) & (steps.wake != WakeKind.RESUMED))
    never = np.flatnonzero((lives.last_step < 0) & (table.flags & 1 == 0))
    return Intervals(
        row=np.concatenate((row_of_task[steps.task[own]], row_of_task[table.id[never]])),
        begin=np.concatenate((timeline.due[own], lives.created[never])),
        end=np.concatenate((steps.begin[own], lives.ended[never])),
        step=np.concatenate((own, np.full(len(never), -1))),
    )


def _longer(intervals: Intervals, least_ns: int) -> Intervals:
    chosen = (intervals.end - intervals.begin >= max(least_ns, 1)) & (intervals.row >= 0)
    return Intervals(
        intervals.row[chosen],
        intervals.begin[chosen],
        intervals.end[chosen],
        intervals.step[chosen],
    )


def _cover(scale: Scale, rows: int, one: Intervals) -> npt.NDArray[np.float64]:
    return coverage(scale, rows, one.row, one.begin, one.end)


def _suspended_states(scale: Scale, rows: int, waits: Intervals, states: States) -> States:
    """Return the kind of suspension that fills most of each cell."""
    cells = np.stack(
        [
            coverage(scale, rows, np.where(states == state, waits.row, -1), waits.begin, waits.end)
            for state in SUSPENDED
        ]
    )
    best = cells.argmax(axis=0).astype(np.uint8) + SUSPENDED[0]
    shown: States = np.where(cells.max(axis=0) > 0, best, State.BLANK).astype(np.uint8)
    return shown


def _draw_run(
    states: States, run: npt.NDArray[np.float64], ran: npt.NDArray[np.bool_]
) -> None:
    states[ran] = State.PART
    states[run >= _MOST_FROM] = State.MOST
    states[run >= _RUNNING_FROM] = State.RUNNING


def _lanes(timeline: Timeline, scale: Scale) -> tuple[list[Row], Intervals]:
    """Draw what each loop's thread did."""
    trace = timeline.trace
    steps, turns = trace.steps, trace.turns
    loops = sorted({run.loop for run in trace.runs})
    shares = len(loops) > MOST_LANES
    lane_of = np.full(max([*loops, int(steps.loop.max(initial=0))], default=0) + 1, -1, np.int64)
    lane_of[loops] = 0 if shares else np.arange(len(loops))
    count = 1 if shares else len(loops)
    runs = Intervals(lane_of[steps.loop], steps.begin, steps.end, np.arange(len(steps)))
    on = _cover(scale, count, _loop_runs(trace.runs, lane_of))
    idle = coverage(scale, count, lane_of[turns.loop], turns.idle_begin, turns.idle_end)
    states = np.where(on > 0, State.IDLE, State.BLANK).astype(np.uint8)
    busy = (on - idle) / (len(loops) if shares else 1)
    _draw_run(states, busy, touched(scale, count, runs.row, runs.begin, runs.end))
    stalls = _longer(runs, trace.info.stall_ns)
    states[touched(scale, count, stalls.row, stalls.begin, stalls.end)] = State.STALL
    names = [f"loop {number}" for number in loops] if len(loops) > 1 else ["loop"]
    if shares:
        groups = [Group("loops", len(loops), Fate.RETURNED)]
    else:
        groups = [Group(name, 1, Fate.RETURNED) for name in names[: len(loops)]]
    return [Row(group, states[at], -1) for at, group in enumerate(groups)], stalls


def _loop_runs(runs: list[LoopRun], lane_of: Int64s) -> Intervals:
    return Intervals(
        np.array([lane_of[run.loop] for run in runs], np.int64),
        np.array([run.begin_ns for run in runs], np.int64),
        np.array([run.end_ns for run in runs], np.int64),
        np.full(len(runs), -1),
    )
