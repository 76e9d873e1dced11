"""The change ``Together``: awaits that followed each other run side by side."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from loopscope.analysis.timeline import Timeline
from loopscope.analysis.wait_kinds import KINDS
from loopscope.analysis.whatif.branches import Visit, find_visits
from loopscope.analysis.whatif.changed import Changed, NothingThere
from loopscope.analysis.whatif.graph import Cause, Graph
from loopscope.analysis.whatif.offers import waiting_lines
from loopscope.analysis.whatif.places import listed
from loopscope.model.changes import Together
from loopscope.model.kinds import WaitKind

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
    where = f"{change.file}:{change.first_line}"
    if change.last_line != change.first_line:
        where += f"-{change.last_line}"
    assumptions = [f"The awaits at {where} need nothing from each other."]
    is_at_most = _asks_outside(timeline, visits)
    if is_at_most:
        most = max(len(visit.ends) for visit in visits)
        assumptions.append(
            f"What answers them answers up to {most} at once as fast as it answered one."
        )
    return changed.to(forked(changed.graph, visits), *assumptions, is_at_most=is_at_most)


def forked(graph: Graph, visits: Sequence[Visit]) -> Graph:
    """Return the graph with the branches of each visit side by side.

    All branches begin at the end of node ``begin``. Whatever began at the end of the branch
    before begins there too: waits, jobs, and tasks that were made for it. The last branch's end
    goes on when all others are over.
    """
    begin = np.arange(len(graph), dtype=np.int32)
    also = dict(graph.also)
    for visit in visits:
        moved, last = visit.ends[:-1], visit.ends[-1]
        begin[list(moved)] = visit.begin
        also[last] = (*also.get(last, ()), *moved)
    after, waker, offset = graph.after.copy(), graph.waker.copy(), graph.offset.copy()
    anchored = after >= 0
    after[anchored] = begin[after[anchored]]
    made = (graph.waker >= 0) & (graph.cause == Cause.EDGE) & (graph.task > 0) & (graph.after < 0)
    made &= begin[graph.waker] != graph.waker
    waker[made] = begin[waker[made]]
    offset[made] = graph.duration[waker[made]]
    return replace(graph, after=after, waker=waker, offset=offset, also=also)


def _asks_outside(timeline: Timeline, visits: list[Visit]) -> bool:
    waits = np.concatenate([np.array(visit.waits, np.int64) for visit in visits])
    kinds = {KINDS[kind] for kind in np.unique(timeline.wait_kind[waits]).tolist()}
    return bool(kinds - _OWN_CLOCK)


def _nothing(timeline: Timeline, change: Together, found: list[Visit]) -> str:
    lines = waiting_lines(timeline)
    what = f"{change.file}:{change.first_line}-{change.last_line}"
    if not lines:
        return f"No task waited at {what}: in this run no task waited in your own code."
    if found:
        return (
            f"At {what} a task waited only once each time it came by, so there is nothing to put "
            f"side by side. Tasks waited at {listed(lines)}."
        )
    return f"No task waited at {what}. Tasks waited at {listed(lines)}."
