"""Judges a run in which a cancellation was injected."""

import asyncio

from loopscope.check.cancel import Canceller
from loopscope.check.places import raised_at, told, waited_at
from loopscope.check.verdict import Broken, Ran, described


def judge_cancelled(ran: Ran, canceller: Canceller, usually_left: frozenset[str]) -> Broken | None:
    """Return what is wrong with how a program was cancelled, None if nothing is.

    The cancellation must come out as ``CancelledError`` (or end the program with ``SystemExit``),
    and what it leaves behind must be what the program leaves behind without one.

    Args:
        ran: The run, in which the cancellation was injected.
        canceller: What injected it.
        usually_left: The keys of what a run without a cancellation leaves behind.
    """
    return _stuck(ran, canceller) or _not_out(canceller) or _left(canceller, usually_left)


def _stuck(ran: Ran, canceller: Canceller) -> Broken | None:
    if not ran.failures:
        return None
    report = str(ran.failures[0])
    return Broken(
        "cancel-stuck",
        f"Cancelled at {canceller.where}, it did not end: {report.splitlines()[0]}",
        _lines(canceller.where, waited_at(report)),
        report,
    )


def _not_out(canceller: Canceller) -> Broken | None:
    task, where = canceller.result, canceller.where
    if task is None or task.cancelled():
        return None
    error = task.exception()
    if error is None:
        lines = _lines(where, canceller.swallowed_at)
        return Broken(
            "cancel-swallowed",
            f"Cancelled at {where}, it went on to its normal end: what waited at "
            f"{canceller.swallowed_at or where} swallowed the cancellation.",
            lines,
        )
    if isinstance(error, SystemExit | KeyboardInterrupt | asyncio.CancelledError):
        return None
    return Broken(
        "cancel-changed",
        f"Cancelled at {where}, it raised {described(error)} instead of CancelledError.",
        _lines(where, raised_at(error)),
        told(error),
    )


def _left(canceller: Canceller, usually_left: frozenset[str]) -> Broken | None:
    for left in canceller.left:
        if left.key not in usually_left:
            return Broken(
                "cancel-left",
                f"Cancelled at {canceller.where}, it left {left.what}.",
                _lines(canceller.where, left.where),
            )
    return None


def _lines(*places: str) -> str:
    """Return lines with commas between, each once."""
    return ", ".join(dict.fromkeys(one for one in places if one))
