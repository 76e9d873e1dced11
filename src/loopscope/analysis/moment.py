"""What everybody was doing at one moment: who ran, who was ready, who waited for what."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from loopscope.analysis.awaiting import Awaited, Waits
from loopscope.analysis.names import TaskNames, short_function
from loopscope.analysis.timeline import Lives, Timeline
from loopscope.analysis.wakes import Cause, Causes
from loopscope.model.kinds import StepEnd, WaitKind, WakeKind
from loopscope.model.location import Location
from loopscope.model.records import LoopInfo
from loopscope.trace.columns import Int64s, Sample


class LoopState(StrEnum):
    """What a loop's thread did."""

    RUNNING = "running"
    """A step or a callback."""
    IDLE = "idle"
    """Nothing was ready: it waited for a timer, I/O or a thread."""
    TURNING = "turning"
    """Between two steps: its own bookkeeping."""
    STOPPED = "stopped"
    """The loop was not running."""


@dataclass(frozen=True, slots=True)
class Running:
    """The step that ran. ``task_id`` is 0 and ``name`` a function for a callback without task.

    ``resumed_at`` is where its last suspension was, None in its first step; ``stops_at`` where
    the next one is, None if the task ends; ``seen_at`` where the watchdog saw it, None if never.
    ``beneath`` names the tasks that were starting this one eagerly, innermost first.
    """

    task_id: int
    name: str
    begin_ns: int
    end_ns: int
    resumed_at: Location | None
    stops_at: Location | None
    seen_at: Location | None
    ends_how: StepEnd
    is_stall: bool
    beneath: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """Something that could have run. ``cause`` is what woke it.

    ``is_noticed`` is False for a timer that was due while the loop was held: it stands in the
    queue only once the loop looks. ``for_task_ids`` are the tasks that a callback went on to
    wake.
    """

    task_id: int
    name: str
    since_ns: int
    until_ns: int
    cause: Cause
    is_noticed: bool
    for_task_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Suspended:
    """A task that waited. ``until_ns`` is None where the recording does not know an end.

    ``others_count`` other tasks waited for the same object; ``held_by`` is the task that gave it
    back next, "" if unknown. ``children_count`` of the tasks this one made were still alive.
    """

    task_id: int
    name: str
    since_ns: int
    until_ns: int | None
    awaited: Awaited
    others_count: int
    held_by: str
    children_count: int


@dataclass(frozen=True, slots=True)
class LoopMoment:
    """One loop at the moment. ``since_ns`` and ``until_ns`` bound its state."""

    loop: LoopInfo
    state: LoopState
    since_ns: int
    until_ns: int
    running: Running | None
    ready: tuple[Ready, ...]
    suspended: tuple[Suspended, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """All loops at one moment; ``origin_ns`` is when the first of them began to run."""

    time_ns: int
    origin_ns: int
    total_ns: int
    loops: tuple[LoopMoment, ...]
    not_yet_count: int
    over_count: int


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
        self.living = (lives.created <= time_ns) & ((lives.ended > time_ns) | (lives.fate == 0))
        self.living &= self.names.visible
        parents = np.minimum(table.parent[self.living], len(table.row_of))
        self.children = np.bincount(parents, minlength=len(table.row_of) + 1)
        # A loop of another thread may have run the task; its home is where it ran first.
        home = np.where(lives.first_step >= 0, lives.first_step, 0)
        empty = not len(self.trace.steps)
        self.home = np.zeros(len(table), np.int64) if empty else self.trace.steps.loop[home]

    def loop(self, number: int) -> LoopMoment:
        """Describe one loop."""
        steps, time = self.trace.steps, self.time
        start, stop = np.searchsorted(steps.loop, (number, number + 1)).tolist()
        begun = start + int(np.searchsorted(steps.begin[start:stop], time, "right"))
        running = None
        if begun > start and steps.end[begun - 1] > time:
            running = self._running(begun - 1)
        state, since, until = self._state(number, begun, running)
        ready = self._ready(begun, stop, running)
        return LoopMoment(
            loop=self.trace.loops.get(number) or LoopInfo(number, "?", "?"),
            state=state,
            since_ns=since,
            until_ns=until,
            running=running,
            ready=tuple(ready),
            suspended=tuple(self._suspended(number, start, begun, stop)),
        )

    def _state(
        self, loop: int, begun: int, running: Running | None
    ) -> tuple[LoopState, int, int]:
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
        return Running(
            task_id=task,
            name=self.names.of(task) if task else short_function(trace.words.location(stack)),
            begin_ns=begin,
            end_ns=end,
            resumed_at=trace.words.user_location(waited) if waited else None,
            stops_at=trace.words.user_location(stack) if task and stack else None,
            seen_at=trace.words.user_location(sample.node) if sample else None,
            ends_how=how,
            is_stall=end - begin >= trace.info.stall_ns,
            beneath=tuple(self._beneath(index)),
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

    def _ready(self, begun: int, stop: int, running: Running | None) -> list[Ready]:
        steps = self.trace.steps
        waiting = steps.ready[begun:stop] <= self.time
        waiting &= steps.wake[begun:stop] != WakeKind.RESUMED
        return [
            one
            for index in (np.flatnonzero(waiting) + begun).tolist()
            if (one := self._ready_one(index, stop)) is not None
        ]

    def _ready_one(self, index: int, stop: int) -> Ready | None:
        steps = self.trace.steps
        task = int(steps.task[index])
        woken = () if task else tuple(self.causes.woken_by(index))
        if task and not self.names.is_visible(task):
            return None
        if not task and not woken and self.causes.is_plumbing(index):
            return None
        noticed = True
        if steps.wake[index] == WakeKind.TIMER:
            noticed = self.causes.turn_begin(index) <= self.time
        place = self.trace.words.location(int(steps.stack[index]))
        return Ready(
            task_id=task,
            name=self.names.of(task) if task else short_function(place),
            since_ns=int(steps.ready[index]),
            until_ns=int(steps.begin[index]),
            cause=self.causes.of(index),
            is_noticed=noticed,
            for_task_ids=woken,
        )

    def _suspended(self, loop: int, start: int, begun: int, stop: int) -> list[Suspended]:
        """Describe the loop's living tasks that neither run nor are ready."""
        steps, table = self.trace.steps, self.trace.tasks
        last = self._step_of_rows(start, begun)
        following = self._step_of_rows(begun, stop, is_first=True)
        rows = np.flatnonzero(self.living & (self.home == loop))
        rows = rows[(last[rows] >= 0) | (table.flags[rows] & 1 > 0)]
        ended_by = np.where(following[rows] >= 0, steps.ready[following[rows]], 1 << 62)
        rows = rows[ended_by > self.time]
        since = np.where(last[rows] >= 0, steps.end[last[rows]], 0)
        stopped = (last[rows] < 0) | (steps.how_end[last[rows]] == StepEnd.SUSPENDED)
        rows = rows[(since <= self.time) & stopped]
        found = [
            self._suspended_one(int(row), int(last[row]), int(following[row])) for row in rows
        ]
        return _count_others([one for one in found if one is not None])

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

    def _suspended_one(self, row: int, last: int, following: int) -> Suspended | None:
        trace = self.trace
        task = int(trace.tasks.id[row])
        origin = int(self.timeline.origin[following]) if following >= 0 else WakeKind.UNKNOWN
        if last >= 0:
            since, node = int(trace.steps.end[last]), int(trace.steps.stack[last])
            thing = int(trace.steps.object[last])
        else:
            known = [one for one in trace.waiting if one.task_id == task]
            if not known or known[0].time_ns > self.time:
                return None
            since, node, thing = known[0].time_ns, known[0].node, known[0].object_id
        awaited = self.waits.describe(node, thing, origin)
        held_by = ""
        if thing and following >= 0 and awaited.kind is WaitKind.LOCK:
            held_by = self._holder(thing)
        return Suspended(
            task_id=task,
            name=self.names.of(task),
            since_ns=since,
            until_ns=int(trace.steps.ready[following]) if following >= 0 else None,
            awaited=awaited,
            others_count=0,
            held_by=held_by,
            children_count=int(self.children[task]) if awaited.kind is WaitKind.TASK else 0,
        )

    def _holder(self, thing: int) -> str:
        """Return who gave an object back next: until then that task had it."""
        steps = self.trace.steps
        later = (self.timeline.wait_object == thing) & (steps.ready > self.time)
        released = np.flatnonzero(later & (steps.wake == WakeKind.STEP) & (steps.waker >= 0))
        if not len(released):
            return ""
        first = released[np.argmin(steps.ready[released])]
        task = int(steps.task[steps.waker[first]])
        return self.names.of(task) if task else ""


def _count_others(waiting: list[Suspended]) -> list[Suspended]:
    from collections import Counter

    together = Counter(one.awaited.object_id for one in waiting if one.awaited.object_id)
    return waiting
