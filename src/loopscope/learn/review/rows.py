"""The rows of a run that a reviewer can point at as evidence."""

from dataclasses import dataclass

from loopscope.learn.facts.moves import Move, Run, moves
from loopscope.learn.facts.studied import Studied
from loopscope.model.units import format_ns


@dataclass(frozen=True, slots=True)
class Row:
    """A numbered row. ``move`` is what the loop did there; None for a row that counts something.

    ``counts`` names what such a row counts: ``threads``, ``tasks`` or ``jobs``.
    """

    number: int
    text: str
    move: Move | None
    counts: str = ""


def evidence_rows(studied: Studied) -> list[Row]:
    """Return all rows of a run: first what the loop did, then what can be counted."""
    told = [(_told(studied, move), move) for move in moves(studied)]
    rows = [Row(number, text, move) for number, (text, move) in enumerate(told, 1)]
    for name, text in _counted(studied):
        rows.append(Row(len(rows) + 1, text, None, name))
    return rows


def _told(studied: Studied, move: Move) -> str:
    at = f"{format_ns(move.begin_ns)}:"
    if not isinstance(move, Run):
        return f"{at} nothing is ready; the loop waits {format_ns(move.end_ns - move.begin_ns)}"
    thread = studied.summary.loops[0].info.thread
    if move.awaited is None:
        return f"{at} {move.name} runs in {thread} and is over"
    line, phrase = move.awaited.where.line, move.awaited.phrase
    return f"{at} {move.name} runs in {thread}; at line {line} it waits for {phrase}"


def _counted(studied: Studied) -> list[tuple[str, str]]:
    trace = studied.summary.trace
    threads = {loop.info.thread for loop in studied.summary.loops}
    count = len(studied.summary.rows)
    return [
        ("threads", f"threads that ran steps of coroutines: {len(threads)}"),
        ("tasks", f"tasks in the whole run: {count}"),
        ("jobs", f"jobs that worker threads did: {len(trace.jobs)}"),
    ]
