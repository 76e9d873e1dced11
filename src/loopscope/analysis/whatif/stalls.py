"""The change ``NoStalls``: what held the loop takes no time."""

from dataclasses import replace

import numpy as np

from loopscope.analysis.stalls import stalled_steps
from loopscope.analysis.whatif.changed import Changed
from loopscope.analysis.whatif.graph import Graph
from loopscope.analysis.whatif.late_answers import told_of_late
from loopscope.model.changes import NoStalls


def without_stalls(changed: Changed, _change: NoStalls) -> Changed:
    """Let no step hold the loop. Without a stall in the run nothing changes."""
    timeline = changed.timeline
    return changed.to(
        shortened(changed.graph, timeline.trace.info.stall_ns),
        "What held the loop takes none of its time: neither here nor anywhere else.",
        *told_of_late(timeline, changed.graph, stalled_steps(timeline).tolist()),
        is_at_most=True,
    )


def shortened(graph: Graph, stall_ns: int) -> Graph:
    """Return the graph with no time in all nodes that take ``stall_ns`` or longer."""
    return replace(graph, duration=np.where(graph.duration >= stall_ns, 0, graph.duration))
