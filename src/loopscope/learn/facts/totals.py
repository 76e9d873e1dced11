"""Facts that are one number of a whole run."""

from loopscope.learn.facts.fact import Arguments, Fact
from loopscope.learn.facts.studied import Studied
from loopscope.learn.questions.shapes import Number, Seconds


def milliseconds(ns: int) -> tuple[str]:
    """Return a time as an answer in the shape of seconds."""
    return (str(round(ns / 1_000_000)),)


def total(studied: Studied, arguments: Arguments) -> Fact:  # noqa: ARG001  (as all facts)
    """How long it took from the loop's first step to its end."""
    return Fact(Seconds(), milliseconds(studied.summary.trace.total_ns))


def blocked(studied: Studied, arguments: Arguments) -> Fact:  # noqa: ARG001
    """For how long steps held the loop that should have let go of it."""
    held = sum(stall.held_ns for stall in studied.summary.stalls)
    return Fact(Seconds(), milliseconds(held))


def tasks(studied: Studied, arguments: Arguments) -> Fact:  # noqa: ARG001
    """How many tasks there were beside the main one."""
    return Fact(Number(), (str(max(len(studied.summary.rows) - 1, 0)),))


def together(studied: Studied, arguments: Arguments) -> Fact:  # noqa: ARG001
    """How many waits on the outside overlapped at most."""
    return Fact(Number(), (str(studied.summary.overlap.peak_count),))


def threads(studied: Studied, arguments: Arguments) -> Fact:  # noqa: ARG001
    """How many jobs worker threads did."""
    return Fact(Number(), (str(len(studied.summary.trace.jobs)),))
