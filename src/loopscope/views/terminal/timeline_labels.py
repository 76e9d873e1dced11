"""The words inside long stretches of the timeline: what is waited for, what held the loop."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from loopscope.analysis.awaiting import Waits
from loopscope.analysis.names import TaskNames
from loopscope.analysis.timeline import Timeline
from loopscope.model.kinds import WakeKind
from loopscope.model.location import Location
from loopscope.trace.columns import Int64s
from loopscope.views.terminal.glyphs import Glyphs
from loopscope.views.terminal.timeline_view import (
    SUSPENDED,
    Intervals,
    State,
    States,
    TimelineView,
)

_LONGEST_CODE = 40


@dataclass(frozen=True)
class _ByRow:
    """Intervals sorted by row, so that those of one row lie together."""

    intervals: Intervals
    order: Int64s
    starts: Int64s

    def of_row(self, row: int) -> Int64s:
        return self.order[self.starts[row] : self.starts[row + 1]]


class Labels:
    """Proposes labels for stretches of equal state.

    Args:
        timeline: What was drawn.
        view: How.
        glyphs: The signs that can be shown.
    """

    def __init__(self, timeline: Timeline, view: TimelineView, glyphs: Glyphs) -> None:
        self._timeline = timeline
        self._trace = timeline.trace
        self._view = view
        self._glyphs = glyphs
        self._describe = Waits(timeline, TaskNames(timeline.trace)).describe

    @cached_property
    def _waits(self) -> _ByRow:
        return _sort(self._view.waits, len(self._view.rows))

    @cached_property
    def _open_waits(self) -> _ByRow:
        return _sort(self._view.open_waits, len(self._view.rows))

    @cached_property
    def _readies(self) -> _ByRow:
        return _sort(self._view.readies, len(self._view.rows))

    @cached_property
    def _stalls(self) -> _ByRow:
        return _sort(self._view.stalls, len(self._view.rows))

    @cached_property
    def _lane_stalls(self) -> _ByRow:
        return _sort(self._view.lane_stalls, len(self._view.lanes))

    def of_row(self, row: int, state: State, first: int, stop: int) -> list[str]:
        """Return the labels that suit a stretch of a task's row, best first."""
        if state in SUSPENDED:
            return self._wait_labels(row, state, first, stop)
        if state is State.READY:
            return self._ready_labels(row, first, stop)
        if state is State.STALL:
            return self._stall_labels(self._stalls, row, first, stop)
        return []

    def of_lane(self, lane: int, state: State, first: int, stop: int) -> list[str]:
        """Return the labels that suit a stretch of a loop's lane, best first."""
        if state is State.STALL:
            return self._stall_labels(self._lane_stalls, lane, first, stop)[-1:]
        return []

    def _overlap(self, own: Int64s, one: Intervals, first: int, stop: int) -> Int64s:
        begin, end = self._view.scale.time(first), self._view.scale.time(stop)
        shared = np.minimum(one.end[own], end) - np.maximum(one.begin[own], begin)
        positive: Int64s = np.maximum(shared, 0)
        return positive

    def _wait_labels(self, row: int, state: State, first: int, stop: int) -> list[str]:
        view, previous = self._view, self._timeline.previous
        ended = self._longest(self._waits, view.wait_states, row, (state, first, stop))
        still = self._longest(self._open_waits, view.open_states, row, (state, first, stop))
        if ended is not None and (still is None or ended[1] >= still[1]):
            step, origin = int(previous[ended[0]]), int(self._timeline.origin[ended[0]])
        elif still is not None and view.open_waits.step is not None:
            step, origin = int(view.open_waits.step[still[0]]), WakeKind.UNKNOWN
        else:
            return []
        if step < 0:
            return []
        steps = self._trace.steps
        awaited = self._describe(int(steps.stack[step]), int(steps.object[step]), origin)
        label = self._glyphs.clean(awaited.label)
        line = awaited.where.line if awaited.where.is_user else 0
        return [f"{label} :{line}", label] if line else [label]

    def _longest(
        self, waits: _ByRow, states: States, row: int, stretch: tuple[State, int, int]
    ) -> tuple[int, int] | None:
        """Return the wait that fills most of a stretch, and how much of it."""
        state, first, stop = stretch
        own = waits.of_row(row)
        own = own[states[own] == state]
        if not len(own):
            return None
        shared = self._overlap(own, waits.intervals, first, stop)
        at = int(shared.argmax())
        return (int(own[at]), int(shared[at])) if shared[at] > 0 else None

    def _ready_labels(self, row: int, first: int, stop: int) -> list[str]:
        if self._view.rows[row].group.count > 1:
            most = round(float(self._view.ready_counts[row, first:stop].max()))
            return [f"up to {most:,} ready", f"{most:,} ready", "ready"] if most > 1 else ["ready"]
        own = self._readies.of_row(row)
        one = self._view.readies
        if not len(own):
            return ["never ran", "ready"]
        at = own[self._overlap(own, one, first, stop).argmax()]
        took = self._glyphs.duration(int(one.end[at] - one.begin[at]))
        return [f"ready for {took}", f"ready {took}", "ready"]

    def _stall_labels(self, stalls: _ByRow, row: int, first: int, stop: int) -> list[str]:
        own = stalls.of_row(row)
        one = stalls.intervals
        shared = self._overlap(own, one, first, stop)
        own = own[shared > 0]
        if not len(own):
            return []
        took = (one.end - one.begin)[own]
        total = self._glyphs.duration(int(took.sum()))
        if len(own) > 1:
            return [f"{total} in {len(own)} stalls", total]
        where = self._seen.get(int(one.step[own[0]])) if one.step is not None else None
        if where is None or not where.line:
            return [total]
        short = f"{total} :{where.line}"
        code = self._glyphs.clean(self._trace.words.source_text(where))
        is_call = code.endswith(")") and len(code) <= _LONGEST_CODE
        return [f"{total} in {code} :{where.line}", short, total] if is_call else [short, total]

    @cached_property
    def _seen(self) -> dict[int, Location]:
        """Where the watchdog saw each stalled step most often."""
        seen: dict[int, Counter[Location]] = {}
        for sample in self._trace.samples:
            place = self._trace.words.user_location(sample.node)
            seen.setdefault(sample.step_index, Counter())[place] += 1
        return {step: places.most_common(1)[0][0] for step, places in seen.items()}


def _sort(intervals: Intervals, rows: int) -> _ByRow:
    drawn = np.flatnonzero(intervals.row >= 0)
    keys = intervals.row[drawn].astype(np.int16)  # NumPy sorts these by radix, much faster
    order = np.argsort(keys, kind="stable")
    starts = np.searchsorted(keys[order], np.arange(rows + 1))
    return _ByRow(intervals, drawn[order], starts)
