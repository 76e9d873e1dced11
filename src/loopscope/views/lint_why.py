"""The steps of a verdict on awaits, as lines for people."""

from collections.abc import Iterator

from loopscope.source.independence.verdict import Level, Verdict
from loopscope.views.printable import printable

_WORDS = {
    Level.NO: "no",
    Level.ASK: "a question: only the author can know",
    Level.LIKELY: "likely",
    Level.VERIFIED: "yes, verified",
}
_MARKS = {Level.NO: "no", Level.ASK: "?", Level.LIKELY: "ok", Level.VERIFIED: "ok"}


def verdict_lines(place: str, verdict: Verdict) -> Iterator[str]:
    """Yield the answer, then a line for each step that was taken.

    Args:
        place: The lines that were asked about, as they were given.
        verdict: The answer.
    """
    where = place
    if verdict.candidate is not None:
        first, last = verdict.candidate.lines
        file = verdict.candidate.function.module.file
        where = f"{file}:{first}" if first == last else f"{file}:{first}-{last}"
    yield printable(f"{where}: may these awaits run together? {_WORDS[verdict.level]}")
    for step in verdict.steps:
        yield printable(f"  {_MARKS[step.level]:3} {step.name:15} {step.sentence}")
