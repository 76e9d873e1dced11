"""Tells what the loops did, step by step, in words: turn by turn, so that a reader may stop."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from heapq import merge

import numpy as np

from loopscope.analysis.events import Duration, Event, EventKind, Piece
from loopscope.analysis.narrative_steps import StepTeller, Turn
from loopscope.analysis.timeline import Lives, Timeline
from loopscope.model.kinds import WakeKind
from loopscope.trace.columns import Int64s, LoopRun

_LEAST_IDLE_NS = 50_000
"""A look for I/O takes some time also where it does not wait."""
_WAKE_DEPTH = 3
"""Through the callbacks that woke a task, to the step that did."""
_ENDS_IDLE = {
    WakeKind.TIMER: "until a timer is due",
    WakeKind.IO: "until there is I/O",
    WakeKind.THREAD: "until a thread reports",
}


def narrate(timeline: Timeline, lives: Lives, *, task_id: int | None = None) -> Iterator[Event]:
    """Tell what happened, in order of time.

    Args:
        timeline: The timeline.
        lives: Its tasks' lives.
        task_id: Tell only what this task does and what happens to it.
    """
    loops = sorted({run.loop for run in timeline.trace.runs})
    teller = StepTeller(timeline, names_loops=len(loops) > 1)
    told = (_Loop(teller, lives, loop, task_id).tell() for loop in loops)
    return merge(*told, key=lambda event: event.time_ns)


class _Loop:
    """Tells what one loop did."""

    def __init__(self, teller: StepTeller, lives: Lives, loop: int, task_id: int | None) -> None:
        self._teller = teller
        self._lives = lives
        self._loop = loop
        self._task = task_id
        self._trace = teller.trace
        turns, steps = self._trace.turns, self._trace.steps
        self._first_turn, self._last_turn = np.searchsorted(turns.loop, (loop, loop + 1)).tolist()
        self._first_step, self._last_step = np.searchsorted(steps.loop, (loop, loop + 1)).tolist()
        self._runs = [run for run in self._trace.runs if run.loop == loop]
        self._clock = 0

    def tell(self) -> Iterator[Event]:
        """Tell the events, or those of the task that is told."""
        for event in self._events():
            if self._task is None or event.concerns(self._task):
                yield event

    def _events(self) -> Iterator[Event]:
        runs = iter(self._runs)
        run = next(runs, None)
        begun: LoopRun | None = None
        for turn in self._turns():
            while run is not None and run.stop_step <= turn.start and run.end_ns <= turn.begin_ns:
                yield from self._told(self._run_ends(run))
                run = next(runs, None)
            if run is not None and run is not begun and run.first_step == turn.start:
                begun = run
                yield from self._told(self._run_begins(run))
            yield from self._told(self._turn(turn))
        while run is not None:
            yield from self._told(self._run_ends(run))
            run = next(runs, None)

    def _told(self, events: Iterable[Event]) -> Iterator[Event]:
        """Pass events on; clocks of several threads may differ, the order of a loop is known."""
        for event in events:
            if event.time_ns >= self._clock:
                self._clock = event.time_ns
                yield event
            else:
                yield replace(
                    event,
                    time_ns=self._clock,
                    since_start_ns=event.since_start_ns + self._clock - event.time_ns,
                )

    def _turns(self) -> Iterator[Turn]:
        """Return the turns; with a task, those in which it plays a part."""
        turns = self._trace.turns
        first, last = self._first_turn, self._last_turn
        if first == last:
            yield Turn(self._loop, self._first_step, self._last_step, 0, 0)
            return
        if turns.first_step[first] > self._first_step:
            begin = int(self._trace.steps.begin[self._first_step])
            yield Turn(self._loop, self._first_step, int(turns.first_step[first]), begin, begin)
        for at in self._chosen_turns():
            stop = int(turns.first_step[at + 1]) if at + 1 < last else self._last_step
            yield Turn(
                self._loop,
                int(turns.first_step[at]),
                stop,
                int(turns.idle_begin[at]),
                int(turns.idle_end[at]),
            )

    def _chosen_turns(self) -> Iterable[int]:
        if self._task is None:
            return range(self._first_turn, self._last_turn)
        steps, turns = self._trace.steps, self._trace.turns
        own = self._own_steps()
        is_own = np.zeros(len(steps), bool)
        is_own[own] = True
        related = [own, np.flatnonzero(is_own[steps.waker] & (steps.waker >= 0))]
        for _ in range(_WAKE_DEPTH):
            own = steps.waker[own][steps.waker[own] >= 0].astype(np.int64)
            related.append(own)
        steps_told = np.unique(np.concatenate(related))
        steps_told = steps_told[(steps_told >= self._first_step) & (steps_told < self._last_step)]
        chosen = np.unique(np.searchsorted(turns.first_step, steps_told, "right") - 1)
        told: list[int] = chosen[chosen >= self._first_turn].tolist()
        return told

    def _own_steps(self) -> Int64s:
        """Return the steps of the task that is told."""
        row = np.flatnonzero(self._trace.tasks.id == self._task)
        if not len(row) or self._lives.first_step[row[0]] < 0:
            return np.empty(0, np.int64)
        first, last = int(self._lives.first_step[row[0]]), int(self._lives.last_step[row[0]])
        own: Int64s = np.flatnonzero(self._trace.steps.task[first : last + 1] == self._task) + first
        return own

    def _run_begins(self, run: LoopRun) -> Iterator[Event]:
        if self._teller.is_internal(run):
            return
        pieces: list[Piece] = ["starts" if run == self._runs[0] else "runs again"]
        yield self._teller.loop_event(run.begin_ns, EventKind.LOOP_STARTS, self._loop, pieces)
        yield from self._teller.woken_outside(run)

    def _run_ends(self, run: LoopRun) -> Iterator[Event]:
        took = run.end_ns - run.begin_ns
        if not self._teller.is_internal(run):
            pieces: list[Piece] = ["stops"]
        elif took >= self._trace.info.stall_ns:
            pieces = ["was kept from closing for ", Duration(took), " by worker threads"]
        else:
            return
        yield self._teller.loop_event(run.end_ns, EventKind.LOOP_STOPS, self._loop, pieces)

    def _is_internal(self, turn: Turn) -> bool:
        at = bisect_right(self._runs, turn.start, key=lambda run: run.first_step) - 1
        return at >= 0 and self._teller.is_internal(self._runs[at])

    def _turn(self, turn: Turn) -> Iterator[Event]:
        steps = self._trace.steps
        window = slice(turn.start, turn.stop)
        waited = turn.idle_end_ns - turn.begin_ns
        nothing_ready = turn.start == turn.stop or steps.ready[window].min() > turn.begin_ns
        if waited >= _LEAST_IDLE_NS and nothing_ready and not self._is_internal(turn):
            woke = WakeKind(int(steps.wake[turn.start])) if turn.start < turn.stop else None
            until = _ENDS_IDLE.get(woke) if woke is not None else None
            pieces: list[Piece] = ["has nothing ready: waits ", Duration(waited)]
            if until:
                pieces.append(f", {until}")
            yield self._teller.loop_event(turn.begin_ns, EventKind.IDLE, self._loop, pieces)
        yield from self._teller.tell_turn(turn)
