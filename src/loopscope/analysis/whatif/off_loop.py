"""The change ``OffLoop``: what holds the loop at a line runs in a worker instead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from loopscope.analysis.timeline import Timeline
from loopscope.analysis.whatif.changed import Changed, NothingThere
from loopscope.analysis.whatif.graph import Cause, Graph, Job, Pool, Source, with_copies
from loopscope.analysis.whatif.held import Part, held_at, held_lines
from loopscope.analysis.whatif.jobs import ENOUGH_WORKERS, THREADS, default_workers
from loopscope.analysis.whatif.late_answers import told_of_late
from loopscope.analysis.whatif.places import listed
from loopscope.model.changes import Elsewhere, OffLoop
from loopscope.trace.columns import Int64s

HOP_NS: Final = 200_000
"""What the way to a thread and back takes."""

PROCESS_HOP_NS: Final = 1_000_000
"""What the way to a process and back takes, with small arguments."""

PROCESSES: Final = "processes"
COMPUTING: Final = "computing threads"
ASSUMED_CORES: Final = 4


def off_loop(changed: Changed, change: OffLoop) -> Changed:
    """Let what held the loop at a line run in a worker.

    Raises:
        NothingThere: Nothing held the loop at this line.
    """
    parts = held_at(changed.timeline, change.file, change.line)
    if not parts:
        raise NothingThere(_nothing(changed.timeline, change))
    computes = sum(part.length_ns for part in parts if part.is_computing) * 2 > sum(
        part.length_ns for part in parts
    )
    where = f"{change.file}:{change.line}"
    pool, hop_ns, assumption = _worker(changed, where, change.where, computes=computes)
    graph, row = with_pool(changed.graph, pool)
    is_at_most = computes or not all(part.is_sleep for part in parts)
    late = told_of_late(changed.timeline, graph, (part.step for part in parts))
    graph = split(graph, parts, row, hop_ns)
    return changed.to(graph, assumption, *late, is_at_most=is_at_most)


def with_pool(graph: Graph, pool: Pool) -> tuple[Graph, int]:
    """Return the graph with a pool, and the pool's row. A pool of this name stays as it is."""
    for row, known in enumerate(graph.pools):
        if known.name == pool.name:
            return graph, row
    return replace(graph, pools=(*graph.pools, pool)), len(graph.pools)


def split(graph: Graph, parts: Sequence[Part], pool: int, hop_ns: int) -> Graph:
    """Return the graph with each part as a job: its node ends there, a new one goes on after it.

    What the node set off after the part was seen, or began with its end, comes from the new node.
    At most one part a step.
    """
    placed = [(node, part) for part in parts if (node := _node_of(graph, part)) >= 0]
    nodes = np.array([node for node, _ in placed], np.int64)
    if not len(nodes):
        return graph
    cuts = _Cuts.of(graph, nodes, [part for _, part in placed])
    lengths = [part.length_ns for _, part in placed]
    jobs = [Job(pool, length, hop_ns // 2, hop_ns - hop_ns // 2) for length in lengths]
    tails = range(len(graph), len(graph) + len(nodes))
    return _with_tails(graph, cuts, dict(zip(tails, jobs, strict=True)))


def _node_of(graph: Graph, part: Part) -> int:
    """Return the node in which a part of a step begins, -1 for none."""
    nodes = np.flatnonzero(graph.step == part.step)
    ends = graph.within[nodes] + np.maximum(graph.duration[nodes], 1)
    inside = nodes[(graph.within[nodes] <= part.begin_ns) & (part.begin_ns < ends)]
    return int(inside[0]) if len(inside) else -1


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
    def of(cls, graph: Graph, nodes: Int64s, parts: Sequence[Part]) -> "_Cuts":
        """Number the tails after all nodes."""
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


def _with_tails(graph: Graph, cuts: _Cuts, jobs: Mapping[int, Job]) -> Graph:
    """Return the graph with the cut nodes' tails at its end, each after its job."""
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
    grown.cause[tails], grown.source[tails] = Cause.JOB, Source.THREAD
    grown.waker[tails], grown.offset[tails] = -1, 0
    grown.late_idle[tails] = int(np.median(graph.late_idle))
    return replace(
        grown,
        jobs={**graph.jobs, **jobs},
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


def _worker(
    changed: Changed, where: str, elsewhere: Elsewhere, *, computes: bool
) -> tuple[Pool, int, str]:
    """Return the pool that takes the work, the way there and back, and what that assumes."""
    cpus = changed.timeline.trace.info.cpus
    if elsewhere is Elsewhere.PROCESS:
        count = cpus or ASSUMED_CORES
        told = (
            f"What runs at {where} and its result are small and can be sent to one of {count} "
            "other processes; starting them is not counted."
        )
        return Pool(PROCESSES, count), PROCESS_HOP_NS, told
    if computes:
        told = (
            f"What runs at {where} computes. In threads Python computes one at a time (the GIL), "
            "so only the loop is free meanwhile; C code that frees the GIL can do better."
        )
        return Pool(COMPUTING, ENOUGH_WORKERS, has_gil=True), HOP_NS, told
    workers = default_workers(cpus)
    told = (
        f"What {where} waits for takes as long in each of several threads; asyncio's own pool has "
        f"{workers} of them, and starting them is not counted."
    )
    return Pool(THREADS, workers), HOP_NS, told


def _nothing(timeline: Timeline, change: OffLoop) -> str:
    lines = held_lines(timeline)
    if not lines:
        return (
            f"Nothing held the loop at {change.file}:{change.line}: in this run nothing held it "
            "long enough to be a stall."
        )
    return (
        f"Nothing held the loop at {change.file}:{change.line}. What held it in this run: "
        f"{listed(lines)}."
    )
