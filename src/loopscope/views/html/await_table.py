"""A table of what tasks wait for, each kind of wait at each place once, and which step began it."""

from dataclasses import dataclass

import numpy as np

from loopscope.analysis.awaiting import Awaited, Waits
from loopscope.analysis.names import TaskNames
from loopscope.analysis.timeline import Timeline
from loopscope.analysis.wait_kinds import KINDS, wait_kind_column
from loopscope.model.kinds import StepEnd, WakeKind
from loopscope.trace.columns import Int64s, Trace
from loopscope.views.html.places import PlaceTable, clip

MOST_BY_OBJECT = 20_000
"""With more different waits than this, waits for different tasks at one line share an entry."""


@dataclass(frozen=True)
class AwaitTable:
    """What tasks wait for.

    ``what`` has for each step the entry of the suspension that begins at its end, 0 for none; for
    a step of no task the number of its place. ``waiting`` are the suspensions older than the
    recording: task row, since when, entry.
    """

    rows: list[list[object]]
    what: Int64s
    waiting: list[tuple[int, int, int]]


def await_table(timeline: Timeline, names: TaskNames, places: PlaceTable) -> AwaitTable:
    """Make the table of a timeline."""
    trace = timeline.trace
    waits = Waits(timeline, names)
    what = np.zeros(len(trace.steps), np.int64)
    rows: list[list[object]] = [["", "", "", 0, 0, "", []]]
    is_task = trace.tasks.rows(trace.steps.task) >= 0
    is_wait = (trace.steps.how_end == StepEnd.SUSPENDED) & (trace.steps.stack > 0)
    begun = np.flatnonzero(is_wait & is_task)
    first, which = _unique_waits(timeline, waits, begun)
    what[begun] = which + 1
    for index in begun[first].tolist():
        node = int(trace.steps.stack[index])
        rows.append(_row(trace, waits.after_step(index), node, places))
    calls = np.flatnonzero(~is_task)
    nodes, inverse = np.unique(trace.steps.stack[calls], return_inverse=True)
    numbers = [places.add(trace.words.location(int(node))) for node in nodes.tolist()]
    what[calls] = np.array(numbers, np.int64)[inverse] if len(nodes) else 0
    return AwaitTable(rows, what, _waiting(trace, waits, rows, places))


def _unique_waits(timeline: Timeline, waits: Waits, begun: Int64s) -> tuple[Int64s, Int64s]:
    """Return one of each kind of wait (positions in ``begun``), and which kind each is of."""
    trace = timeline.trace
    stack, things = trace.steps.stack[begun], trace.steps.object[begun]
    following = waits.next_step[begun]
    unknown = np.full(len(begun), WakeKind.UNKNOWN, np.uint8)
    kind = wait_kind_column(trace, timeline.kinds, stack, things, unknown)
    over = following >= 0
    kind[over] = timeline.wait_kind[following[over]]
    line = stack.astype(np.int64) * len(KINDS) + kind
    named = np.where(_named(timeline, things), things.astype(np.int64), 0)
    keys = line * (int(named.max(initial=0)) + 1) + named
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)
    if len(first) > MOST_BY_OBJECT:
        _, first, which = np.unique(line, return_index=True, return_inverse=True)
    return first.astype(np.int64), which.astype(np.int64)


def _named(timeline: Timeline, things: np.ndarray) -> np.ndarray:
    """Return which waits are for a task or a gathering, the only things a label names."""
    is_task = timeline.trace.tasks.rows(things) >= 0
    gatherings = np.array(sorted(timeline.kinds.gatherings), np.int64)
    return (things > 0) & (is_task | np.isin(things, gatherings))


def _waiting(
    trace: Trace, waits: Waits, rows: list[list[object]], places: PlaceTable
) -> list[tuple[int, int, int]]:
    """Describe the suspensions that were there when the recording began."""
    found = []
    for one in trace.waiting:
        row_of = trace.tasks.row_of
        row = int(row_of[one.task_id]) if 0 <= one.task_id < len(row_of) else -1
        if row >= 0:
            awaited = waits.describe(one.node, one.object_id, WakeKind.UNKNOWN)
            rows.append(_row(trace, awaited, one.node, places))
            found.append((row, one.time_ns - trace.begin_ns, len(rows) - 1))
    return found


def _row(trace: Trace, awaited: Awaited, node: int, places: PlaceTable) -> list[object]:
    return [
        awaited.kind.value,
        clip(awaited.label),
        clip(awaited.phrase),
        places.add(awaited.where),
        places.add(awaited.caller),
        clip(awaited.code),
        [places.add(place) for place in trace.words.stack(node)],
    ]
