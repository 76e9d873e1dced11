"""What the rules may ask of a recorded run, each thing computed once and only when it is asked."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from loopscope.analysis.awaiting import Waits
from loopscope.analysis.names import TaskNames
from loopscope.analysis.summary import Summary
from loopscope.analysis.timeline import Timeline
from loopscope.analysis.whatif.changes import Change
from loopscope.model.records import Stall
from loopscope.source.project import Project
from loopscope.trace.columns import Trace


@dataclass(frozen=True, slots=True)
class Saved:
    """What a change would save; None where nothing predicts it."""

    ns: int | None
    is_at_most: bool = False


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

    def saved_by(self, *changes: Change) -> Saved:  # noqa: ARG002  (nothing predicts yet)
        """Return how much shorter the run would be with these changes, as the replay predicts."""
        return Saved(None)
