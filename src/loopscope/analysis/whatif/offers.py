"""What can be changed in a recorded run: the lines, limits and hosts that a change can name."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from loopscope.analysis.timeline import Timeline
from loopscope.analysis.wait_kinds import CODE
from loopscope.analysis.whatif.graph import Graph
from loopscope.analysis.whatif.held import held_lines
from loopscope.analysis.whatif.host_names import hosts_of_stacks, hosts_of_tasks
from loopscope.model.kinds import WaitKind
from loopscope.trace.columns import Int64s


@dataclass(frozen=True, slots=True)
class Offers:
    """What a change can name, the longest first; each with its nanoseconds (limits: their size).

    ``waits`` are the user's lines where tasks waited, ``held`` those that held the loop.
    """

    waits: dict[str, int]
    held: dict[str, int]
    hosts: dict[str, int]
    limits: dict[str, int]


def find_offers(timeline: Timeline, graph: Graph) -> Offers:
    """Return what can be changed."""
    limits = {one.name: one.count for one in graph.resources}
    limits |= {one.name: one.size for one in graph.own_pools.values()}
    return Offers(
        waits=_ordered(waiting_lines(timeline)),
        held=_ordered(held_lines(timeline)),
        hosts=_ordered(waiting_hosts(timeline)),
        limits=limits,
    )


def waiting_lines(timeline: Timeline) -> Counter[str]:
    """Return the user's lines where tasks waited, with the time of their waits."""
    words = timeline.trace.words
    lines: Counter[str] = Counter()
    for node, waited in _waited(timeline, np.flatnonzero(timeline.wait_begin >= 0)).items():
        for short in {place.short for place in words.stack(node) if place.is_user}:
            lines[short] += waited
    return lines


def waiting_hosts(timeline: Timeline) -> Counter[str]:
    """Return the hosts that tasks waited for, with the time of the waits."""
    waits = waits_outside(timeline)
    time = (timeline.due[waits] - timeline.wait_begin[waits]).tolist()
    hosts: Counter[str] = Counter()
    for names, waited in zip(hosts_of_waits(timeline, waits), time, strict=True):
        for host in names:
            hosts[host] += waited
    return hosts


def hosts_of_waits(timeline: Timeline, waits: Int64s) -> list[frozenset[str]]:
    """Return the hosts that the lines of each wait name, else the line that made its task."""
    trace = timeline.trace
    of_stack = hosts_of_stacks(trace)
    of_task = [*hosts_of_tasks(trace, of_stack), frozenset[str]()]  # row -1: a task not known
    rows = trace.tasks.rows(trace.steps.task[waits]).tolist()
    stacks = timeline.wait_stack[waits].tolist()
    return [of_stack[stack] or of_task[row] for stack, row in zip(stacks, rows, strict=True)]


def waits_outside(timeline: Timeline) -> Int64s:
    """Return the steps that ended a wait which a host's answer may have ended."""
    asked = np.isin(timeline.wait_kind, (CODE[WaitKind.IO], CODE[WaitKind.FUTURE]))
    return np.flatnonzero(asked & (timeline.wait_begin >= 0))


def _waited(timeline: Timeline, waits: Int64s) -> dict[int, int]:
    """Return how long tasks waited with each await stack."""
    time = timeline.due[waits] - timeline.wait_begin[waits]
    sums = np.bincount(timeline.wait_stack[waits], weights=time)
    return {node: int(sums[node]) for node in np.flatnonzero(sums).tolist() if node}


def _ordered(counts: Counter[str]) -> dict[str, int]:
    return dict(counts.most_common())
