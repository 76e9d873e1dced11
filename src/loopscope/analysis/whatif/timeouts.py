"""Timeouts that fired: what they decided stays decided, whatever else changes."""

from pathlib import PurePath
from typing import Final

import numpy as np

from loopscope.analysis.timeline import Timeline
from loopscope.model.kinds import StepEnd, WakeKind

_FIRE: Final = {
    ("timeouts.py", "Timeout._on_timeout"),
    ("tasks.py", "_release_waiter"),  # wait_for, up to Python 3.11
}

FIRED: Final = (
    "Timeouts that fired fire again, and no others do, however soon or late an answer comes now."
)


def told_of_timeouts(timeline: Timeline) -> tuple[str, ...]:
    """Say what is assumed of timeouts, if one fired in the run."""
    trace = timeline.trace
    steps = trace.steps
    by_timer = (steps.wake == WakeKind.TIMER) & (steps.how_end == StepEnd.CALLBACK)
    places = (trace.words.location(node) for node in np.unique(steps.stack[by_timer]).tolist())
    has_fired = any(
        (PurePath(place.file).name, place.function) in _FIRE
        for place in places
        if PurePath(place.file).parent.name == "asyncio"
    )
    return (FIRED,) if has_fired else ()
