"""The graph that is replayed: what each step waits for, what it sets off, and how long it takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum

import numpy as np

from loopscope.trace.columns import Int32s, Int64s, Uint8s, Uint32s


class Cause(IntEnum):
    """What makes a node ready, once the node before it (``after``) is over."""

    RUN = 0
    """Code outside any step, before its loop began to run."""
    EDGE = 1
    """Another step, ``offset`` after that step's begin."""
    EVENT = 2
    """The outside (a timer, I/O, a foreign thread), ``offset`` after the end of ``after``."""
    JOB = 3
    """An executor's job, handed in at the end of ``after``."""
    RESUMED = 4
    """Nothing: it goes on at once with what the step before it was interrupted in."""
    RESOURCE = 5
    """Its turn at a lock or semaphore, asked for at the end of ``after``."""


class Source(IntEnum):
    """How the loop hears of an event; what comes at the same time comes in this order."""

    THREAD = 0
    IO = 1
    TIMER = 2


@dataclass(frozen=True, slots=True)
class Job:
    """Work of an executor: how long it takes, and the ways to its worker and back."""

    pool: int
    duration_ns: int
    hand_in_ns: int = 0
    hand_back_ns: int = 0


@dataclass(frozen=True, slots=True)
class Pool:
    """Workers for jobs. ``has_gil`` means that only one of them computes at a time.

    ``is_server`` means that the workers are somebody else's, who answers requests.
    """

    name: str
    size: int
    has_gil: bool = False
    is_server: bool = False


@dataclass(frozen=True, slots=True)
class Resource:
    """A lock or semaphore. ``free`` is how many may enter beyond those that did when recorded."""

    name: str
    count: int
    free: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """A time in which a loop ran.

    It begins ``gap_ns`` after the end of run ``after``; where that is -1, ``gap_ns`` after the
    recording's begin. ``stop`` is the node that ends it, ``tail_ns`` what its end takes.
    """

    loop: int
    after: int
    gap_ns: int
    stop: int
    tail_ns: int


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes are steps; the first ones are the steps of the trace, a change may add some.

    Attributes:
        step: The step of the trace a node stands for.
        task: The task it is a step of, 0 for a callback.
        run: In which run it ran, a row of ``runs``.
        within: Where in its step it begins, as recorded: 0 but for what a change cut off.
        duration: How long it takes.
        cause: A ``Cause``.
        after: The node whose end begins its wait, -1 for none.
        waker: The node that wakes it, where the cause is ``EDGE``; else -1.
        offset: See ``Cause``.
        source: A ``Source``, where the cause is ``EVENT`` or ``JOB``.
        heard: A ``Heard``: how well the time of an event is known.
        late_idle: How much later than due a waiting loop noticed it.
        late_busy: How long the loop's look around took, where this node was the first after it.
        dispatch: From the look around to the begin of this node, where it was the first.
        joins: All nodes that have to wake a node, where it is more than its ``waker``.
        also: Nodes that must be over before a node can go on, beside ``after``.
        jobs: The job of a node whose cause is ``JOB``.
        resource: What a node whose cause is ``RESOURCE`` asks for, a row of ``resources``.
        releases: Which node gives which resource back, ``offset`` after its begin.
    """

    step: Int64s
    task: Uint32s
    run: Int32s
    within: Int64s
    duration: Int64s
    cause: Uint8s
    after: Int32s
    waker: Int32s
    offset: Int64s
    source: Uint8s
    heard: Uint8s
    late_idle: Int64s
    late_busy: Int64s
    dispatch: Int64s
    runs: tuple[Run, ...]
    joins: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    also: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    jobs: Mapping[int, Job] = field(default_factory=dict)
    pools: tuple[Pool, ...] = ()
    resource: Mapping[int, int] = field(default_factory=dict)
    resources: tuple[Resource, ...] = ()
    releases: tuple[tuple[int, int, int], ...] = ()

    def __len__(self) -> int:
        return len(self.step)

    @property
    def own_pools(self) -> dict[int, Pool]:
        """The program's own pools, by their rows."""
        return {row: pool for row, pool in enumerate(self.pools) if not pool.is_server}


def with_copies(graph: Graph, nodes: Int64s) -> Graph:
    """Return the graph with a copy of some nodes at its end."""
    return replace(
        graph,
        step=np.append(graph.step, graph.step[nodes]),
        task=np.append(graph.task, graph.task[nodes]),
        run=np.append(graph.run, graph.run[nodes]),
        within=np.append(graph.within, graph.within[nodes]),
        duration=np.append(graph.duration, graph.duration[nodes]),
        cause=np.append(graph.cause, graph.cause[nodes]),
        after=np.append(graph.after, graph.after[nodes]),
        waker=np.append(graph.waker, graph.waker[nodes]),
        offset=np.append(graph.offset, graph.offset[nodes]),
        source=np.append(graph.source, graph.source[nodes]),
        heard=np.append(graph.heard, np.zeros(len(nodes), np.uint8)),
        late_idle=np.append(graph.late_idle, graph.late_idle[nodes]),
        late_busy=np.append(graph.late_busy, graph.late_busy[nodes]),
        dispatch=np.append(graph.dispatch, graph.dispatch[nodes]),
    )
