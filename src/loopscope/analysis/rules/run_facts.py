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
from loopscope.model.location import Location
from loopscope.model.records import Job, Stall
from loopscope.source.project import Project
from loopscope.trace.columns import Int64s, Trace


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

    def called_at(self, stall: Stall) -> Location:
        """Return the line of the coroutine that made the call which held the loop."""
        words = self.trace.words
        for step in stall.step_indexes:
            for node in self._samples.get(step, ()):
                if words.user_location(node) == stall.where:
                    return self._in_coroutine(words.stack(node)) or stall.where
        return stall.where

    def _in_coroutine(self, stack: list[Location]) -> Location | None:
        for place in reversed(stack):
            function = self.project.function_at(place.file, place.line) if place.is_user else None
            if function is not None and function.is_async:
                return place
        return None

    def tasks_made_at(self, where: Location) -> Int64s:
        """Return the ids of the tasks that the lines of a place made."""
        table = self.trace.tasks
        lines = range(where.line, where.end_line + 1)
        nodes = [
            node
            for node, place in self._creators.items()
            if place.file == where.file and place.line in lines
        ]
        made: Int64s = table.id[np.isin(table.creator, nodes)].astype(np.int64)
        return made

    @cached_property
    def _creators(self) -> dict[int, Location]:
        """The places that made tasks, by their number."""
        nodes = np.unique(self.trace.tasks.creator).tolist()
        return {node: self.trace.words.location(node) for node in nodes if node}

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
