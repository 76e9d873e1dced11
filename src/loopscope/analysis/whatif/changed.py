"""A graph on its way through the changes, with what each of them assumes."""

from dataclasses import dataclass, replace

from loopscope.analysis.timeline import Timeline
from loopscope.analysis.whatif.graph import Graph
from loopscope.errors import UsageError


class NothingThere(UsageError):  # noqa: N818  (it is no failure of the program)
    """A change names nothing that is in the run. The message lists what there is."""

    def __init__(self, message: str) -> None:
        super().__init__(message, slug="whatif-nothing")


@dataclass(frozen=True, slots=True)
class Changed:
    """A graph with the changes so far, what they assume, and whether the gain is "up to"."""

    timeline: Timeline
    graph: Graph
    assumptions: tuple[str, ...] = ()
    is_at_most: bool = False

    def to(self, graph: Graph, *assumptions: str, is_at_most: bool = False) -> "Changed":
        """Return the next state."""
        return replace(
            self,
            graph=graph,
            assumptions=(*self.assumptions, *assumptions),
            is_at_most=self.is_at_most or is_at_most,
        )
