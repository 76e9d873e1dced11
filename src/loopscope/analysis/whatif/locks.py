"""Locks and semaphores around what held the loop: off the loop, it keeps others out of them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from loopscope.analysis.timeline import Timeline
from loopscope.analysis.whatif.blocks import Block, find_blocks
from loopscope.analysis.whatif.cuts import node_at, with_cuts
from loopscope.analysis.whatif.graph import Cause, Graph, Resource
from loopscope.analysis.whatif.held import Part
from loopscope.analysis.whatif.holds import Hold, Seen, find_holds, seen_inside, stacks_inside


def with_locks(
    timeline: Timeline, graph: Graph, parts: Sequence[Part]
) -> tuple[Graph, tuple[str, ...]]:
    """Return the graph with an entry before each part that is inside a lock, and what these are.

    While a task holds the loop it needs no lock to keep others out, so a recording shows none at
    work; once its work leaves the loop, the lock matters. Only those count whose size the source
    tells, and which it makes in one place.
    """
    trace = timeline.trace
    blocks = find_blocks(trace.words.sources)
    if not any(blocks.values()):
        return graph, ()
    seen = seen_inside(trace, stacks_inside(trace, blocks))
    moved = {part.step: part for part in parts}
    holds = find_holds(timeline)
    kept: dict[str, None] = {}
    for (step, block), when in seen.items():
        part = moved.get(step)
        if part is None or not block.count or not when.enters_ns <= part.seen_ns <= when.leaves_ns:
            continue
        kept[f"{block.name}, which lets {block.count} in at a time and is one object"] = None
        if not _is_inside(timeline, holds, step, block):
            graph = _entered(graph, holds, block, Part(step, when.enters_ns, 0, when.seen_ns), when)
    return graph, tuple(kept)


def _is_inside(timeline: Timeline, holds: Sequence[Hold], step: int, block: Block) -> bool:
    """Whether the task of a step was inside a block already when the step began."""
    task = timeline.trace.steps.task
    return any(
        hold.block == block and hold.begin < step <= hold.end and task[hold.begin] == task[step]
        for hold in holds
    )


def _entered(graph: Graph, holds: Sequence[Hold], block: Block, part: Part, when: Seen) -> Graph:
    """Return the graph with a block entered where a part of a step begins."""
    graph, row = _with_row(graph, holds, block)
    if row < 0:
        return graph
    if graph.resource.get(part.step) == row:  # it waited for the lock, and so has it already
        given = (part.step, 0, row)
        releases = [one for one in graph.releases if one != given]
        if len(releases) < len(graph.releases):
            releases.append((part.step, when.leaves_ns, row))
        return replace(graph, releases=tuple(releases))
    node = node_at(graph, part)
    entries = [one for one, its in graph.resource.items() if its == row]
    if node < 0 or any(
        graph.step[one] == part.step and graph.within[one] <= part.begin_ns for one in entries
    ):
        return graph  # another change has entered it
    old = [one for one in entries if graph.after[one] == node]
    entry = len(graph)
    cut = with_cuts(graph, [(node, part)], Cause.RESOURCE)
    resource = {one: its for one, its in cut.resource.items() if one not in old}
    cause = cut.cause.copy()
    cause[np.array(old, np.int64)] = Cause.RESUMED
    leaving = () if old else ((entry, when.leaves_ns - part.begin_ns, row),)
    return replace(
        cut,
        cause=cause,
        resource={**resource, entry: row},
        releases=(*cut.releases, *leaving),
    )


def _with_row(graph: Graph, holds: Sequence[Hold], block: Block) -> tuple[Graph, int]:
    """Return the graph with a block's lock as a resource, and its row; -1 where it cannot be."""
    rows = [row for row, one in enumerate(graph.resources) if one.name == block.name]
    if rows:
        known = graph.resources[rows[0]]
        return graph, rows[0] if len(rows) == 1 and known.free == known.count else -1
    if any(hold.block.name == block.name for hold in holds):
        return graph, -1  # it is there, and did not fit what happened
    new = Resource(block.name, block.count, free=block.count)
    return replace(graph, resources=(*graph.resources, new)), len(graph.resources)
