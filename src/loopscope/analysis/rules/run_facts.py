"""What the rules may ask of a recorded run, each thing computed once and only when it is asked."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath

import numpy as np

from loopscope.analysis.awaiting import Waits
from loopscope.analysis.held_lines import split_by_line
from loopscope.analysis.names import TaskNames
from loopscope.analysis.summary import Summary
from loopscope.analysis.timeline import LONGEST_CALLBACK_CHAIN, Timeline
from loopscope.analysis.wait_kinds import CODE
from loopscope.analysis.whatif.changed import NothingThere
from loopscope.analysis.whatif.predict import Model, Prediction, make_model, predict
from loopscope.model.changes import Change
from loopscope.model.kinds import WaitKind, WakeKind
from loopscope.model.location import Location
from loopscope.model.records import Job, Stall
from loopscope.source.project import Project
from loopscope.trace.columns import Int64s, Trace

MOST_REPLAYED_STEPS = 200_000
"""A longer run is not replayed for its findings: whatif does it when asked."""


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

    @cached_property
    def held_lines(self) -> list[Stall]:
        """The stalls, each step divided among the lines that held the loop in it."""
        return split_by_line(self.timeline, self.summary.stalls, self.caller_of)

    def _stacks_of(self, stall: Stall) -> list[list[Location]]:
        """Return the stacks in which the line of a stall was seen, outermost place first."""
        words = self.trace.words
        nodes = {node for step in stall.step_indexes for node in self._samples.get(step, ())}
        place_of = self.caller_of if stall.kind == "computing" else words.user_location
        where = stall.where.file, stall.where.line
        seen = [(place_of(node), node) for node in sorted(nodes)]
        return [words.stack(node) for place, node in seen if (place.file, place.line) == where]

    def lines_of(self, stall: Stall) -> set[tuple[str, int]]:
        """Return the user's lines at which a stall was seen: its own, and those that called it."""
        places = [place for stack in self._stacks_of(stall) for place in stack]
        lines = {(place.file, place.line) for place in places if place.is_user}
        return lines | {(stall.where.file, stall.where.line)}

    def passes_through(self, stall: Stall, module: str, function: str) -> bool:
        """Whether a function of the standard library was on the stack of a stall.

        Args:
            stall: The stall.
            module: The name of the module's file, as ``threading.py``.
            function: The qualified name of the function.
        """
        return any(
            PurePath(place.file).name == module and place.function == function
            for stack in self._stacks_of(stall)
            for place in stack
        )

    @cached_property
    def _model(self) -> Model:
        return make_model(self.timeline, self.summary.lives)

    def predicted(self, changes: Sequence[Change]) -> Prediction | None:
        """Return what a replay with some changes predicts.

        Returns None where a change names nothing that can be replayed, and for runs too long to
        be replayed again and again.
        """
        if len(self.trace.steps) > MOST_REPLAYED_STEPS:
            return None
        try:
            return predict(self._model, changes)
        except NothingThere:
            return None

    def share_at(self, stall: Stall, place: Location) -> float:
        """Return which part of the photographs of a stall shows this place as the innermost."""
        nodes = [node for step in stall.step_indexes for node in self._samples.get(step, ())]
        at_place = [node for node in nodes if self.trace.words.location(node) == place]
        return len(at_place) / len(nodes) if nodes else 0.0

    def called_by(self, stall: Stall) -> list[Location]:
        """Return what the line of a stall had called when it was seen, as far as it called."""
        where = stall.where.file, stall.where.line
        found = []
        for stack in self._stacks_of(stall):
            below = [at + 1 for at, place in enumerate(stack) if (place.file, place.line) == where]
            found += stack[below[-1] : below[-1] + 1] if below else []
        return found

    def caller_of(self, node: int) -> Location:
        """Return the innermost line of a coroutine in a stack, else the user's innermost line."""
        for place in reversed(self.trace.words.stack(node)):
            function = self.project.function_at(place.file, place.line) if place.is_user else None
            if function is not None and function.is_async:
                return place
        return self.trace.words.user_location(node)

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
