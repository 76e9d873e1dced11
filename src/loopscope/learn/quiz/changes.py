"""Questions about the same program with a change: what it would gain."""

from collections.abc import Iterator, Mapping

from loopscope.analysis.findings import findings_of
from loopscope.learn.facts.studied import Studied
from loopscope.learn.facts.totals import milliseconds
from loopscope.learn.questions.question import Wrong
from loopscope.learn.quiz.posed import Draft
from loopscope.model.changes import Change, Elsewhere, OffLoop, Together
from loopscope.model.finding import Finding
from loopscope.model.units import format_ns


def about_changes(studied: Studied) -> Iterator[Draft]:
    """Ask what the change would gain that the worst finding asks for."""
    for finding in findings_of(studied.summary):
        for change in finding.changes[:1]:
            told = _told(studied, change) if finding.saves_ns else None
            if told is not None:
                yield _draft(studied, finding, *told)
                return


def _draft(studied: Studied, finding: Finding, arguments: Mapping[str, object], what: str) -> Draft:
    return Draft(
        f"{what} How long does the program take then?",
        "whatif",
        arguments,
        f"Replayed with the change: {format_ns(finding.saves_ns or 0)} less. {finding.remedy}",
        (
            Wrong(
                milliseconds(studied.summary.trace.total_ns),
                "await-stops-all",
                "Then nothing would be gained.",
            ),
            Wrong(("0",), "waiting-is-free", "The longest of the waits is left."),
        ),
    )


def _told(studied: Studied, change: Change) -> tuple[Mapping[str, object], str] | None:
    """Return a change of the program's own file as a fact takes it, and in words."""
    own = str(studied.file.absolute())
    match change:
        case Together(file, first, last) if file == own:
            lines = str(first) if first == last else f"{first}-{last}"
            return {"together": lines}, f"What line {lines} waits for goes on side by side."
        case OffLoop(file, line, Elsewhere.PROCESS) if file == own:
            cpus = studied.summary.trace.info.cpus
            what = (
                f"What line {line} computes is computed in processes; there are {cpus} processors."
            )
            return {"off-loop": f"{line}:process"}, what
        case OffLoop(file, line, _) if file == own:
            what = f"The call in line {line} is made in worker threads, and awaited."
            return {"off-loop": str(line)}, what
    return None
