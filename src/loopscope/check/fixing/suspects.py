"""The awaits of a project that could run together, with their rewrites, file by file."""

from dataclasses import dataclass

from loopscope.analysis.ignoring import Ignores
from loopscope.analysis.rules.sequential_awaits import SEQUENTIAL_AWAITS
from loopscope.model.changes import Together
from loopscope.source.independence.candidates import Candidate
from loopscope.source.independence.decide import decide_all
from loopscope.source.independence.verdict import Level
from loopscope.source.project import Project
from loopscope.source.rewrite.outcome import Rewrite, UnsupportedError
from loopscope.source.rewrite.rewrite import rewrite


@dataclass(frozen=True, slots=True)
class Suspect:
    """One group of awaits.

    Attributes:
        candidate: The awaits.
        change: What a what-if would try.
        rewrite: How it is rewritten; None if it is not.
        unsupported: Why it is not, a clause; "" if it is.
    """

    candidate: Candidate
    change: Together
    rewrite: Rewrite | None
    unsupported: str = ""

    @property
    def file(self) -> str:
        """The file, by its name in the project."""
        return self.candidate.function.module.file

    @property
    def lines(self) -> tuple[int, int]:
        """The first line and the last."""
        return self.candidate.lines


def suspects_in(project: Project) -> list[Suspect]:
    """Return the awaits of which nothing in the source says that they need their order.

    What a comment ignores is left out.
    """
    ignores = {file: Ignores(file, text) for file, text in project.texts.items()}
    kept = set()
    for one in SEQUENTIAL_AWAITS.in_source(project):
        if ignores[one.where.file].apply([one])[0]:
            kept.add((one.where.file, one.where.line, one.where.end_line))
    found = []
    for verdict in decide_all(project):
        candidate = verdict.candidate
        if verdict.level is not Level.LIKELY or candidate is None:
            continue
        if (candidate.function.module.file, *candidate.lines) in kept:
            found.append(_suspect(candidate))
    return sorted(found, key=lambda one: (one.file, one.lines))


def _suspect(candidate: Candidate) -> Suspect:
    first, last = candidate.lines
    if candidate.repeat is not None:
        first, last = candidate.repeat.lineno, candidate.repeat.end_lineno or last
    change = Together(candidate.function.module.file, first, last)
    try:
        return Suspect(candidate, change, rewrite(candidate))
    except UnsupportedError as error:
        return Suspect(candidate, change, None, str(error))
