"""What a rule is: its name, what it teaches, and how it looks at source and at a run."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from loopscope.analysis.rules.run_facts import RunFacts
from loopscope.model.finding import Finding
from loopscope.source.project import Project


def _nothing_in_source(project: Project) -> Iterable[Finding]:  # noqa: ARG001
    return ()


def _suspects_stand(run: RunFacts, suspects: list[Finding]) -> Iterable[Finding]:  # noqa: ARG001
    return suspects


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of mistake.

    ``why`` is a sentence a beginner understands, ``example`` a short wrong program and its right
    twin for ``loopscope explain``. ``in_source`` finds what source alone shows, with a confidence
    of at most ``LIKELY``. ``in_run`` gets these suspects (of the files that a run used) and
    returns what is left with the run in view: raised, refuted (confidence ``NO``), or found by
    the run alone.
    """

    name: str
    title: str
    why: str
    example: str
    in_source: Callable[[Project], Iterable[Finding]] = _nothing_in_source
    in_run: Callable[[RunFacts, list[Finding]], Iterable[Finding]] = _suspects_stand
