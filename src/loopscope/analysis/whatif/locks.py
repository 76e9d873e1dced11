"""Locks and semaphores around what held the loop: off the loop, it keeps others out of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import inf

from loopscope.analysis.timeline import Timeline
from loopscope.analysis.whatif.blocks import Block, find_blocks
from loopscope.analysis.whatif.cuts import node_at, with_cuts
from loopscope.analysis.whatif.graph import Cause, Graph, Resource
from loopscope.analysis.whatif.held import Part
from loopscope.analysis.whatif.holds import Hold, Seen, find_holds, seen_inside, stacks_inside

_Stay = tuple[Part, Seen]
"""Where a step enters a block, and when it was seen inside."""


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
    held: dict[tuple[Block, int], list[Hold]] = defaultdict(list)
    for hold in holds:
        held[hold.block, int(trace.steps.task[hold.begin])].append(hold)
    kept: dict[str, None] = {}
    stays: dict[Block, list[_Stay]] = defaultdict(list)
    for (step, block), when in seen.items():
        part = moved.get(step)
        if part is None or not block.count or not when.enters_ns <= part.seen_ns <= when.leaves_ns:
            continue
        kept[f"{block.name}, which lets {block.count} in at a time and is one object"] = None
        own = held[block, int(trace.steps.task[step])]
        if not any(hold.begin < step <= hold.end for hold in own):
            stays[block].append((Part(step, when.enters_ns, 0, when.seen_ns), when))
    for block, its in stays.items():
        graph = _entered(graph, holds, block, its)
    return graph, tuple(kept)


def _entered(graph: Graph, holds: Sequence[Hold], block: Block, stays: list[_Stay]) -> Graph:
    """Return the graph with a block entered where parts of steps begin."""
    graph, row = _with_row(graph, holds, block)
    if row < 0:
        return graph
    entries = {node for node, its in graph.resource.items() if its == row}
    # Who waited for the lock has it from the step's begin, and was taken to leave it at once.
    leaves = {part.step: when.leaves_ns for part, when in stays if part.step in entries}
    releases = [
        (node, leaves.get(node, 0) if its == row and offset == 0 else offset, its)
        for node, offset, its in graph.releases
    ]
    first: dict[int, int] = {}  # where in its step each entry is that there is already
    for node in entries:
        step, within = int(graph.step[node]), int(graph.within[node])
        first[step] = min(first.get(step, within), within)
    stays = [(part, when) for part, when in stays if first.get(part.step, inf) > part.begin_ns]
    placed = [(node, part) for part, _ in stays if (node := node_at(graph, part)) >= 0]
    if not placed:
        return replace(graph, releases=tuple(releases))
    return _cut_for(replace(graph, releases=tuple(releases)), row, placed, dict(stays))


def _cut_for(
    graph: Graph, row: int, placed: list[tuple[int, Part]], when: Mapping[Part, Seen]
) -> Graph:
    """Return the graph with an entry in each node, instead of the one behind it if there is one."""
    cut = with_cuts(graph, placed, Cause.RESOURCE)
    old = {int(graph.after[one]): one for one, its in graph.resource.items() if its == row}
    cause, resource, leaving = cut.cause.copy(), dict(cut.resource), []
    for entry, (node, part) in enumerate(placed, len(graph)):
        resource[entry] = row
        if node in old:
            cause[old[node]] = Cause.RESUMED
            del resource[old[node]]
        else:
            leaving.append((entry, when[part].leaves_ns - part.begin_ns, row))
    return replace(cut, cause=cause, resource=resource, releases=(*cut.releases, *leaving))


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
