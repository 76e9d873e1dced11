"""Servers that answer few at a time, told from requests that were under way together."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from heapq import heapreplace
from typing import Final

import numpy as np

from loopscope.analysis.timeline import Timeline
from loopscope.analysis.whatif.graph import Cause, Graph, Job, Pool, Source
from loopscope.analysis.whatif.late_answers import Heard
from loopscope.analysis.whatif.offers import hosts_of_waits
from loopscope.model.location import Location
from loopscope.trace.columns import Int32s, Int64s

ALIKE: Final = 0.1
"""Services that differ from the usual one by no more than this share of it are alike."""

ALIKE_SHARE: Final = 0.8
"""So many of the services, at least, must be alike: a busy machine delays a few."""

LEAST_NS: Final = 2_000_000
"""What is served quicker than this says nothing: the machine's own noise is as long."""

LEAST_QUEUED: Final = 3
"""So many answers, at least, must have come as if they had stood in line."""

MOST_COUNT: Final = 8
"""A server that answers more than this at a time is not looked for."""

_Key = tuple[int, Location, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Server:
    """Answers that came ``count`` at a time; ``services`` is what each took, in ns."""

    nodes: Sequence[int]
    count: int
    services: Sequence[int]
    where: str


def with_servers(graph: Graph, timeline: Timeline) -> Graph:
    """Return the graph with the answers of servers that answer few at a time as jobs of theirs.

    A server is taken to be the same where the user's line that waits, and the host if its source
    tells one, are the same. It is taken to answer so many at a time only where its answers,
    reckoned from when it was free for each, took as long as those that were asked for alone, and
    those that would have stood in line are at least three.
    """
    servers = find_servers(timeline, graph)
    if not servers:
        return graph
    cause, jobs, pools = graph.cause.copy(), dict(graph.jobs), list(graph.pools)
    for server in servers:
        for node, service in zip(server.nodes, server.services, strict=True):
            jobs[node] = Job(len(pools), service)
            cause[node] = Cause.JOB
        pools.append(Pool(f"answers at {server.where}", server.count, is_server=True))
    return replace(graph, cause=cause, jobs=jobs, pools=tuple(pools))


def find_servers(timeline: Timeline, graph: Graph) -> list[Server]:
    """Return the servers that answered few at a time."""
    steps = timeline.trace.steps
    found = []
    for key, nodes in _answers_by_place(timeline, graph).items():
        ordered = sorted(nodes, key=lambda node: (int(steps.end[graph.after[node]]), node))
        asked = steps.end[graph.after[ordered]].tolist()
        answered = (steps.end[graph.after[ordered]] + graph.offset[ordered]).tolist()
        for count in range(1, min(_most_at_once(asked, answered), MOST_COUNT + 1)):
            services = _served(asked, answered, count)
            if services:
                found.append(Server(ordered, count, services, key[1].short))
                break
    return found


def _answers_by_place(timeline: Timeline, graph: Graph) -> dict[_Key, list[int]]:
    """Return the answers that tasks waited for, by callback, the user's line, and host.

    Where the loop was held when one of them came, when it came is not known: such are left out.
    """
    words, steps = timeline.trace.words, timeline.trace.steps
    is_answer = (graph.cause == Cause.EVENT) & (graph.source == Source.IO) & (graph.after >= 0)
    nodes = np.flatnonzero(is_answer)
    nodes = nodes[steps.task[graph.after[nodes]] > 0]
    hosts = _hosts(timeline, graph.after[nodes])
    groups: dict[_Key, list[int]] = defaultdict(list)
    for node, host in zip(nodes.tolist(), hosts, strict=True):
        place = words.user_location(int(steps.stack[graph.after[node]]))
        groups[int(steps.stack[node]), place, host].append(node)
    return {key: its for key, its in groups.items() if (graph.heard[its] == Heard.AT_ONCE).all()}


def _hosts(timeline: Timeline, begins: Int32s) -> list[frozenset[str]]:
    """Return the hosts of the waits that began with the ends of these steps."""
    waits = np.flatnonzero((timeline.previous >= 0) & (timeline.wait_begin >= 0))
    of_begin = dict(
        zip(timeline.previous[waits].tolist(), hosts_of_waits(timeline, waits), strict=True)
    )
    return [of_begin.get(begin, frozenset()) for begin in begins.tolist()]


def _most_at_once(asked: Sequence[int], answered: Sequence[int]) -> int:
    """Return how many requests were under way at once, at most."""
    begins, ends = np.sort(np.array(asked)), np.sort(np.array(answered))
    return int((np.arange(1, len(begins) + 1) - np.searchsorted(ends, begins, "right")).max())


def _served(asked: Sequence[int], answered: Sequence[int], count: int) -> list[int]:
    """Return how long a server of ``count`` at a time took for each; empty if it was none.

    First in, first out. It was none if nothing was asked for alone, which tells what an answer
    takes; if more than a few took longer or shorter; or if too few had to wait in line.
    """
    free = [0] * count
    services, waited = [], []
    for begin, end in zip(asked, answered, strict=True):
        served = max(begin, free[0])
        waited.append(served - begin)
        services.append(end - served)
        heapreplace(free, end)
    took, lines = np.array(services), np.array(waited)
    alone = _alone(np.array(asked), np.array(answered))
    if not alone.any():
        return []
    usual = float(np.median(took[alone]))
    is_alike = float(np.mean(np.abs(took - usual) <= usual * ALIKE)) >= ALIKE_SHARE
    queued = int((lines > usual * ALIKE).sum())
    if took.min() <= 0:
        return []  # not first in, first out
    return services if is_alike and usual >= LEAST_NS and queued >= LEAST_QUEUED else []


def _alone(asked: Int64s, answered: Int64s) -> np.ndarray:
    """Return which requests, in the order they began, had no other under way beside them."""
    before = np.append(0, np.maximum.accumulate(answered)[:-1])
    following = np.append(asked[1:], np.iinfo(np.int64).max)
    return (asked >= before) & (answered <= following)


def told_of_servers(graph: Graph) -> tuple[str, ...]:
    """Say what is assumed of servers that answer few at a time."""
    return tuple(
        f"All the same, {pool.name} come {pool.size} at a time, as they did when recorded."
        for pool in graph.pools
        if pool.is_server
    )
