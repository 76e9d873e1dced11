"""The words for steps: who begins, what it creates and wakes, and how the step ends."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

import numpy as np

from loopscope.analysis.awaiting import Waits
from loopscope.analysis.events import Code, Duration, Event, EventKind, Piece, Who
from loopscope.analysis.names import TaskNames, is_internal, short_function
from loopscope.analysis.timeline import Lives, Timeline
from loopscope.analysis.wakes import Cause, Causes
from loopscope.model.kinds import StepEnd, WaitKind, WakeKind
from loopscope.model.location import Location
from loopscope.model.records import Failure
from loopscope.trace.columns import LoopRun

_MOST_NAMED = 3
_WORTH_TELLING_NS = 1_000_000


@dataclass(frozen=True, slots=True)
class Turn:
    """The steps of one turn of a loop, and the look for timers and I/O before them."""

    loop: int
    start: int
    stop: int
    begin_ns: int
    idle_end_ns: int


@dataclass(frozen=True, slots=True)
class _Wake:
    """Somebody wakes a task: one of several equal ones are told together."""

    time_ns: int
    cause: Cause
    phrase: str
    task_id: int
    step: int
    late_ns: int

    @property
    def key(self) -> tuple[WakeKind, int, bool, Location | None, str]:
        """Wakes with the same key are told together."""
        cause = self.cause
        return cause.kind, cause.task_id, cause.is_end, cause.function, self.phrase


class StepTeller:
    """Tells steps.

    Args:
        timeline: The timeline.
        lives: Its tasks' lives.
        names_loops: Whether there are several loops, so that each needs its number.
    """

    def __init__(self, timeline: Timeline, lives: Lives, names_loops: bool) -> None:
        self.timeline = timeline
        self.trace = timeline.trace
        self._lives = lives
        self._names_loops = names_loops
        self._names = TaskNames(self.trace)
        self._waits = Waits(timeline, self._names)
        self._causes = Causes(timeline, self._names)
        self._origin = self.trace.begin_ns

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
