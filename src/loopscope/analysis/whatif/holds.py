"""Who was inside a lock or semaphore, also where nobody had to wait: told from the source."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from loopscope.analysis.timeline import Timeline
from loopscope.analysis.whatif.blocks import Block, find_blocks
from loopscope.analysis.whatif.graph import Cause, Graph, Resource, with_copies
from loopscope.analysis.whatif.loops import LoopsOfSource, begins_again
from loopscope.trace.columns import Trace

Key = tuple[Block, int]
"""A block, and the await stack of the function that it stands in."""


@dataclass(slots=True)
class Hold:
    """A stay inside a block: from the end of step ``begin`` until step ``end`` runs.

    It leaves ``leaves_ns`` after the begin of step ``end``: later than at once where a photograph
    shows that it was still inside.
    """

    block: Block
    begin: int
    end: int
    stack: int
    leaves_ns: int = 0


class Seen(NamedTuple):
    """When photographs saw a step inside a block, in ns since the step's begin.

    ``enters_ns`` is when the last one before saw it elsewhere, 0 where there is none; ``seen_ns``
    the first that saw it inside, ``leaves_ns`` the last.
    """

    enters_ns: int
    seen_ns: int
    leaves_ns: int


def find_holds(timeline: Timeline) -> list[Hold]:
    """Return all stays inside ``async with`` blocks in which a task waited for something."""
    trace = timeline.trace
    blocks = find_blocks(trace.words.sources)
    if not any(blocks.values()):
        return []
    loops = LoopsOfSource(trace.words.sources)
    inside = stacks_inside(trace, blocks)
    waits = np.flatnonzero((timeline.wait_begin >= 0) & (timeline.previous >= 0))
    columns = (waits, trace.steps.task[waits], timeline.wait_stack[waits], timeline.previous[waits])
    going: dict[int, dict[Key, Hold]] = defaultdict(dict)
    found: list[Hold] = []
    for index, task, stack, before in zip(*(one.tolist() for one in columns), strict=True):
        now, old = inside.get(stack, {}), going[task]
        for key in [key for key in old if key not in now]:
            del old[key]
        for key, depth in now.items():
            hold = old.get(key)
            if hold is None or begins_again(trace.words, loops, depth, hold.stack, stack):
                hold = old[key] = Hold(key[0], before, index, stack)
                found.append(hold)
            hold.end, hold.stack = index, stack
    seen = seen_inside(trace, inside)
    for hold in found:
        last = seen.get((hold.end, hold.block))
        hold.leaves_ns = last.leaves_ns if last else 0
    return found


def seen_inside(
    trace: Trace, inside: Mapping[int, Mapping[Key, int]]
) -> dict[tuple[int, Block], Seen]:
    """Return for steps and blocks when photographs saw the step inside the block."""
    seen: dict[tuple[int, Block], Seen] = {}
    before: dict[int, int] = {}
    for sample in trace.samples:
        step = sample.step_index
        at = sample.time_ns - int(trace.steps.begin[step])
        for block in {block for block, _ in inside.get(sample.node, {})}:
            known = seen.get((step, block)) or Seen(before.get(step, 0), at, at)
            seen[step, block] = known._replace(leaves_ns=at)
        before[step] = at
    return seen


def stacks_inside(trace: Trace, blocks: dict[str, list[Block]]) -> dict[int, dict[Key, int]]:
    """Return for each stack the blocks it is inside, with the depth of the frame that is."""
    words = trace.words
    parents, inside = words.node_parent.tolist(), dict[int, dict[Key, int]]()
    depth = [0] * len(parents)
    for node in range(1, len(parents)):
        parent = parents[node]
        depth[node] = depth[parent] + 1
        place = words.location(node)
        own = {
            (block, parent): depth[node] - 1
            for block in blocks.get(place.file, ())
            if place.first_line < block.first_line <= place.line <= block.last_line
        }
        if own or parent in inside:
            inside[node] = inside.get(parent, {}) | own
    return inside


def with_holds(graph: Graph, timeline: Timeline) -> Graph:
    """Return the graph with every stay as an entry and a leaving, not only those waited for.

    Only locks and semaphores are taken in whose size is known, and of which there is one object.
    """
    holds = find_holds(timeline)
    names = [one.name for one in graph.resources]
    rows: dict[str, int] = {name: row for row, name in enumerate(names) if names.count(name) == 1}
    resources = list(graph.resources)
    made: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for hold in holds:
        made[hold.block.name].add((hold.block.file, hold.block.made_line))
    for hold in holds:
        is_new = hold.block.name not in names and hold.block.name not in rows
        if is_new and hold.block.count and len(made[hold.block.name]) == 1:
            rows[hold.block.name] = len(resources)
            resources.append(Resource(hold.block.name, hold.block.count))
    chosen = [hold for hold in holds if hold.block.name in rows]
    if not chosen:
        return graph
    known = {(node, resource) for node, _, resource in graph.releases}
    leaves = {(hold.end, rows[hold.block.name]): hold.leaves_ns for hold in chosen}
    leaving = set(leaves) - known
    stayed = {(hold.begin, rows[hold.block.name]) for hold in chosen}
    asked = set(graph.resource.items())
    leaving |= asked - stayed - known  # those who went in and out in one step
    entries = sorted(stayed - asked)
    counted = {row: replace(resources[row], free=resources[row].count) for row in rows.values()}
    grown = _with_entries(graph, entries)
    return replace(
        grown,
        resources=tuple(counted.get(row, one) for row, one in enumerate(resources)),
        releases=(
            *graph.releases,
            *((node, leaves.get((node, row), 0), row) for node, row in sorted(leaving)),
        ),
    )


def _with_entries(graph: Graph, entries: list[tuple[int, int]]) -> Graph:
    """Return the graph with a node after each of these, in which a resource is entered."""
    nodes = np.array([node for node, _ in entries], np.int64)
    once, first = np.unique(nodes, return_index=True)
    count = len(graph)
    entry = np.arange(count, dtype=np.int64)
    entry[once] = count + np.arange(len(once))
    after = graph.after.copy()
    after[after >= 0] = entry[after[after >= 0]]
    grown = with_copies(replace(graph, after=after), once)
    new = slice(count, None)
    grown.within[new] += grown.duration[new]
    grown.after[new], grown.duration[new], grown.waker[new] = once, 0, -1
    grown.cause[new] = Cause.RESOURCE
    rows = {count + at: entries[int(one)][1] for at, one in enumerate(first)}
    return replace(grown, resource={**graph.resource, **rows})
