"""The change ``Faster``: a host answers sooner."""

from dataclasses import replace

import numpy as np

from loopscope.analysis.timeline import Timeline
from loopscope.analysis.whatif.changed import Changed, NothingThere
from loopscope.analysis.whatif.graph import Cause, Graph, Source
from loopscope.analysis.whatif.offers import hosts_of_waits, waiting_hosts, waits_outside
from loopscope.analysis.whatif.places import listed
from loopscope.model.changes import Faster
from loopscope.trace.columns import Int64s


def faster(changed: Changed, change: Faster) -> Changed:
    """Let a host answer ``factor`` times as fast.

    Raises:
        NothingThere: No wait for this host can be told from the source.
    """
    nodes = waits_for_host(changed, change.host)
    if not len(nodes):
        raise NothingThere(_nothing(changed.timeline, change))
    return changed.to(
        with_latency(changed.graph, nodes, change.factor),
        f"All of each wait for {change.host} is its answer's time: connecting and sending too.",
        "Which waits are for a host is told from the addresses in the source text of the lines "
        "that wait, or that made the task that waits.",
        is_at_most=True,
    )


def waits_for_host(changed: Changed, host: str) -> Int64s:
    """Return the nodes of the events that end waits for a host."""
    timeline, graph = changed.timeline, changed.graph
    waits = waits_outside(timeline)
    wanted = [host in names for names in hosts_of_waits(timeline, waits)]
    waits = waits[np.array(wanted, bool)]
    begun_by = np.isin(graph.after, timeline.previous[waits]) & (graph.after >= 0)
    is_answer = (graph.cause == Cause.EVENT) | (
        (graph.cause == Cause.JOB) & (graph.source == Source.IO)
    )
    return np.flatnonzero(begun_by & is_answer)


def with_latency(graph: Graph, nodes: Int64s, factor: float) -> Graph:
    """Return the graph with these answers coming after their time divided by ``factor``.

    Of servers that answer few at a time it is the time that an answer takes when its turn comes.
    """
    offset, jobs = graph.offset.copy(), dict(graph.jobs)
    offset[nodes] = np.rint(offset[nodes] / factor).astype(np.int64)
    for node in nodes.tolist():
        if node in jobs:
            jobs[node] = replace(jobs[node], duration_ns=round(jobs[node].duration_ns / factor))
    return replace(graph, offset=offset, jobs=jobs)


def _nothing(timeline: Timeline, change: Faster) -> str:
    known = waiting_hosts(timeline)
    if not known:
        return (
            f"No wait for {change.host} is in this run: no line that waits has an address in its "
            "source text."
        )
    return f"No wait for {change.host} is in this run. Waits are for {listed(known)}."
