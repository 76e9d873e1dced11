"""What everybody was doing at one moment of a recording."""

from collections import Counter

import numpy as np

from loopscope.analysis.awaiting import Waits
from loopscope.analysis.moment_parts import (
    LoopMoment,
    LoopState,
    Moment,
    Ready,
    Running,
    Suspended,
)
from loopscope.analysis.names import TaskNames, short_function
from loopscope.analysis.timeline import Lives, Timeline
from loopscope.analysis.wakes import Causes
from loopscope.model.kinds import StepEnd, WaitKind, WakeKind
from loopscope.model.records import LoopInfo
from loopscope.trace.columns import Int64s, Sample

_NEVER = 1 << 62


def moment_at(timeline: Timeline, lives: Lives, time_ns: int) -> Moment:
    """Return what everybody was doing at a time of the trace's clock.

    Args:
        timeline: The timeline.
        lives: Its tasks' lives.
        time_ns: The time since the recording began, as in all columns. People count from
            ``trace.begin_ns``.
    """
    trace = timeline.trace
    finder = _Finder(timeline, lives, time_ns)
    visible = finder.names.visible
    return Moment(
        time_ns=time_ns,
        origin_ns=trace.begin_ns,
        total_ns=trace.total_ns,
        loops=tuple(finder.loop(number) for number in sorted({run.loop for run in trace.runs})),
        not_yet_count=int((visible & (lives.created > time_ns)).sum()),
        over_count=int((visible & (lives.ended <= time_ns) & (lives.fate > 0)).sum()),
    )


class _Finder:
    """Answers for one moment."""

    def __init__(self, timeline: Timeline, lives: Lives, time_ns: int) -> None:
        self.timeline = timeline
        self.lives = lives
        self.time = time_ns
        self.trace = timeline.trace
        self.names = TaskNames(self.trace)
        self.waits = Waits(timeline, self.names)
        self.causes = Causes(timeline, self.names)
        table = self.trace.tasks
        self._holders: dict[int, str] = {}
        self.living = (lives.created <= time_ns) & ((lives.ended > time_ns) | (lives.fate == 0))
        self.living &= self.names.visible
        parents = np.minimum(table.parent[self.living], len(table.row_of))
        self.children = np.bincount(parents, minlength=len(table.row_of) + 1)
        self.home = self._homes()

    def _homes(self) -> Int64s:
        """Return each task's loop: that of its first step, else the first loop of all."""
        first = self.lives.first_step
        fallback = min((run.loop for run in self.trace.runs), default=0)
        return self._at(self.trace.steps.loop, first, fallback).astype(np.int64)

    def loop(self, number: int) -> LoopMoment:
        """Describe one loop."""
        steps, time = self.trace.steps, self.time
        start, stop = np.searchsorted(steps.loop, (number, number + 1)).tolist()
        begun = start + int(np.searchsorted(steps.begin[start:stop], time, "right"))
        running = None
        if begun > start and steps.end[begun - 1] > time:
            running = self._running(begun - 1)
        state, since, until = self._state(number, begun, running)
        ready = tuple(self._ready(begun, stop))
        due = {one.task_id for one in ready}
        waiting = self._suspended(number, start, begun, stop)
        return LoopMoment(
            loop=self.trace.loops.get(number) or LoopInfo(number, "?", "?"),
            state=state,
            since_ns=since,
            until_ns=until,
            running=running,
            ready=ready,
            suspended=tuple(one for one in waiting if one.task_id not in due),
        )

    def _state(self, loop: int, begun: int, running: Running | None) -> tuple[LoopState, int, int]:
        if running is not None:
            return LoopState.RUNNING, running.begin_ns, running.end_ns
        runs = [run for run in self.trace.runs if run.loop == loop]
        for run in runs:
            if run.begin_ns <= self.time < run.end_ns:
                return self._between(loop, begun)
        before = max((run.end_ns for run in runs if run.end_ns <= self.time), default=0)
        after = [run.begin_ns for run in runs if run.begin_ns > self.time]
        return LoopState.STOPPED, before, min(after, default=max(self.trace.info.end_ns, before))

    def _between(self, loop: int, begun: int) -> tuple[LoopState, int, int]:
        turns, steps = self.trace.turns, self.trace.steps
        first, last = np.searchsorted(turns.loop, (loop, loop + 1)).tolist()
        at = first + int(np.searchsorted(turns.idle_begin[first:last], self.time, "right")) - 1
        if at >= first and self.time < turns.idle_end[at]:
            return LoopState.IDLE, int(turns.idle_begin[at]), int(turns.idle_end[at])
        same_before = begun > 0 and steps.loop[begun - 1] == loop
        same_after = begun < len(steps) and steps.loop[begun] == loop
        before = int(steps.end[begun - 1]) if same_before else self.time
        after = int(steps.begin[begun]) if same_after else self.time
        return LoopState.TURNING, before, after

    def _running(self, index: int) -> Running:
        trace = self.trace
        steps = trace.steps
        task = int(steps.task[index])
        begin, end = int(steps.begin[index]), int(steps.end[index])
        how = StepEnd(int(steps.how_end[index]))
        stack, waited = int(steps.stack[index]), int(self.timeline.wait_stack[index])
        sample = self._sample(index)
        seen = trace.words.user_location(sample.node) if sample else None
        wakes = self.causes.woken_by(index) if self.causes.is_plumbing(index) else []
        return Running(
            task_id=task,
            name=self.names.of(task) if task else short_function(trace.words.location(stack)),
            begin_ns=begin,
            end_ns=end,
            resumed_at=trace.words.user_location(waited) if waited else None,
            stops_at=trace.words.user_location(stack) if task and stack else None,
            seen_at=seen,
            seen_code=trace.words.source_text(seen) if seen else "",
            ends_how=how,
            is_stall=end - begin >= trace.info.stall_ns,
            beneath=tuple(self._beneath(index)),
            wakes=tuple(map(self.names.of, wakes)),
        )

    def _sample(self, index: int) -> Sample | None:
        """Return the sample of a step that was taken nearest to the moment."""
        taken = [sample for sample in self.trace.samples if sample.step_index == index]
        return min(taken, key=lambda sample: abs(sample.time_ns - self.time), default=None)

    def _beneath(self, index: int) -> list[str]:
        steps = self.trace.steps
        names: list[str] = []
        while steps.wake[index] == WakeKind.RESUMED and self.timeline.previous[index] < 0:
            index = int(steps.waker[index])
            if index < 0 or steps.how_end[index] != StepEnd.INTERRUPTED:
                break
            names.append(self.names.of(int(steps.task[index])))
        return names

    def _ready(self, begun: int, stop: int) -> list[Ready]:
        steps = self.trace.steps
        waiting = steps.ready[begun:stop] <= self.time
        waiting &= steps.wake[begun:stop] != WakeKind.RESUMED
        indexes = (np.flatnonzero(waiting) + begun).tolist()
        return [one for index in indexes for one in self._ready_by(index)]

    def _ready_by(self, index: int) -> list[Ready]:
        """Describe what a waiting step stands for: asyncio's own callbacks for what they wake."""
        steps = self.trace.steps
        task = int(steps.task[index])
        if task:
            who = [(task, self.names.of(task))] if self.names.is_visible(task) else []
        elif self.causes.is_plumbing(index):
            who = [(one, self.names.of(one)) for one in self.causes.woken_by(index)]
        else:
            place = self.trace.words.location(int(steps.stack[index]))
            who = [(0, short_function(place))]
        by_timer = steps.wake[index] == WakeKind.TIMER
        return [
            Ready(
                task_id=task_id,
                name=name,
                since_ns=int(steps.ready[index]),
                until_ns=int(steps.begin[index]),
                cause=self.causes.of(index),
                is_noticed=not by_timer or self.causes.turn_begin(index) <= self.time,
            )
            for task_id, name in who
        ]

    def _suspended(self, loop: int, start: int, begun: int, stop: int) -> list[Suspended]:
        """Describe the loop's living tasks that neither run nor are ready."""
        steps, trace = self.trace.steps, self.trace
        last = self._step_of_rows(start, begun)
        following = self._step_of_rows(begun, stop, is_first=True)
        rows = np.flatnonzero(self.living & (self.home == loop))
        woken = self._at(steps.ready, following[rows], _NEVER)
        is_over = (last[rows] >= 0) & (self._at(steps.how_end, last[rows], 0) > 0)
        rows = rows[
            (woken > self.time) & ~is_over & (self._at(steps.end, last[rows], 0) <= self.time)
        ]
        places = {one.task_id: one for one in trace.waiting if one.time_ns <= self.time}
        found = []
        for row in rows.tolist():
            before, known = int(last[row]), places.get(int(trace.tasks.id[row]))
            if before >= 0:
                since, node = int(steps.end[before]), int(steps.stack[before])
                found.append((row, since, node, int(steps.object[before]), int(following[row])))
            elif known is not None:
                found.append((row, known.time_ns, known.node, known.object_id, int(following[row])))
        counts = Counter(thing for _, _, _, thing, _ in found)
        return [self._suspended_one(one, counts[one[3]] - 1) for one in found]

    @staticmethod
    def _at(column: np.ndarray, index: Int64s, otherwise: int) -> np.ndarray:
        """Return the values of a column, or another value where an index is -1."""
        return (
            np.where(index >= 0, column[index], otherwise)
            if len(column)
            else np.full(len(index), otherwise)
        )

    def _step_of_rows(self, start: int, stop: int, *, is_first: bool = False) -> Int64s:
        """Return each task's last (or first) step within a range of steps, -1 for none."""
        table = self.trace.tasks
        tasks = self.trace.steps.task[start:stop]
        own = np.flatnonzero((tasks > 0) & (tasks < len(table.row_of)))
        rows = table.row_of[tasks[own]]
        own, rows = own[rows >= 0], rows[rows >= 0]
        found = np.full(len(table), -1, np.int64)
        order = slice(None, None, -1) if is_first else slice(None)
        found[rows[order]] = own[order] + start
        return found

    def _suspended_one(self, place: tuple[int, int, int, int, int], others_count: int) -> Suspended:
        row, since, node, thing, following = place
        trace = self.trace
        task = int(trace.tasks.id[row])
        origin = int(self.timeline.origin[following]) if following >= 0 else WakeKind.UNKNOWN
        awaited = self.waits.describe(node, thing, origin)
        is_lock = bool(thing) and awaited.kind is WaitKind.LOCK
        return Suspended(
            task_id=task,
            name=self.names.of(task),
            since_ns=since,
            until_ns=int(trace.steps.ready[following]) if following >= 0 else None,
            awaited=awaited,
            others_count=others_count if thing else 0,
            held_by=self._holder(thing) if is_lock else "",
            children_count=int(self.children[task]) if awaited.kind is WaitKind.TASK else 0,
        )

    def _holder(self, thing: int) -> str:
        """Return who gave an object back next: until then that task had it."""
        if thing not in self._holders:
            self._holders[thing] = self._find_holder(thing)
        return self._holders[thing]

    def _find_holder(self, thing: int) -> str:
        steps = self.trace.steps
        later = (self.timeline.wait_object == thing) & (steps.ready > self.time)
        released = np.flatnonzero(later & (steps.wake == WakeKind.STEP) & (steps.waker >= 0))
        if not len(released):
            return ""
        first = released[np.argmin(steps.ready[released])]
        task = int(steps.task[steps.waker[first]])
        return self.names.of(task) if task else ""
