"""Questions about a run as a whole: how long, how many, at which line, what a change would gain."""

from collections.abc import Iterator
from pathlib import Path

from loopscope.analysis.critical_path import PathPart, Share
from loopscope.analysis.findings import findings_of
from loopscope.learn.facts.studied import Studied
from loopscope.learn.facts.totals import milliseconds
from loopscope.learn.questions.question import Wrong
from loopscope.learn.quiz.posed import Draft
from loopscope.model.changes import Change, OffLoop, Together
from loopscope.model.finding import Finding
from loopscope.model.units import format_ns

MOST_PARTS = 3


def about_totals(studied: Studied) -> Iterator[Draft]:
    """Ask how long it took, and why."""
    summary = studied.summary
    total = summary.trace.total_ns
    waits = [wait.duration_ns for wait in summary.slowest if wait.kind.is_outside]
    longest = max(waits, default=0)
    wrong = [
        Wrong(
            milliseconds(sum(waits)),
            "loop-is-fair",
            "That is the sum of all waits. Those of different tasks overlap, and count once.",
        ),
        Wrong(
            milliseconds(longest),
            "await-starts",
            "That is the longest wait alone. Others come before or after it.",
        ),
    ]
    if total:
        zero = "The loop waits as long as what it waits for."
        wrong.append(Wrong(("0",), "waiting-is-free", zero))
    yield Draft(
        "How long does it take, from the first step of its event loop to the last?",
        "total",
        {},
        _made_of(studied),
        tuple(wrong),
    )


def about_numbers(studied: Studied) -> Iterator[Draft]:
    """Ask how many tasks there were, and how many waited at once."""
    count = len(studied.summary.rows)
    names = ", ".join(dict.fromkeys(studied.names.of(one) for one in _task_ids(studied)))
    yield Draft(
        "How many tasks are there beside the main one?",
        "tasks",
        {},
        f"There are {count} in all: {names}."
        if count > 1
        else "Awaiting a coroutine makes no task; the main task goes through all of them.",
    )
    overlap = studied.summary.overlap
    yield Draft(
        "How many waits on the outside (timers, I/O, threads) are under way at once, at most?",
        "together",
        {},
        f"At {format_ns(overlap.peak_at_ns - studied.summary.trace.begin_ns)} there are "
        f"{overlap.peak_count}; over the whole run {overlap.mean_count:.1f} on average.",
        (
            Wrong(("1",), "await-starts", "Waits of different tasks overlap here."),
            Wrong((str(count),), "await-starts", "Not every task waits at that moment."),
        ),
    )


def about_lines(studied: Studied) -> Iterator[Draft]:
    """Ask at which line the loop is held, or given back."""
    for stall in studied.summary.stalls[:1]:
        yield Draft(
            "Which line holds the loop, so that nobody else can run?",
            "line-that-blocks",
            {},
            f"{stall.call or 'It'} holds the loop for {format_ns(stall.held_ns)} in all.",
        )
    yield Draft(
        "At which line does the program give control back to the loop for the longest time?",
        "line-that-waits",
        {},
        "There the innermost await has to wait; the awaits around it only pass that on.",
    )


def about_changes(studied: Studied) -> Iterator[Draft]:
    """Ask what the change would gain that the worst finding asks for."""
    for finding in findings_of(studied.summary):
        for change in finding.changes[:1]:
            arguments = _arguments(studied, change)
            if arguments and finding.saves_ns:
                yield _change_draft(studied, finding, change, arguments)
                return


def _change_draft(
    studied: Studied, finding: Finding, change: Change, arguments: dict[str, object]
) -> Draft:
    total = studied.summary.trace.total_ns
    what = "run side by side" if isinstance(change, Together) else "leaves the loop for a worker"
    lines = f"lines {arguments['together']}" if "together" in arguments else ""
    where = lines or f"line {finding.where.line}"
    return Draft(
        f"What {where} waits for or computes {what}. How long does the program take then?",
        "whatif",
        arguments,
        f"Replayed with the change: {format_ns(finding.saves_ns or 0)} less. {finding.remedy}",
        (
            Wrong(milliseconds(total), "await-starts", "Then nothing would be gained."),
            Wrong(("0",), "waiting-is-free", "The longest of the waits is left."),
        ),
    )


def _arguments(studied: Studied, change: Change) -> dict[str, object]:
    """Return a change of the program's own file as a fact takes it; empty for any other."""
    match change:
        case Together(file, first, last) if Path(file) == studied.file.absolute():
            return {"together": str(first) if first == last else f"{first}-{last}"}
        case OffLoop(file, line, where) if Path(file) == studied.file.absolute():
            return {"off-loop": f"{line}:{where}"}
    return {}


def _made_of(studied: Studied) -> str:
    """Say which waits and steps the total is made of."""
    path = studied.summary.loops[0].path if studied.summary.loops else None
    parts = [part for part in path.parts if part.total_ns] if path is not None else []
    if not parts:
        return "Nothing in it waits or computes for any time worth speaking of."
    return "It is made of " + ", ".join(_told(part) for part in parts[:MOST_PARTS]) + "."


def _told(part: PathPart) -> str:
    took = format_ns(part.total_ns)
    if part.share is Share.OUTSIDE or not part.where.line:
        return f"{took} {part.share.value}"
    return f"{took} {part.share.value} at line {part.where.line}"


def _task_ids(studied: Studied) -> list[int]:
    ids: list[int] = studied.summary.trace.tasks.id[studied.summary.rows].tolist()
    return ids
