"""What many runs of a program brought, as text."""

from collections.abc import Iterator
from typing import Final

from rich.text import Text

from loopscope.analysis.check_report import CheckReport, FailureGroup, Spread
from loopscope.model.units import counted, format_ns
from loopscope.views.terminal.events_text import event_lines
from loopscope.views.terminal.glyphs import STYLES, Glyphs
from loopscope.views.terminal.wrapping import wrapped

MOST_DETAIL: Final = 12
"""How many lines of a traceback, or of who waits for whom, are shown."""

_LONGEST_BAR: Final = 40
_INDENT: Final = "   "


def check_lines(report: CheckReport, glyphs: Glyphs, width: int) -> Iterator[Text]:
    """Write what a sweep brought.

    Args:
        report: What it brought.
        glyphs: The signs that can be shown.
        width: How many cells a line may have.
    """
    yield from wrapped(Text(glyphs.clean(_verdict(report)), "bold"), width)
    if report.promises:
        yield from wrapped(
            Text(glyphs.clean(f"Promised: {', '.join(report.promises)}."), "dim"), width
        )
    if report.spread.count > 1:
        yield Text()
        yield from _spread_lines(report, glyphs, width)
    for number, group in enumerate(report.groups, 1):
        yield Text()
        yield from _group_lines(number, group, glyphs, width)


def _verdict(report: CheckReport) -> str:
    """Return the first sentence: whether it held."""
    name, count = report.program, f"{report.count:,}"
    runs = "run" if report.count == 1 else "runs"
    if not report.count:
        return f"Nothing can be said of {name}: no run was completed."
    if not report.failed:
        held = f"{name} held in all of {count} {runs}."
        if report.count == 1:
            held = f"{name} held in this run."
    elif report.failed == report.count:
        held = f"{name} did not hold in any of {count} {runs}."
        if report.count == 1:
            held = f"{name} did not hold in this run."
    else:
        # No percentage: guided seeds make rare failures more frequent than they are.
        held = f"{name} did not hold in {report.failed:,} of {count} {runs}."
    if report.count < report.wanted:
        held += f" {report.wanted - report.count:,} of {report.wanted:,} seeds were not run."
    return held


def _spread_lines(report: CheckReport, glyphs: Glyphs, width: int) -> Iterator[Text]:
    spread = report.spread
    whose = "" if spread.count == report.count else f", of the {spread.count:,} runs as described"
    yield from wrapped(Text(f"How long it took (virtual time{whose}):"), width)
    shares = [
        ("median", spread.median_ns),
        ("90 %", spread.p90_ns),
        ("99 %", spread.p99_ns),
        ("worst", spread.worst_ns),
    ]
    told = "   ".join(f"{name} {format_ns(ns, glyphs.micro)}" for name, ns in shares)
    yield from wrapped(Text(f"{_INDENT}{told}"), width)
    if len(spread.bins) > 1:
        yield from _bars(spread, glyphs, width)


def _bars(spread: Spread, glyphs: Glyphs, width: int) -> Iterator[Text]:
    most = max(one.count for one in spread.bins)
    labels = [format_ns(one.from_ns, glyphs.micro) for one in spread.bins]
    label_width, number_width = max(map(len, labels)), len(f"{most:,}")
    room = min(max(width - label_width - number_width - 8, 5), _LONGEST_BAR)
    for one, label in zip(spread.bins, labels, strict=True):
        length = -(-one.count * room // most)
        line = Text(f"{_INDENT}{label.rjust(label_width)}  ")
        line.append(glyphs.running * length, STYLES["running"])
        line.append(f" {one.count:,}" if one.count else "", STYLES["faint"])
        yield line


def _group_lines(number: int, group: FailureGroup, glyphs: Glyphs, width: int) -> Iterator[Text]:
    head = Text(f"{number}. ", "bold")
    head.append(glyphs.clean(group.sentence), STYLES["raised"])
    if not all(line in group.sentence for line in group.where.split(", ")):
        head.append(" At ")
        head.append(glyphs.clean(group.where), STYLES["place"])
        head.append(".")
    yield from wrapped(head, width, _INDENT)
    runs = "1 run" if group.count == 1 else f"{group.count:,} runs, the first with"
    told = f"{runs}{',' if group.count == 1 else ''} seed {group.seed}"
    yield from _indented(told, width)
    if not group.is_stable:
        told = "It did not fail when it was run again: something in it does not come from the seed."
        yield from _indented(told, width)
    yield from _world_lines(group, glyphs, width)
    yield from _detail_lines(group, glyphs, width)
    if group.events:
        yield from _indented("How it ends:", width)
        for line in event_lines(group.events, glyphs, width - len(_INDENT)):
            yield Text(_INDENT) + line
    # Whole, however long: they are there to be copied.
    if group.repeat:
        yield Text(f"{_INDENT}Repeat: {glyphs.clean(group.repeat)}")
    if group.trace:
        yield Text(f"{_INDENT}Look:   loopscope show {glyphs.clean(group.trace)}")


def _world_lines(group: FailureGroup, glyphs: Glyphs, width: int) -> Iterator[Text]:
    if not group.tried:
        return
    runs = counted(group.tried, "run")
    if not group.choices:
        told = f"It fails even when everything outside is as usual ({runs} to find out)."
        yield from _indented(told, width)
        return
    yield from _indented(f"Smallest world that fails, everything else as usual ({runs}):", width)
    for choice in group.choices:
        yield from wrapped(Text(f"{_INDENT * 2}{glyphs.clean(choice)}"), width, _INDENT * 3)


def _detail_lines(group: FailureGroup, glyphs: Glyphs, width: int) -> Iterator[Text]:
    lines = [line for line in group.detail.splitlines() if line.strip()]
    if lines and lines[0].strip() in group.sentence:
        lines = lines[1:]
    if len(lines) > MOST_DETAIL:
        lines = [*lines[:2], glyphs.ellipsis, *lines[-MOST_DETAIL + 3 :]]
    for line in lines:
        indent = len(line) - len(line.lstrip())
        text = Text(f"{_INDENT}{' ' * indent}{glyphs.clean(line.strip())}", STYLES["faint"])
        yield from wrapped(text, width, f"{_INDENT}{' ' * (indent + 2)}")


def _indented(sentence: str, width: int) -> Iterator[Text]:
    return wrapped(Text(f"{_INDENT}{sentence}"), width, _INDENT)
