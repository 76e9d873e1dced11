"""Says how long a recorded run would have taken with some changes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from loopscope.analysis.timeline import Lives, Timeline
from loopscope.analysis.whatif.applying import apply_changes
from loopscope.analysis.whatif.build import build_graph
from loopscope.analysis.whatif.changed import Changed
from loopscope.analysis.whatif.graph import Graph
from loopscope.analysis.whatif.holds import with_holds
from loopscope.analysis.whatif.replay import Replayed, replay
from loopscope.analysis.whatif.servers import told_of_servers, with_servers
from loopscope.analysis.whatif.timeouts import told_of_timeouts
from loopscope.model.changes import Change
from loopscope.trace.columns import Int64s, Uint32s

_AS_GOOD: Final = 2
"""A replay that is this many times as far off is as good: what is exact has to stay exact, and a
recording of reality is off by microseconds anyway."""


@dataclass(frozen=True, slots=True)
class Model:
    """A recorded run that can be replayed. ``unchanged`` is its replay without a change."""

    timeline: Timeline
    lives: Lives
    graph: Graph
    unchanged: Replayed


@dataclass(frozen=True, slots=True)
class PredictedSteps:
    """When the steps would run, in the order in which they would begin.

    Times are nanoseconds since the first loop's begin. ``step`` is the step of the trace that
    each one stands for, ``task`` its task (0 for a callback). Steps that a change cuts in two
    occur twice; steps that would not be reached do not occur.
    """

    step: Int64s
    task: Uint32s
    ready: Int64s
    begin: Int64s
    end: Int64s


@dataclass(frozen=True, slots=True)
class Prediction:
    """What would have happened.

    ``recorded_ns`` is the total as recorded, ``replayed_ns`` as replayed without a change (their
    difference is the model's own error), ``after_ns`` with the changes. ``is_at_most`` says that
    the gain rests on a capacity nobody measured, or on the GIL. ``assumptions`` are full sentences.
    """

    recorded_ns: int
    replayed_ns: int
    after_ns: int
    is_at_most: bool
    assumptions: tuple[str, ...]
    steps: PredictedSteps = field(repr=False)

    @property
    def saves_ns(self) -> int:
        """What the changes gain; the model's own error is in both totals and cancels out."""
        return self.replayed_ns - self.after_ns


def make_model(timeline: Timeline, lives: Lives) -> Model:
    """Make the model of a recorded run, once for all predictions. Costs grow linearly."""
    graph = build_graph(timeline)
    unchanged = replay(graph)
    # What else can be told, of servers and from the source, is taken in where it fits.
    for richer_with in (with_servers, with_holds):
        richer = richer_with(graph, timeline)
        if richer is graph:
            continue
        again = replay(richer)
        worst = _distance(timeline, unchanged) * _AS_GOOD
        if _distance(timeline, again) <= worst and again.forced_count <= unchanged.forced_count:
            graph, unchanged = richer, again
    return Model(timeline, lives, graph, unchanged)


def _distance(timeline: Timeline, replayed: Replayed) -> int:
    """Return by how much the steps of a replay begin earlier or later than they did, in all."""
    steps = timeline.trace.steps
    return int(np.abs(replayed.begin[: len(steps)] - steps.begin).sum())


def predict(model: Model, changes: Sequence[Change]) -> Prediction:
    """Replay a run with some changes, all of them at once.

    Raises:
        NothingThere: A change names nothing that is in the run.
    """
    changed = apply_changes(Changed(model.timeline, model.graph), changes)
    replayed = replay(changed.graph) if changes else model.unchanged
    assumptions = changed.assumptions
    if changes:
        assumptions += told_of_servers(changed.graph) + told_of_timeouts(model.timeline)
    if replayed.forced_count > model.unchanged.forced_count:
        assumptions += (
            "Some waits end differently after the change, and the recording does not show how.",
        )
    return Prediction(
        recorded_ns=model.timeline.trace.total_ns,
        replayed_ns=model.unchanged.total_ns,
        after_ns=replayed.total_ns,
        is_at_most=changed.is_at_most,
        assumptions=tuple(dict.fromkeys(assumptions)),
        steps=_predicted_steps(model.timeline, changed.graph, replayed),
    )


def _predicted_steps(timeline: Timeline, graph: Graph, replayed: Replayed) -> PredictedSteps:
    trace = timeline.trace
    ran = np.flatnonzero(replayed.end >= 0)
    order = ran[np.lexsort((ran, replayed.begin[ran]))]
    step = graph.step[order]
    return PredictedSteps(
        step=step,
        task=trace.steps.task[step],
        ready=replayed.ready[order] - trace.begin_ns,
        begin=replayed.begin[order] - trace.begin_ns,
        end=replayed.end[order] - trace.begin_ns,
    )
