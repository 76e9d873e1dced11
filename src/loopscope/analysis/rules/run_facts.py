"""What the rules may ask of a recorded run, each thing computed once and only when it is asked."""

from dataclasses import dataclass

from loopscope.analysis.summary import Summary
from loopscope.source.project import Project


@dataclass(frozen=True)
class RunFacts:
    """A recorded run with the source of the user's own files."""

    summary: Summary
    project: Project
