"""Tells the steps of a turn: who begins, what it creates and wakes, and how the step ends."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numpy as np

from loopscope.analysis.awaiting import Waits
from loopscope.analysis.events import Code, Duration, Event, EventKind, Piece, Who
from loopscope.analysis.names import TaskNames, plain_function, short_function
from loopscope.analysis.narrative_words import (
    Wake,
    end_pieces,
    people,
    suspension_pieces,
    wake_pieces,
)
from loopscope.analysis.timeline import Timeline
from loopscope.analysis.wait_kinds import KINDS
from loopscope.analysis.wakes import Cause, Causes
from loopscope.model.kinds import StepEnd, WaitKind, WakeKind
from loopscope.model.location import Location
from loopscope.model.records import Failure
from loopscope.trace.columns import LoopRun

_WORTH_TELLING_NS = 5_000_000
_LONGEST_CALL = 40
_LONGEST_INTERNAL_RUN = 1_000


@dataclass(frozen=True, slots=True)
class Turn:
    """The steps of one turn of a loop, and the look for timers and I/O before them."""

    loop: int
    start: int
    stop: int
    begin_ns: int
    idle_end_ns: int


class StepTeller:
    """Tells steps.

    Args:
        timeline: The timeline.
        names_loops: Whether there are several loops, so that each needs its number.
    """

    def __init__(self, timeline: Timeline, *, names_loops: bool) -> None:
        self.trace = timeline.trace
        self._timeline = timeline
        self._names_loops = names_loops
        self._names = TaskNames(self.trace)
        self._waits = Waits(timeline, self._names)
        self._causes = Causes(timeline, self._names)
        self._origin = self.trace.begin_ns
        self._internal_runs: dict[LoopRun, bool] = {}

    @cached_property
    def _failures(self) -> dict[int, Failure]:
        return {failure.task_id: failure for failure in self.trace.failures}

    @cached_property
    def _seen(self) -> dict[int, Counter[Location]]:
        """Where the watchdog saw each step that took too long."""
        seen: dict[int, Counter[Location]] = {}
        for sample in self.trace.samples:
            place = self.trace.words.user_location(sample.node)
            seen.setdefault(sample.step_index, Counter())[place] += 1
        return seen

    def loop_event(
        self, time_ns: int, kind: EventKind, loop: int, pieces: Sequence[Piece]
    ) -> Event:
        """Return an event of the loop itself."""
        actor = f"loop {loop}" if self._names_loops else "loop"
        return Event(time_ns, time_ns - self._origin, kind, loop, actor, 0, tuple(pieces))

    def is_internal(self, run: LoopRun) -> bool:
        """Whether a loop ran only to be shut down by ``asyncio.run``."""
        known = self._internal_runs.get(run)
        if known is None:
            tasks = self.trace.steps.task[run.first_step : run.stop_step]
            tasks = tasks[tasks > 0][:_LONGEST_INTERNAL_RUN]
            known = len(tasks) > 0 and not any(map(self._names.is_visible, tasks.tolist()))
            self._internal_runs[run] = known
        return known

    def woken_outside(self, run: LoopRun) -> Iterator[Event]:
        """Tell which tasks are ready when a loop begins to run."""
        steps = self.trace.steps
        stop = min(run.stop_step, self._causes.stop_of_turn(run.first_step))
        window = slice(run.first_step, stop)
        woken = np.flatnonzero(steps.wake[window] == WakeKind.OUTSIDE) + run.first_step
        for index in woken.tolist():
            task = int(steps.task[index])
            if not task or not self._names.is_visible(task):
                continue
            creator = self.trace.task(task).creator
            pieces: list[Piece] = ["is ready"]
            if steps.how_end[index] == StepEnd.CANCELLED:
                pieces = ["is cancelled, since the loop is about to close"]
            elif self._timeline.previous[index] < 0 and creator is not None:
                pieces = ["is created at ", creator, " and ready"]
            kind = EventKind.CREATES if self._timeline.previous[index] < 0 else EventKind.WAKES
            yield self._event(run.begin_ns, kind, index, self._names.of(task), pieces, task=task)

    def tell_turn(self, turn: Turn) -> Iterator[Event]:
        """Tell the steps of a turn."""
        woken = self._woken_in(turn)
        wakes: list[Wake] = []
        for index in range(turn.start, turn.stop):
            if not self._is_told(index):
                wakes += self._wakes(woken[index])
                continue
            yield from self._told_wakes(wakes)
            wakes = []
            yield from self._step(index, woken[index])
        yield from self._told_wakes(wakes)

    def _woken_in(self, turn: Turn) -> defaultdict[int, list[int]]:
        """Return the steps that each step of a turn woke."""
        woken: defaultdict[int, list[int]] = defaultdict(list)
        if turn.start < turn.stop:
            stop = self._causes.stop_of_next_turn(turn.stop - 1)
            wakers = self.trace.steps.waker[turn.start : stop]
            own = np.flatnonzero((wakers >= turn.start) & (wakers < turn.stop))
            for index, waker in zip(own.tolist(), wakers[own].tolist(), strict=True):
                woken[waker].append(index + turn.start)
        return woken

    def _is_told(self, index: int) -> bool:
        """Whether a step is told at all; asyncio's callbacks only by what they wake."""
        steps = self.trace.steps
        task = int(steps.task[index])
        if task:
            return self._names.is_visible(task)
        if steps.end[index] - steps.begin[index] >= self.trace.info.stall_ns:
            return True
        return not self._causes.is_plumbing(index)

    def _step(self, index: int, woken: list[int]) -> Iterator[Event]:
        steps = self.trace.steps
        task = int(steps.task[index])
        actor = self._names.of(task) if task else "callback"
        pieces = self._begin_pieces(index) if task else self._callback_pieces(index)
        begin, end = int(steps.begin[index]), int(steps.end[index])
        yield self._event(begin, EventKind.RUNS, index, actor, pieces, task=task)
        wakes = self._wakes(woken)
        how = StepEnd(int(steps.how_end[index]))
        by_end = [wake for wake in wakes if how.is_final and wake.awaited.kind is WaitKind.TASK]
        during = [wake for wake in wakes if wake not in by_end]
        mids = [*self._creations(index, actor, woken), *self._told_wakes(during)]
        yield from sorted(mids, key=lambda event: event.time_ns)
        if end - begin >= self.trace.info.stall_ns:
            pieces = self._stall_pieces(index)
            yield self._event(end, EventKind.STALLS, index, actor, pieces, task=task)
        if task:
            yield from self._end(index, how, actor)
        yield from self._told_wakes(by_end)

    def _begin_pieces(self, index: int) -> list[Piece]:
        steps, timeline = self.trace.steps, self._timeline
        late = int(steps.begin[index] - timeline.due[index])
        ready: list[Piece] = [Duration(late)] if late >= _WORTH_TELLING_NS else []
        if timeline.wait_begin[index] >= 0:
            wait = int(timeline.due[index] - timeline.wait_begin[index])
            where = self.trace.words.user_location(int(timeline.wait_stack[index]))
            pieces: list[Piece] = ["resumes at ", where, " after ", Duration(wait)]
            return [*pieces, " suspended and ", *ready, " ready"] if ready else pieces
        if timeline.previous[index] >= 0:
            return ["goes on"]
        place = self.trace.task(int(steps.task[index])).coroutine
        pieces = ["begins ", Code(f"{plain_function(place)}()")]
        pieces += [" at ", place] if place.line else []
        return [*pieces, " after ", *ready, " ready"] if ready else pieces

    def _callback_pieces(self, index: int) -> list[Piece]:
        place = self.trace.words.location(int(self.trace.steps.stack[index]))
        cause = self._causes.of(index)
        pieces: list[Piece] = [Code(f"{plain_function(place)}()"), " runs"]
        if place.line:
            pieces += [" at ", place]
        if cause.name:
            return [*pieces, ", asked for by ", Who(cause.task_id, cause.name)]
        reasons = {WakeKind.TIMER: ", a timer is due", WakeKind.IO: ", I/O arrives"}
        return [*pieces, reasons.get(cause.kind, "")]

    def _creations(self, index: int, actor: str, woken: list[int]) -> Iterator[Event]:
        """Tell the tasks that a step created, those of one coroutine and line together."""
        trace = self.trace
        new = [one for one in woken if self._is_first(one)]
        tasks = [trace.task(int(trace.steps.task[one])) for one in new]
        for _, group in groupby(
            zip(new, tasks, strict=True), lambda pair: (pair[1].coroutine, pair[1].creator)
        ):
            pairs = list(group)
            first, made = pairs[0]
            pieces: list[Piece] = ["creates "]
            who = [Who(task.id, self._names.of(task.id)) for _, task in pairs]
            if len(pairs) > 1:
                count = f"{len(pairs):,} tasks of "
                pieces += [count, Code(f"{short_function(made.coroutine)}()"), ": "]
            pieces += people(who)
            if made.creator is not None:
                pieces += [" at ", made.creator]
            time = int(trace.steps.ready[first])
            others = tuple(one.task_id for one in who)
            yield self._event(time, EventKind.CREATES, index, actor, pieces, others=others)

    def _is_first(self, index: int) -> bool:
        task = int(self.trace.steps.task[index])
        is_new = bool(task) and self._timeline.wait_begin[index] < 0
        queued = self.trace.steps.wake[index] == WakeKind.STEP
        return is_new and bool(queued) and self._names.is_visible(task)

    def _wakes(self, woken: list[int]) -> list[Wake]:
        """Return which waiting tasks some steps woke."""
        waits = self._timeline.wait_begin
        return [
            self._wake(index, task)
            for index in woken
            if waits[index] >= 0
            and (task := int(self.trace.steps.task[index]))
            and self._names.is_visible(task)
            and KINDS[self._timeline.wait_kind[index]] is not WaitKind.YIELD
        ]

    def _wake(self, index: int, task: int) -> Wake:
        timeline, steps = self._timeline, self.trace.steps
        awaited = self._waits.describe(
            int(timeline.wait_stack[index]),
            int(timeline.wait_object[index]),
            int(timeline.origin[index]),
        )
        cause = self._causes.of(index)
        waker = int(steps.waker[index])
        place = self.trace.words.location(int(steps.stack[waker]))
        if cause.kind is WakeKind.STEP and not steps.task[waker] and not cause.is_end:
            # Told by the callback: itself, or one of the program's that it stands for.
            function = place if self._causes.is_plumbing(waker) else None
            cause = Cause(cause.kind, cause.due_ns, function=function)
        by_timer = cause.kind is WakeKind.TIMER
        is_cancelled = bool(steps.how_end[index] == StepEnd.CANCELLED)
        return Wake(
            time_ns=int(steps.ready[index]),
            cause=cause,
            awaited=awaited,
            who=Who(task, self._names.of(task)),
            step=waker,
            late_ns=int(steps.ready[index] - timeline.due[index]),
            cancels=is_cancelled or (awaited.label == "sleep" and not by_timer),
            is_timeout=by_timer and place.function.startswith("Timeout."),
            by_failure=cause.is_end and cause.task_id in self._failures,
        )

    def _told_wakes(self, wakes: list[Wake]) -> Iterator[Event]:
        for _, group in groupby(wakes, lambda wake: wake.key):
            same = list(group)
            first = same[0]
            yield self._event(
                first.time_ns,
                EventKind.WAKES,
                first.step,
                first.actor,
                wake_pieces(same, self.trace.info.stall_ns),
                task=first.cause.task_id,
                others=tuple(wake.who.task_id for wake in same),
            )

    def _stall_pieces(self, index: int) -> list[Piece]:
        steps = self.trace.steps
        begin, end = int(steps.begin[index]), int(steps.end[index])
        pieces: list[Piece] = ["has held the loop for ", Duration(end - begin)]
        seen = self._seen.get(index)
        if seen:
            where = seen.most_common(1)[0][0]
            code = self.trace.words.source_text(where)
            pieces += (
                [" in ", Code(code)] if code.endswith(")") and len(code) <= _LONGEST_CALL else []
            )
            pieces += [" at ", where]
        # Whoever a timer woke runs two turns later: the callback of the timer comes before it.
        stop = self._causes.stop_of_next_turn(self._causes.stop_of_next_turn(index) - 1)
        window = slice(index + 1, stop)
        late = (self._timeline.due[window] < end) & (steps.loop[window] == steps.loop[index])
        tasks = set(steps.task[window][late].tolist()) - {0, int(steps.task[index])}
        if tasks:
            others = "1 other task was" if len(tasks) == 1 else f"{len(tasks):,} other tasks were"
            pieces.append(f"; {others} ready meanwhile")
        return pieces

    def _end(self, index: int, how: StepEnd, actor: str) -> Iterator[Event]:
        steps = self.trace.steps
        task, time = int(steps.task[index]), int(steps.end[index])
        if how.is_final:
            pieces = end_pieces(how, self._failures.get(task))
            yield self._event(time, EventKind.ENDS, index, actor, pieces, task=task)
        elif how is StepEnd.INTERRUPTED:
            if index + 1 == len(steps):  # the recording was ended inside this step
                return
            started = int(steps.task[index + 1])
            who = Who(started, self._names.of(started))
            pieces = ["creates ", who, ", which begins at once (an eager task)"]
            kind = EventKind.CREATES
            yield self._event(time, kind, index, actor, pieces, task=task, others=(started,))
        else:
            pieces = suspension_pieces(self._waits.after_step(index))
            yield self._event(time, EventKind.SUSPENDS, index, actor, pieces, task=task)

    def _event(  # noqa: PLR0913 - the parts of an event, called from ten places
        self,
        time_ns: int,
        kind: EventKind,
        index: int,
        actor: str,
        pieces: Sequence[Piece],
        *,
        task: int | None = None,
        others: tuple[int, ...] = (),
    ) -> Event:
        steps = self.trace.steps
        own = int(steps.task[index]) if task is None else task
        loop = int(steps.loop[index])
        since = time_ns - self._origin
        return Event(time_ns, since, kind, loop, actor, own, tuple(pieces), others, index)
