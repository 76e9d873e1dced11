"""The change ``Together``: awaits that followed each other run side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from loopscope.analysis.timeline import Timeline
from loopscope.analysis.wait_kinds import KINDS
from loopscope.analysis.whatif.branches import Visit, find_visits
from loopscope.analysis.whatif.changed import Changed, NothingThere
from loopscope.analysis.whatif.graph import Cause, Graph, with_copies
from loopscope.analysis.whatif.offers import waiting_lines
from loopscope.analysis.whatif.places import listed
from loopscope.model.changes import Together
from loopscope.model.kinds import WaitKind

_LONG_NS: Final = 10_000_000
"""A shorter step may stand on either side of a join: it makes no difference worth a thought."""

_OWN_CLOCK = {WaitKind.SLEEP, WaitKind.YIELD, WaitKind.LOCK, WaitKind.SEMAPHORE}
"""Waits that take no longer because others wait, or whose order is replayed."""


def side_by_side(changed: Changed, change: Together) -> Changed:
    """Let the awaits of some lines run side by side, each time a task comes by.

    Raises:
        NothingThere: No task waited at these lines more than once in a row.
    """
    timeline = changed.timeline
    found = find_visits(timeline, change.file, change.first_line, change.last_line)
    visits = [visit for visit in found if len(visit.ends) > 1]
    if not visits:
        raise NothingThere(_nothing(timeline, change, found))
    where = lines_text(change)
    assumptions = [f"The awaits at {where} need nothing from each other."]
    is_at_most = _asks_outside(timeline, visits)
    if is_at_most and not _is_served(changed, visits):
        most = max(len(visit.ends) for visit in visits)
        assumptions.append(
            f"What answers them answers up to {most} at once as fast as it answered one."
        )
    return changed.to(forked(changed.graph, visits), *assumptions, is_at_most=is_at_most)


def forked(graph: Graph, visits: Sequence[Visit]) -> Graph:
    """Return the graph with the branches of each visit side by side.

    All branches begin at the end of node ``begin``. Whatever began at the end of the branch
    before begins there too: waits, jobs, tasks that were made for it, and a step that only let
    others go first (``sleep(0)``). What follows the last branch goes on when all are over.
    """
    begin = np.arange(len(graph), dtype=np.int32)
    also = dict(graph.also)
    computing: dict[int, tuple[int, ...]] = {}
    for visit in visits:
        moved, last = visit.ends[:-1], visit.ends[-1]
        begin[list(moved)] = visit.begin
        if _is_part_of_branch(graph, visit):
            computing[last] = moved
        else:
            also[last] = (*also.get(last, ()), *moved)
    after, waker, offset = graph.after.copy(), graph.waker.copy(), graph.offset.copy()
    anchored = after >= 0
    after[anchored] = begin[after[anchored]]
    woken = (graph.waker >= 0) & (graph.cause == Cause.EDGE) & (graph.task > 0)
    woken &= begin[graph.waker] != graph.waker
    made = woken & ((graph.after < 0) | (graph.after == graph.waker))
    waker[made] = begin[waker[made]]
    offset[made] = graph.duration[waker[made]]
    moved_graph = replace(graph, after=after, waker=waker, offset=offset, also=also)
    return with_joints(moved_graph, computing) if computing else moved_graph


def _is_part_of_branch(graph: Graph, visit: Visit) -> bool:
    """Whether what the last await's end computes belongs to it, as it does to those before it.

    The recording does not divide a step into what still belongs to an await and what follows.
    """
    last = int(graph.duration[visit.ends[-1]])
    others = float(np.median(graph.duration[list(visit.ends[:-1])]))
    return last >= _LONG_NS and others >= last / 2


def with_joints(graph: Graph, waits_for: Mapping[int, tuple[int, ...]]) -> Graph:
    """Return the graph with a node behind each of these, which also waits for others.

    What followed the node, or was woken by it, now comes after the new one, which takes no time.
    """
    nodes = np.array(list(waits_for), np.int64)
    count = len(graph)
    joint = np.arange(count, dtype=np.int64)
    joint[nodes] = np.arange(count, count + len(nodes))
    after, waker, offset = graph.after.copy(), graph.waker.copy(), graph.offset.copy()
    anchored = after >= 0
    after[anchored] = joint[after[anchored]]
    woken = (waker >= 0) & (joint[waker] != waker)
    offset[woken], waker[woken] = 0, joint[waker[woken]]
    grown = with_copies(replace(graph, after=after, waker=waker, offset=offset), nodes)
    new = slice(count, None)
    grown.within[new] += grown.duration[new]
    grown.after[new], grown.duration[new], grown.waker[new] = nodes, 0, -1
    grown.cause[new] = Cause.RESUMED
    also = {key: tuple(int(joint[one]) for one in ones) for key, ones in graph.also.items()}
    also |= {int(joint[node]): waits_for[node] for node in waits_for}
    joins = {key: tuple(int(joint[one]) for one in ones) for key, ones in graph.joins.items()}
    runs = tuple(
        replace(run, stop=int(joint[run.stop])) if run.stop >= 0 else run for run in graph.runs
    )
    return replace(grown, also=also, joins=joins, runs=runs)


def lines_text(change: Together) -> str:
    """Return the lines as people write them: ``app.py:12`` or ``app.py:12-14``."""
    first = f"{change.file}:{change.first_line}"
    return first if change.first_line == change.last_line else f"{first}-{change.last_line}"


def _asks_outside(timeline: Timeline, visits: list[Visit]) -> bool:
    waits = np.concatenate([np.array(visit.waits, np.int64) for visit in visits])
    kinds = {KINDS[kind] for kind in np.unique(timeline.wait_kind[waits]).tolist()}
    return bool(kinds - _OWN_CLOCK)


def _is_served(changed: Changed, visits: list[Visit]) -> bool:
    """Whether it is known how many at a time some of the waits are answered."""
    graph = changed.graph
    servers = {at for at, pool in enumerate(graph.pools) if pool.is_server}
    served = {int(graph.after[node]) for node, job in graph.jobs.items() if job.pool in servers}
    waits = [wait for visit in visits for wait in visit.waits]
    return bool(served & set(changed.timeline.previous[waits].tolist()))


def _nothing(timeline: Timeline, change: Together, found: list[Visit]) -> str:
    lines = waiting_lines(timeline)
    what = lines_text(change)
    if not lines:
        return f"No task waited at {what}: in this run no task waited in your own code."
    if found:
        return (
            f"At {what} a task waited only once each time it came by, so there is nothing to put "
            f"side by side. Tasks waited at {listed(lines)}."
        )
    return f"No task waited at {what}. Tasks waited at {listed(lines)}."
