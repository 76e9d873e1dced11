"""Findings as text: what is wrong, what it costs, how sure that is, why, and what to change."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.text import Text

from loopscope.analysis.rules.catalogue import ALL_RULES
from loopscope.model.finding import Confidence, Finding
from loopscope.views.terminal.glyphs import Glyphs
from loopscope.views.terminal.wrapping import hanging

MOST_BRIEF: Final = 3
"""How many findings the end of ``run`` tells."""

SURE: Final = {
    Confidence.NO: "refuted",
    Confidence.ASK: "a question",
    Confidence.LIKELY: "likely",
    Confidence.SEEN: "seen in this run",
}
_WHY: Final = {rule.name: rule.why for rule in ALL_RULES}
_INDENT: Final = " " * 4
_LEAST_TOLD_NS: Final = 1_000_000


def finding_lines(
    findings: Sequence[Finding], glyphs: Glyphs, width: int, *, more_from: str = ""
) -> Iterator[Text]:
    """Yield the lines that tell findings, nothing where there are none.

    Args:
        findings: What was found, the worst first.
        glyphs: Unicode or ASCII.
        width: Columns; longer lines are broken.
        more_from: The trace whose other findings ``show`` tells; "" to tell all of them here.
    """
    if not findings:
        return
    yield Text()
    yield Text(_title(len(findings)), "bold")
    shown = findings[:MOST_BRIEF] if more_from else findings
    for number, one in enumerate(shown, 1):
        yield from _finding(number, one, glyphs, width)
    if len(findings) > len(shown):
        rest = f"  and {len(findings) - len(shown):,} more: loopscope show {more_from}"
        yield Text(glyphs.clean(rest), "dim")


def _cost_words(one: Finding, glyphs: Glyphs) -> str:
    """Say what the change would save, "" where nothing predicts it."""
    if one.saves_ns is None:
        return ""
    if one.saves_ns < _LEAST_TOLD_NS:
        return "the total stays as it is"
    up_to = "up to " * one.is_at_most
    return f"saves {up_to}{glyphs.duration(one.saves_ns)}"


def _title(count: int) -> str:
    return "1 finding" if count == 1 else f"{count:,} findings, the most time at stake first"


def _finding(number: int, one: Finding, glyphs: Glyphs, width: int) -> Iterator[Text]:
    head = Text(f"{number:>2}  ")
    head.append(glyphs.clean(one.where.short), "bold")
    head.append(f"  {one.rule}  ")
    facts = ", ".join(part for part in (_cost_words(one, glyphs), SURE[one.confidence]) if part)
    yield from hanging(head, Text(facts, "dim"), width)
    yield from _part(one.message, glyphs, width)
    yield from _part(f"Why: {_WHY[one.rule]}", glyphs, width, "dim")
    yield from _part(f"Change: {one.remedy}", glyphs, width)


def _part(text: str, glyphs: Glyphs, width: int, style: str = "") -> Iterator[Text]:
    shown = glyphs.clean(text.replace("µ", glyphs.micro))
    yield from hanging(Text(_INDENT), Text(shown, style), width)
