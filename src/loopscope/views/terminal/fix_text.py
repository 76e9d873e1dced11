"""What came of fixing a program, as text."""

from collections.abc import Iterator
from typing import Final

from rich.text import Text

from loopscope.analysis.fix_report import Fix, FixLevel, FixReport
from loopscope.model.units import counted, format_ns
from loopscope.views.terminal.glyphs import STYLES, Glyphs
from loopscope.views.terminal.wrapping import wrapped

_INDENT: Final = "   "
_LEVELS: Final = {
    FixLevel.NO: "0, no: they need their order, or gain nothing",
    FixLevel.ASK: "1, a question: only you know whether they may",
    FixLevel.LIKELY: "2, likely: not proved",
    FixLevel.VERIFIED: "3, verified",
}
_DIFF_STYLES: Final = {"+": "green", "-": "red", "@": "cyan"}
_MOST_NAMED: Final = 6


def fix_lines(report: FixReport, glyphs: Glyphs, width: int, *, applies: bool) -> Iterator[Text]:
    """Write what came of it.

    Args:
        report: What came of it.
        glyphs: The signs that can be shown.
        width: How many cells a line may have; diffs are never folded.
        applies: Whether changes were to be written.
    """
    yield from wrapped(Text(glyphs.clean(_head(report)), "bold"), width)
    if report.problem:
        for line in report.problem.splitlines():
            yield from wrapped(Text(glyphs.clean(line)), width)
    for number, fix in enumerate(report.fixes, 1):
        yield Text()
        yield from _fix(number, fix, report, glyphs, width)
    yield Text()
    yield from wrapped(Text(glyphs.clean(_end(report, applies=applies)), "bold"), width)


def _head(report: FixReport) -> str:
    files = counted(len(report.files), "file")
    if not report.fixes:
        return (
            f"{report.program}: no awaits in turn that could run together, in {files}. "
            "'loopscope lint --why FILE:LINES' says why not."
        )
    groups = counted(len(report.fixes), "group")
    return (
        f"{report.program}: {groups} of awaits in turn that may run together, in {files}; "
        f"{counted(report.runs, 'simulated run')}."
    )


def _fix(number: int, fix: Fix, report: FixReport, glyphs: Glyphs, width: int) -> Iterator[Text]:
    last = f"-{fix.last_line}" if fix.last_line != fix.first_line else ""
    head = Text(f"{number}. ", "bold")
    head.append(glyphs.clean(f"{fix.file}:{fix.first_line}{last}"), STYLES["place"])
    head.append(f"  level {_LEVELS[fix.level]}")
    yield from wrapped(head, width)
    if fix.reason and fix.reason != report.problem:
        for line in fix.reason.splitlines():
            yield from _told(line, glyphs, width)
    if fix.level is FixLevel.ASK:
        yield from _told("Is that as it should be? Then make the change by hand.", glyphs, width)
    if fix.level >= FixLevel.ASK:
        for line in fix.diff.splitlines():
            style = _DIFF_STYLES.get(line[:1], "")
            yield Text(f"{_INDENT}{glyphs.clean(line)}", style)
    yield from _times(fix, glyphs, width)
    yield from _tried(fix, glyphs, width)


def _times(fix: Fix, glyphs: Glyphs, width: int) -> Iterator[Text]:
    shown = [
        (name, ns)
        for name, ns in (
            ("before", fix.before_ns),
            ("predicted", fix.predicted_ns),
            ("really after", fix.after_ns),
        )
        if ns is not None
    ]
    if shown:
        told = ", ".join(f"{name} {format_ns(ns, glyphs.micro)}" for name, ns in shown)
        yield from _told(f"The program takes (virtual time): {told}.", glyphs, width)
    if fix.visit_before_ns is not None and fix.visit_after_ns is not None:
        before, after = (
            format_ns(ns, glyphs.micro) for ns in (fix.visit_before_ns, fix.visit_after_ns)
        )
        yield from _told(f"These awaits take {before} each time, together {after}.", glyphs, width)


def _tried(fix: Fix, glyphs: Glyphs, width: int) -> Iterator[Text]:
    if fix.schedules:
        waits = counted(fix.waits, "wait")
        tried = counted(len(fix.schedules), "schedule")
        told = f"Tried: {tried}, {waits} on the outside: {'; '.join(_short(list(fix.schedules)))}."
        yield from _told(told, glyphs, width)
    if fix.not_compared:
        names = ", ".join(_short(list(fix.not_compared)))
        yield from _told(
            f"Numbers that follow the clock were not compared: {names}.", glyphs, width
        )
    if fix.reorders_output:
        yield from _told("What is printed comes in another order.", glyphs, width)
    if fix.unseen:
        names = ", ".join(_short(list(fix.unseen)))
        yield from _told(f"Source not seen of: {names}.", glyphs, width)


def _short(names: list[str]) -> list[str]:
    more = len(names) - _MOST_NAMED
    return [*names[:_MOST_NAMED], *([f"and {more} more"] if more > 0 else [])]


def _end(report: FixReport, *, applies: bool) -> str:
    if report.not_written:
        return report.not_written
    if report.written:
        return f"Written: {', '.join(report.written)}."
    proved = [one for one in report.fixes if one.level is FixLevel.VERIFIED]
    if proved and report.before_ns is not None and report.after_ns is not None:
        return (
            f"With {'it' if len(proved) == 1 else f'all {len(proved)} that are verified'}: "
            f"{format_ns(report.after_ns)} instead of {format_ns(report.before_ns)}. "
            "Nothing was written; --apply writes what is verified."
        )
    return "Nothing was verified, so nothing was written." if applies else "Nothing was written."


def _told(sentence: str, glyphs: Glyphs, width: int) -> Iterator[Text]:
    return wrapped(Text(f"{_INDENT}{glyphs.clean(sentence)}"), width, _INDENT)
