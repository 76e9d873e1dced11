"""Answers that came while the loop was held: when they came, only the loop's later look tells."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from loopscope.analysis.timeline import Timeline
from loopscope.analysis.whatif.graph import Cause, Graph, Source
from loopscope.trace.columns import Int32s, Int64s, Trace, Uint8s

SOON_NS: Final = 1_000_000
"""What the loop hears of so soon after it was held may have come at any time meanwhile."""

NOTICED_LATE: Final = (
    "Answers that came while the loop was held came only when it noticed them: the gain may be "
    "larger."
)
LIKE_OTHERS: Final = (
    "Answers that came while the loop was held took as long as others that were awaited at the "
    "same place."
)


class Heard(IntEnum):
    """How well the time is known at which an answer came."""

    AT_ONCE = 0
    LIKE_OTHERS = 1
    """Only that it came while the loop was held; it is taken to have needed what others did."""
    LATE = 2
    """Only that it came while the loop was held; it is taken to have come when noticed."""


@dataclass(frozen=True, slots=True)
class _Window:
    """Answers, and when each may have come: after ``first`` ns of its wait, ``last`` at most."""

    nodes: Int64s
    first: Int64s
    last: Int64s
    is_late: np.ndarray


def heard(
    trace: Trace, cause: Uint8s, source: Uint8s, after: Int32s, offset: Int64s
) -> tuple[Uint8s, Int64s]:
    """Return how each step's answer was heard, and how long the answers really took.

    An answer that came while the loop was held is given the median of what the answers took that
    the loop waited for at the same place, as far as that fits: after the loop's last look before,
    and before the look that found it.
    """
    known, took = np.zeros(len(cause), np.uint8), offset.copy()
    answers = (cause == Cause.EVENT) & (source == Source.IO) & (after >= 0)
    nodes = np.flatnonzero(answers)
    nodes = nodes[trace.steps.task[after[nodes]] > 0]
    if not len(nodes) or not len(trace.turns):
        return known, took
    window = _window(trace, nodes, after, offset)
    places = _places(trace, nodes, after)
    for place in np.unique(places[window.is_late]).tolist():
        here = places == place
        late, prompt = here & window.is_late, here & ~window.is_late
        if prompt.any():
            usual = int(np.median(window.last[prompt]))
            known[nodes[late]] = Heard.LIKE_OTHERS
            took[nodes[late]] = np.clip(usual, window.first[late], window.last[late])
        else:
            known[nodes[late]] = Heard.LATE
    return known, took


def _window(trace: Trace, nodes: Int64s, after: Int32s, offset: Int64s) -> _Window:
    """Return when each answer may have come."""
    turns = trace.turns
    turn = np.searchsorted(turns.first_step, nodes, "right") - 1
    asked = trace.steps.end[after[nodes]]
    has_before = (turn > 0) & (turns.loop[turn - 1] == turns.loop[turn])
    looked = np.maximum(np.where(has_before, turns.idle_end[turn - 1], 0), asked)
    waited = turns.idle_end[turn] - turns.idle_begin[turn]
    held = turns.idle_begin[turn] - looked
    last = offset[nodes]
    first = np.minimum(looked - asked + 1, last)
    return _Window(nodes, first, last, (waited < SOON_NS) & (held >= SOON_NS))


def _places(trace: Trace, nodes: Int64s, after: Int32s) -> Int64s:
    """Number the places where answers were awaited: a callback, and the await stack behind it."""
    stack = trace.steps.stack.astype(np.int64)
    return stack[nodes] * (len(trace.words.node_parent) + 1) + stack[after[nodes]]


def told_of_late(timeline: Timeline, graph: Graph, held: Iterable[int]) -> list[str]:
    """Say what is assumed of the answers that came while some steps held the loop."""
    steps = timeline.trace.steps
    answers = np.flatnonzero((graph.heard != Heard.AT_ONCE) & (graph.after >= 0))
    asked, noticed = steps.end[graph.step[graph.after[answers]]], steps.ready[graph.step[answers]]
    meant = np.zeros(len(answers), bool)
    for end in {int(steps.end[step]) for step in held}:
        meant |= (asked < end) & (end <= noticed) & (noticed < end + SOON_NS)
    found = set(graph.heard[answers[meant]].tolist())
    told = {Heard.LIKE_OTHERS: LIKE_OTHERS, Heard.LATE: NOTICED_LATE}
    return [told[how] for how in told if how in found]
