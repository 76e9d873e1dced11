"""Runs a graph in a model of the event loop: one server, a FIFO queue, timers and the outside."""

from collections import deque
from dataclasses import dataclass
from heapq import heappop, heappush, heapreplace
from math import inf

import numpy as np

from loopscope.analysis.whatif.graph import Cause, Graph, Run, Source
from loopscope.trace.columns import Int64s

SWITCH_NS = 5_000_000
"""A thread that wants the GIL waits this long for one that computes (``sys.setswitchinterval``)."""

_NEVER = -1
_EDGE, _EVENT, _JOB, _RESUMED, _RESOURCE = (
    Cause.EDGE.value,
    Cause.EVENT.value,
    Cause.JOB.value,
    Cause.RESUMED.value,
    Cause.RESOURCE.value,
)


@dataclass(frozen=True, slots=True)
class Replayed:
    """When each node was ready, began and ended; -1 where it did not run.

    ``forced_count`` says how often nothing could go on, and a node was let go without its cause.
    """

    ready: Int64s
    begin: Int64s
    end: Int64s
    total_ns: int
    forced_count: int


class _Loop:
    """What one loop has before it: its ready queue and what will come from outside."""

    __slots__ = ("events", "ready", "threads")

    def __init__(self) -> None:
        self.ready: deque[int] = deque()
        # (time, order among equals, node); threads do not wait for the loop to look around.
        self.threads: list[tuple[int, int, int]] = []
        self.events: list[tuple[int, int, int]] = []

    def next_time(self) -> int | None:
        """Return when the next event comes, None if none will."""
        times = [heap[0][0] for heap in (self.threads, self.events) if heap]
        return min(times, default=None)


class Replay:
    """One run of a graph; ``run`` may be called once."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        count = len(graph)
        self._duration = graph.duration.tolist()
        self._cause = graph.cause.tolist()
        self._offset = graph.offset.tolist()
        self._source = graph.source.tolist()
        self._after = graph.after.tolist()
        self._order = graph.step.tolist()
        self._late_idle = graph.late_idle.tolist()
        self._late_busy = graph.late_busy.tolist()
        self._dispatch = graph.dispatch.tolist()
        self.ready = [_NEVER] * count
        self.begin = [_NEVER] * count
        self.end = [_NEVER] * count
        self.is_dropped = bytearray(count)
        self._forced_count = 0
        self._missing, self._followers, self._fires, self._goes_on = _links(graph)
        self._free = [resource.free for resource in graph.resources]
        self._queues: list[deque[int]] = [deque() for _ in graph.resources]
        self._workers = [[0] * max(1, pool.size) for pool in graph.pools]
        self._gil_free_ns = 0
        self._loop = _Loop()
        self._now = 0
        self._last_waker = [_NEVER] * count

    def run(self) -> Replayed:
        """Run everything, and return when it happened."""
        loops: dict[int, _Loop] = {}
        first_of: dict[int, list[int]] = {}
        graph = self._graph
        for node in np.flatnonzero(graph.cause == Cause.RUN).tolist():
            first_of.setdefault(int(graph.run[node]), []).append(node)
        ends: list[int] = []
        begins: list[int] = []
        for at, run in enumerate(graph.runs):
            begin = run.gap_ns + (ends[run.after] if run.after >= 0 else 0)
            self._loop = loops.setdefault(run.loop, _Loop())
            self._now = begin
            self._begin_run(at, first_of.get(at, []), begin)
            self._go_on_until(run, at)
            begins.append(begin)
            ends.append(self._now + run.tail_ns)
        total = max(ends, default=0) - min(begins, default=0)
        columns = [np.array(one, np.int64) for one in (self.ready, self.begin, self.end)]
        return Replayed(columns[0], columns[1], columns[2], total, self._forced_count)

    def _begin_run(self, at: int, nodes: list[int], begin: int) -> None:
        for node in nodes:
            if self._after[node] >= 0 and self.end[self._after[node]] == _NEVER:
                self._drop_before(node)
            self._make_ready(node, begin)
        graph = self._graph
        loose = (graph.run == at) & (graph.after < 0)
        for node in np.flatnonzero(loose & (graph.cause == Cause.EVENT)).tolist():
            self._expect(node, begin + self._offset[node])
        for node in np.flatnonzero(loose & (graph.cause == Cause.JOB)).tolist():
            self._hand_in(node, begin + self._offset[node])

    def _drop_before(self, node: int) -> None:
        """A task is cancelled from outside: what it would have done until then is left out."""
        at = self._after[node]
        while at >= 0 and self.end[at] == _NEVER:
            self.is_dropped[at] = True
            at = self._after[at]

    def _go_on_until(self, run: Run, at: int) -> None:
        """Turn the loop until the node that stops it has run and its turn is over."""
        if run.stop < 0:
            return
        loop = self._loop
        while self.end[run.stop] == _NEVER:
            if not loop.ready and loop.next_time() is None and not self._force(run, at):
                return
            self._turn()

    def _force(self, run: Run, at: int) -> bool:
        """Let the first node go that has not run, though nothing made it ready."""
        graph = self._graph
        ended = np.array(self.end, np.int64) != _NEVER
        dropped = np.frombuffer(self.is_dropped, np.uint8) != 0
        waiting = ~ended & ~dropped & (graph.run <= at)
        waiting &= graph.step <= graph.step[run.stop]
        nodes = np.flatnonzero(
            waiting & (np.array([r.loop for r in graph.runs])[graph.run] == run.loop)
        )
        if not len(nodes):
            return False
        self._forced_count += 1
        self._make_ready(int(nodes[graph.step[nodes].argmin()]), self._now)
        return True

    # ------------------------------------------------------------------ a turn of the loop

    def _turn(self) -> None:
        ready = self._loop.ready
        self._take_threads(self._now)
        if ready:
            self._now += self._late_busy[ready[0]]
        else:
            self._wait()
        if self._gil_free_ns > self._now:
            self._now += min(SWITCH_NS, self._gil_free_ns - self._now)
        self._take_events()
        count = len(ready)
        if count:
            self._now += self._dispatch[ready[0]]
        for _ in range(count):
            node = ready.popleft()
            if self.end[node] == _NEVER and not self.is_dropped[node]:
                self._run_node(node)

    def _wait(self) -> None:
        loop = self._loop
        heaps = [heap for heap in (loop.threads, loop.events) if heap]
        if not heaps:
            return
        time, _, node = min(heap[0] for heap in heaps)
        self._now = max(self._now, time) + self._late_idle[node]

    def _take_threads(self, until: int, order: float = inf) -> None:
        """Let threads wake what they wake up to a time; at that time, what comes before order."""
        threads = self._loop.threads
        while threads and threads[0][:2] < (until, order):
            time, _, node = heappop(threads)
            self._fire(node, time, _NEVER)

    def _take_events(self) -> None:
        now, events = self._now, self._loop.events
        self._take_threads(now)
        due: list[tuple[int, int, int, int]] = []
        while events and events[0][0] <= now:
            time, order, node = heappop(events)
            is_timer = self._source[node] == Source.TIMER
            due.append((is_timer, time if is_timer else 0, order, node))
        due.sort()
        for is_timer, time, _, node in due:
            self._fire(node, time if is_timer else now, _NEVER)

    def _run_node(self, node: int) -> None:
        """Run a node, and what goes on with it at once."""
        while node >= 0:
            self.begin[node] = begin = self._now
            end = begin + self._duration[node]
            for offset, order, target, resource in self._fires.get(node, ()):
                at = min(begin + offset, end)
                self._take_threads(at, order)
                if resource >= 0:
                    self._release(resource, at, node)
                else:
                    self._fire(target, at, node)
            self._now = self.end[node] = end
            node = self._finish(node, end)

    def _finish(self, node: int, end: int) -> int:
        """Begin the waits that begin with a node's end; return what goes on without one."""
        goes_on = self._goes_on.get(node, _NEVER)
        for follower in self._followers.get(node, ()):
            if self.is_dropped[follower] or self.end[follower] != _NEVER:
                continue
            self._missing[follower] -= 1
            if self._after[follower] == node:
                self._begin_wait(follower, end)
            if self._missing[follower] or self.ready[follower] != _NEVER:
                continue
            had_to_wait = self._last_waker[follower] == node or self._after[follower] != node
            if had_to_wait or goes_on != _NEVER:
                self._make_ready(follower, end)
            else:
                self.ready[follower] = end
                goes_on = follower
        return goes_on

    # --------------------------------------------------------------------------- waits

    def _begin_wait(self, node: int, end: int) -> None:
        cause = self._cause[node]
        if cause == _EVENT:
            self._expect(node, end + self._offset[node])
        elif cause == _JOB:
            self._hand_in(node, end)
        elif cause == _RESOURCE:
            resource = self._graph.resource[node]
            if self._free[resource] > 0:
                self._free[resource] -= 1
                self._missing[node] -= 1
            else:
                self._queues[resource].append(node)

    def _expect(self, node: int, time: int) -> None:
        source = self._source[node]
        heap = self._loop.threads if source == Source.THREAD else self._loop.events
        heappush(heap, (time, self._order[node], node))

    def _hand_in(self, node: int, time: int) -> None:
        job = self._graph.jobs[node]
        workers = self._workers[job.pool]
        begin = max(time + job.hand_in_ns, workers[0])
        has_gil = self._graph.pools[job.pool].has_gil
        if has_gil:
            begin = max(begin, self._gil_free_ns)
        over = begin + job.duration_ns
        heapreplace(workers, over)
        if has_gil:
            self._gil_free_ns = over
        self._expect(node, over + job.hand_back_ns)

    def _release(self, resource: int, time: int, node: int) -> None:
        queue = self._queues[resource]
        if queue:
            self._fire(queue.popleft(), time, node)
        else:
            self._free[resource] += 1

    def _fire(self, node: int, time: int, waker: int) -> None:
        """One of the things that a node waits for has happened."""
        if self.end[node] != _NEVER or self.is_dropped[node]:
            return
        self._missing[node] -= 1
        self._last_waker[node] = waker
        if not self._missing[node]:
            self._make_ready(node, time)

    def _make_ready(self, node: int, time: int) -> None:
        self.ready[node] = time
        self._loop.ready.append(node)


def _links(
    graph: Graph,
) -> tuple[
    list[int],
    dict[int, list[int]],
    dict[int, list[tuple[int, int, int, int]]],
    dict[int, int],
]:
    """Return how much each node waits for, who waits for its end, what it fires, and its rest."""
    missing = (graph.after >= 0).astype(np.int64) + (graph.cause != Cause.RESUMED)
    for node, nodes in graph.joins.items():
        missing[node] += len(nodes) - 1
    followers: dict[int, list[int]] = {}
    for node in np.flatnonzero(graph.after >= 0).tolist():
        followers.setdefault(int(graph.after[node]), []).append(node)
    for node, nodes in graph.also.items():
        missing[node] += len(nodes)
        for one in nodes:
            followers.setdefault(one, []).append(node)
    fires: dict[int, list[tuple[int, int, int, int]]] = {}
    for node in np.flatnonzero(graph.cause == Cause.EDGE).tolist():
        own = int(graph.waker[node])
        for waker in graph.joins.get(node, (own,)):
            offset = int(graph.offset[node] if waker == own else graph.duration[waker])
            fires.setdefault(waker, []).append((offset, int(graph.step[node]), node, -1))
    for node, offset, resource in graph.releases:
        fires.setdefault(node, []).append((offset, node, -1, resource))
    for fired in fires.values():
        fired.sort()
    resumed = np.flatnonzero(graph.cause == Cause.RESUMED)
    goes_on = {int(graph.waker[node]): int(node) for node in resumed if graph.waker[node] >= 0}
    return missing.tolist(), followers, fires, goes_on


def replay(graph: Graph) -> Replayed:
    """Replay a graph."""
    return Replay(graph).run()
