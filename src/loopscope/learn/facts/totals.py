"""Facts that are one number of a whole run."""

from loopscope.learn.facts.fact import Arguments, Fact
from loopscope.learn.facts.studied import Studied
from loopscope.learn.questions.shapes import Number, Seconds

LEAST_TOLERANCE_MS = 60
TOLERANCE = 0.15
"""Two runs of a program that differ by less than this, or the least, took the same time."""


def milliseconds(ns: int) -> tuple[str]:
    """Return a time as an answer in the shape of seconds."""
    return (str(round(ns / 1_000_000)),)


def seconds(studied: Studied, ns: int) -> Fact:
    """Return the fact that something takes a time, as exactly as the run can tell."""
    answer = milliseconds(ns)
    if studied.is_exact:
        return Fact(Seconds(), answer)
    return Fact(Seconds(max(LEAST_TOLERANCE_MS, round(int(answer[0]) * TOLERANCE))), answer)


def total(studied: Studied, arguments: Arguments) -> Fact:  # noqa: ARG001  (as all facts)
    """How long it took from the loop's first step to its end."""
    return seconds(studied, studied.summary.trace.total_ns)


def blocked(studied: Studied, arguments: Arguments) -> Fact:  # noqa: ARG001
    """For how long steps held the loop that should have let go of it."""
    held = sum(stall.held_ns for stall in studied.summary.stalls)
    return seconds(studied, held)


def tasks(studied: Studied, arguments: Arguments) -> Fact:  # noqa: ARG001
    """How many tasks there were beside the main one, without those of libraries."""
    return Fact(Number(), (str(max(len(studied.own_rows) - 1, 0)),))


def together(studied: Studied, arguments: Arguments) -> Fact:  # noqa: ARG001
    """How many waits on the outside overlapped at most."""
    return Fact(Number(), (str(studied.summary.overlap.peak_count),))


def threads(studied: Studied, arguments: Arguments) -> Fact:  # noqa: ARG001
    """How many jobs worker threads did."""
    return Fact(Number(), (str(len(studied.summary.trace.jobs)),))


def loops(studied: Studied, arguments: Arguments) -> Fact:  # noqa: ARG001
    """How many event loops ran."""
    return Fact(Number(), (str(len(studied.summary.loops)),))
