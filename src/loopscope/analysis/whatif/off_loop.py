"""The change ``OffLoop``: what holds the loop at a line runs in a worker instead."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from loopscope.analysis.timeline import Timeline
from loopscope.analysis.whatif.changed import Changed, NothingThere
from loopscope.analysis.whatif.cuts import node_at, with_cuts
from loopscope.analysis.whatif.graph import Cause, Graph, Job, Pool
from loopscope.analysis.whatif.held import Part, held_at, held_lines
from loopscope.analysis.whatif.jobs import ENOUGH_WORKERS, THREADS, default_workers
from loopscope.analysis.whatif.late_answers import told_of_late
from loopscope.analysis.whatif.locks import with_locks
from loopscope.analysis.whatif.places import listed
from loopscope.model.changes import Elsewhere, OffLoop

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
    graph, keeps = with_locks(changed.timeline, graph, parts)
    graph = split(graph, parts, row, hop_ns)
    told = [assumption, *(f"What runs at {where} keeps {one}." for one in keeps), *late]
    return changed.to(graph, *told, is_at_most=is_at_most)


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
    placed = [(node, part) for part in parts if (node := node_at(graph, part)) >= 0]
    if not placed:
        return graph
    cut = with_cuts(graph, placed, Cause.JOB)
    tails = range(len(graph), len(cut))
    jobs = {
        tail: Job(pool, part.length_ns, hop_ns // 2, hop_ns - hop_ns // 2)
        for tail, (_, part) in zip(tails, placed, strict=True)
    }
    return replace(cut, jobs={**cut.jobs, **jobs})


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
