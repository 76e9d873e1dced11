"""Makes the report of a sweep: what broke, looked into, with the last things that happened."""

from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from loopscope.analysis.check_report import FailureGroup
from loopscope.analysis.events import Event
from loopscope.analysis.narrative import narrate
from loopscope.analysis.summary import summarise
from loopscope.check.investigate import Group, Investigated
from loopscope.check.promises import Promises
from loopscope.check.surroundings import Surroundings
from loopscope.check.verdict import seconds
from loopscope.errors import TraceError
from loopscope.trace.reader import read_trace

MOST_EVENTS: Final = 12
"""How many of the last things that happened are told."""

MOST_EXPLAINED: Final = 5
"""How many kinds of failure are looked into; the others are only counted."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A group of failures that was looked into.

    Attributes:
        group: The failures.
        found: What was found out about the first of them.
        repeat: The command that runs the smallest world again.
        trace: Where its recording is.
    """

    group: Group
    found: Investigated
    repeat: str
    trace: Path


def told_group(explained: Explained) -> FailureGroup:
    """Return everything there is to tell about a group that was looked into."""
    first, found = explained.group.first, explained.found
    outcome = found.outcome
    has_trace = found.is_stable and explained.trace.exists()
    return FailureGroup(
        kind=first.kind,
        where=first.where,
        count=explained.group.count,
        seed=first.seed,
        sentence=outcome.broken or first.broken,
        detail=outcome.detail,
        choices=tuple(choice.text() for choice in found.choices),
        tried=found.tried,
        repeat=explained.repeat,
        trace=str(explained.trace) if has_trace else "",
        events=last_events(explained.trace) if has_trace else (),
        is_stable=found.is_stable,
    )


def counted_group(group: Group, repeat: str) -> FailureGroup:
    """Return what there is to tell about a group that was only counted."""
    first = group.first
    return FailureGroup(
        kind=first.kind,
        where=first.where,
        count=group.count,
        seed=first.seed,
        sentence=first.broken,
        repeat=repeat,
    )


def last_events(trace: Path) -> tuple[Event, ...]:
    """Return the last things that happened in a recording, oldest first."""
    try:
        summary = summarise(read_trace(trace))
    except TraceError:
        return ()  # nothing was recorded: the program never ran a loop
    return tuple(deque(narrate(summary.timeline, summary.lives), MOST_EVENTS))


def promised(promises: Promises, surroundings: Surroundings) -> tuple[str, ...]:
    """Return what is promised, a few words each."""
    given: list[tuple[object, str]] = [
        (promises.within_ns, f"done within {seconds(promises.within_ns or 0)}"),
        (promises.no_stall_ns, f"no step holds the loop for {seconds(promises.no_stall_ns or 0)}"),
        (promises.expect, f"{promises.expect} agrees with the result"),
        (promises.concurrency_at_least, f"{promises.concurrency_at_least} waits overlap"),
        (promises.no_lost_task or None, "no task is lost"),
    ]
    named = [text for value, text in given if value is not None]
    failing = [f"{one.rate:.4g} of {one.host} {one.kind}" for one in surroundings.failures]
    always = ["raises nothing", "never deadlocks"]
    if not promises.are_given:
        always.append("loses no task")
    return (*named, *always, *(f"while {one}" for one in failing))
