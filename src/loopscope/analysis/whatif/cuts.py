"""Cuts nodes in two: what a step did up to a part of it, and what it did after that part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from loopscope.analysis.whatif.graph import Cause, Graph, Source, with_copies
from loopscope.analysis.whatif.held import Part
from loopscope.trace.columns import Int64s


def node_at(graph: Graph, part: Part) -> int:
    """Return the node in which a part of a step begins, the last if several are there, else -1."""
    nodes = np.flatnonzero(graph.step == part.step)
    ends = graph.within[nodes] + np.maximum(graph.duration[nodes], 1)
    inside = nodes[(graph.within[nodes] <= part.begin_ns) & (part.begin_ns < ends)]
    return int(inside[-1]) if len(inside) else -1


@dataclass(frozen=True, slots=True)
class _Cuts:
    """Nodes that are cut in two: where each ends now, where its tail begins, and which that is.

    What a node set off at ``seen`` or later is its tail's. ``end``, ``seen``, ``go_on`` and
    ``tail`` have a row for every node; ``tail`` is -1 where none is cut.
    """

    nodes: Int64s
    end: Int64s
    seen: Int64s
    go_on: Int64s
    tail: Int64s

    @classmethod
    def of(cls, graph: Graph, placed: Sequence[tuple[int, Part]]) -> "_Cuts":
        """Number the tails after all nodes."""
        nodes = np.array([node for node, _ in placed], np.int64)
        parts = [part for _, part in placed]
        count, within = len(graph), graph.within[nodes]
        end, seen, go_on, tail = (np.full(count, value, np.int64) for value in (0, 0, 0, -1))
        end[nodes] = np.array([part.begin_ns for part in parts], np.int64) - within
        seen[nodes] = np.array([part.seen_ns for part in parts], np.int64) - within
        go_on[nodes] = end[nodes] + np.array([part.length_ns for part in parts], np.int64)
        tail[nodes] = np.arange(count, count + len(nodes))
        return cls(nodes, end, seen, go_on, tail)

    def is_later(self, node: int, offset: int) -> bool:
        """Whether something that a node does comes after its cut."""
        return bool(self.tail[node] >= 0 and offset >= self.seen[node])


def with_cuts(graph: Graph, placed: Sequence[tuple[int, Part]], cause: Cause) -> Graph:
    """Return the graph with nodes cut in two where a part of them begins.

    The tails are at the graph's end, in the order of the parts. Each begins its wait (``cause``)
    with the end of its node, and has of the node what came after the part.
    """
    cuts = _Cuts.of(graph, placed)
    after, waker, offset = graph.after.copy(), graph.waker.copy(), graph.offset.copy()
    anchored = (after >= 0) & (cuts.tail[after] >= 0)
    after[anchored] = cuts.tail[after[anchored]]
    later = (waker >= 0) & (cuts.tail[waker] >= 0)
    later &= (offset >= cuts.seen[waker]) | (graph.cause == Cause.RESUMED)
    offset[later] = np.maximum(offset[later] - cuts.go_on[waker[later]], 0)
    waker[later] = cuts.tail[waker[later]]
    nodes = cuts.nodes
    duration = graph.duration.copy()
    rest = np.maximum(duration[nodes] - cuts.go_on[nodes], 0)
    duration[nodes] = cuts.end[nodes]
    changed = replace(graph, after=after, waker=waker, offset=offset, duration=duration)
    grown = with_copies(changed, nodes)
    tails = slice(len(graph), None)
    grown.after[tails], grown.duration[tails] = nodes, rest
    grown.within[tails] += cuts.go_on[nodes]
    grown.cause[tails], grown.source[tails] = cause, Source.THREAD
    grown.waker[tails], grown.offset[tails] = -1, 0
    grown.late_idle[tails] = int(np.median(graph.late_idle))
    return replace(
        grown,
        joins=_renamed(graph.joins, cuts),
        also=_renamed(graph.also, cuts),
        releases=tuple(_later_release(cuts, *release) for release in graph.releases),
        runs=tuple(
            replace(run, stop=_last_of(cuts, run.stop)) if run.stop >= 0 else run
            for run in graph.runs
        ),
    )


def _last_of(cuts: _Cuts, node: int) -> int:
    return int(cuts.tail[node]) if cuts.tail[node] >= 0 else node


def _renamed(links: Mapping[int, tuple[int, ...]], cuts: _Cuts) -> dict[int, tuple[int, ...]]:
    return {key: tuple(_last_of(cuts, one) for one in nodes) for key, nodes in links.items()}


def _later_release(cuts: _Cuts, node: int, offset: int, resource: int) -> tuple[int, int, int]:
    if not cuts.is_later(node, offset):
        return node, offset, resource
    return int(cuts.tail[node]), max(offset - int(cuts.go_on[node]), 0), resource
