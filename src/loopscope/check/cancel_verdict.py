"""Judges a run in which a cancellation was injected."""

import asyncio
from typing import Any

from loopscope.check.cancel import Canceller
from loopscope.check.handlers import swallower
from loopscope.check.places import raised_at, told, waited_at
from loopscope.check.tasks import shown
from loopscope.check.verdict import Broken, Ran, described


def judge_cancelled(ran: Ran, canceller: Canceller, usually_left: frozenset[str]) -> Broken | None:
    """Return what is wrong with how a task was cancelled, None if nothing is.

    The cancellation must come out as ``CancelledError`` (or end the program with ``SystemExit``),
    and what it leaves behind must be what the program leaves behind without one. Where another
    task than the main one was cancelled, only what that task does counts: the others may fail, or
    wait for it for ever, since nothing says that they can do without it.

    Args:
        ran: The run, in which the cancellation was injected.
        canceller: What injected it.
        usually_left: The keys of what a run without a cancellation leaves behind.
    """
    return _stuck(ran, canceller) or _not_out(canceller) or _left(canceller, usually_left)


def _told(canceller: Canceller) -> str:
    """Return the beginning of a sentence: who was cancelled, and where."""
    if canceller.whom:
        return f"{canceller.whom}, cancelled at {shown(canceller.stack)},"
    return f"Cancelled at {shown(canceller.stack)}, it"


def _stuck(ran: Ran, canceller: Canceller) -> Broken | None:
    if not ran.failures or (canceller.is_own and (canceller.result or canceller.went_on)):
        return None
    report = str(ran.failures[0])
    where = shown(canceller.stuck_in) if canceller.is_own else waited_at(report)
    return Broken(
        "cancel-stuck",
        f"{_told(canceller)} did not end: {report.splitlines()[0]}",
        _lines(shown(canceller.stack), where),
        report,
    )


def _not_out(canceller: Canceller) -> Broken | None:
    task = canceller.result
    if task is None and canceller.went_on and swallower(canceller.stack):
        return _swallowed(canceller, "did the same again")
    if task is None or task.cancelled() or canceller.is_second:
        return None  # where the program had cancelled it before, it was on its way out
    error = task.exception()
    if error is None:
        how = "did the same again" if canceller.went_on else "went on to its normal end"
        is_wrong = not canceller.is_own or _is_taken_for_a_result(canceller, task)
        return _swallowed(canceller, how) if is_wrong else None
    if isinstance(error, SystemExit | KeyboardInterrupt | asyncio.CancelledError):
        return None
    return Broken(
        "cancel-changed",
        f"{_told(canceller)} raised {described(error)} instead of CancelledError.",
        _lines(shown(canceller.stack), raised_at(error)),
        told(error),
    )


def _is_taken_for_a_result(canceller: Canceller, task: "asyncio.Task[Any]") -> bool:
    """Whether a cancelled task that has ended normally is not just one that was told to stop."""
    return canceller.went_on or canceller.is_awaited or task.result() is not None


def _swallowed(canceller: Canceller, how: str) -> Broken:
    where = canceller.swallowed_in or canceller.stack
    by = swallower(canceller.swallowed_in) or swallower(canceller.stack)
    what = f"line {by}" if by else f"what waited at {shown(where)}"
    return Broken(
        "cancel-swallowed",
        f"{_told(canceller)} {how}: {what} swallowed the cancellation.",
        _lines(shown(canceller.stack), shown(where), by),
    )


def _left(canceller: Canceller, usually_left: frozenset[str]) -> Broken | None:
    for left in canceller.left:
        if left.key not in usually_left:
            return Broken(
                "cancel-left",
                f"{_told(canceller)} left {left.what}.",
                _lines(shown(canceller.stack), left.where),
            )
    return None


def _lines(*places: str) -> str:
    """Return lines with commas between, each once."""
    return ", ".join(dict.fromkeys(one for one in places if one))
