"""What the rules may ask of a recorded run, each thing computed once and only when it is asked."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from loopscope.analysis.awaiting import Waits
from loopscope.analysis.names import TaskNames
from loopscope.analysis.summary import Summary
from loopscope.analysis.timeline import LONGEST_CALLBACK_CHAIN, Timeline
from loopscope.analysis.wait_kinds import CODE
from loopscope.model.kinds import WaitKind, WakeKind
from loopscope.model.records import Job, Stall
from loopscope.source.project import Project
from loopscope.trace.columns import Trace


@dataclass(frozen=True)
class RunFacts:
    """A recorded run with the source of the user's own files."""

    summary: Summary
    project: Project

    @property
    def trace(self) -> Trace:
        """The trace of the run."""
        return self.summary.trace

    @property
    def timeline(self) -> Timeline:
        """The trace with what follows from it for every step."""
        return self.summary.timeline

    @cached_property
    def names(self) -> TaskNames:
        """How the tasks are called."""
        return TaskNames(self.trace)

    @cached_property
    def waits(self) -> Waits:
        """What suspended tasks waited for, in words."""
        return Waits(self.timeline, self.names)

    @cached_property
    def _samples(self) -> dict[int, list[int]]:
        """The stacks photographed in each stalled step."""
        stacks: dict[int, list[int]] = defaultdict(list)
        for sample in self.trace.samples:
            stacks[sample.step_index].append(sample.node)
        return stacks

    def lines_of(self, stall: Stall) -> set[tuple[str, int]]:
        """Return the user's lines, innermost and calling, at which a stall was seen."""
        nodes = {node for step in stall.step_indexes for node in self._samples.get(step, ())}
        places = [place for node in nodes for place in self.trace.words.stack(node)]
        lines = {(place.file, place.line) for place in places if place.is_user}
        return lines | {(stall.where.file, stall.where.line)}

    @cached_property
    def executor_waits(self) -> list[tuple[int, Job]]:
        """Each step that ended a wait for a thread's work, with that work."""
        steps, timeline = self.trace.steps, self.timeline
        is_executor = timeline.wait_kind == CODE[WaitKind.EXECUTOR]
        found = []
        for at in np.flatnonzero(is_executor & (timeline.wait_begin >= 0)).tolist():
            job = self.trace.jobs.get(int(steps.job[_root(self.trace, at)]))
            if job is not None:
                found.append((at, job))
        return found


def _root(trace: Trace, step: int) -> int:
    """Follow a wake through callbacks to the step that a thread woke."""
    steps, at = trace.steps, step
    for _ in range(LONGEST_CALLBACK_CHAIN):
        if steps.job[at] or steps.wake[at] != WakeKind.STEP or steps.waker[at] < 0:
            break
        at = int(steps.waker[at])
    return at
