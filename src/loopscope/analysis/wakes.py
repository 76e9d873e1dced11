"""Who woke a step, in terms a person knows: a task, a timer, I/O, a thread; not a callback."""

from dataclasses import dataclass

import numpy as np

from loopscope.analysis.names import TaskNames
from loopscope.analysis.timeline import LONGEST_CALLBACK_CHAIN, Timeline
from loopscope.model.kinds import Origin, StepEnd, WakeKind
from loopscope.model.location import Location


@dataclass(frozen=True, slots=True)
class Cause:
    """What woke a step, with asyncio's own callbacks in between left out.

    ``task_id`` and ``name`` tell the task that did it, 0 and "" for anything else; ``is_end``
    whether it did so by ending. ``function`` is what a worker thread had to do, or a callback of
    the program. ``due_ns`` is when it happened: the time a timer was due.
    """

    kind: WakeKind
    due_ns: int
    task_id: int = 0
    name: str = ""
    is_end: bool = False
    function: Location | None = None


class Causes:
    """Follows wakes through callbacks.

    Args:
        timeline: The timeline.
        names: How its tasks are called.
    """

    def __init__(self, timeline: Timeline, names: TaskNames) -> None:
        self._timeline = timeline
        self._trace = timeline.trace
        self._names = names

    def is_plumbing(self, index: int) -> bool:
        """Whether a step is a callback of asyncio's own, which only passes a wake on."""
        steps = self._trace.steps
        place = self._trace.words.location(int(steps.stack[index]))
        return not steps.task[index] and place.origin is Origin.STANDARD

    def of(self, index: int) -> Cause:
        """Return what woke a step."""
        steps = self._trace.steps
        due = int(steps.ready[index])
        for _ in range(LONGEST_CALLBACK_CHAIN):
            kind = WakeKind(int(steps.wake[index]))
            waker = int(steps.waker[index])
            if kind is WakeKind.THREAD:
                job = self._trace.jobs.get(int(steps.job[index]))
                return Cause(kind, due, function=job.function if job else None)
            if kind is not WakeKind.STEP or waker < 0:
                return Cause(kind, min(due, int(steps.ready[index])))
            task = int(steps.task[waker])
            if task:
                is_end = StepEnd(int(steps.how_end[waker])).is_final
                return Cause(kind, due, task, self._names.of(task), is_end)
            if not self.is_plumbing(waker):
                place = self._trace.words.location(int(steps.stack[waker]))
                return Cause(kind, due, function=place)
            index = waker
        return Cause(WakeKind.UNKNOWN, due)

    def turn_of(self, index: int) -> int:
        """Return the row of the turn a step belongs to, -1 if the recording began within it."""
        turns = self._trace.turns
        turn = int(np.searchsorted(turns.first_step, index, "right")) - 1
        return turn if turn >= 0 and turns.loop[turn] == self._trace.steps.loop[index] else -1

    def turn_begin(self, index: int) -> int:
        """Return when the loop had looked for due timers and I/O before a step."""
        turn = self.turn_of(index)
        turns = self._trace.turns
        return int(turns.idle_end[turn]) if turn >= 0 else int(self._trace.steps.ready[index])

    def stop_of_turn(self, index: int) -> int:
        """Return the step after the last one of a step's turn."""
        first = self._trace.turns.first_step
        following = int(np.searchsorted(first, index, "right"))
        return int(first[following]) if following < len(first) else len(self._trace.steps)

    def stop_of_next_turn(self, index: int) -> int:
        """Return the step after the last one that a step can have woken.

        What becomes ready in a turn runs in the next turn that runs anything.
        """
        return self.stop_of_turn(self.stop_of_turn(index))

    def woken_by(self, index: int) -> list[int]:
        """Return the visible tasks that a callback woke, also through asyncio's callbacks."""
        steps = self._trace.steps
        found: list[int] = []
        callbacks = [index]
        for waker in callbacks:
            window = slice(waker + 1, self.stop_of_next_turn(waker))
            for woken in np.flatnonzero(steps.waker[window] == waker) + waker + 1:
                task = int(steps.task[woken])
                if task and self._names.is_visible(task):
                    found.append(task)
                elif not task and len(callbacks) < LONGEST_CALLBACK_CHAIN:
                    callbacks.append(int(woken))
        return found
