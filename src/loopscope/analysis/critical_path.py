"""The critical path: which steps and waits the total time is made of, without a gap.

Walked backwards from the end of a loop's run. A step began when it was woken; if another task's
step woke it, the path goes on there, since the time before belongs to that task; if a timer,
I/O or a worker thread did, the task's own suspension is what took the time.
"""

from array import array
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from loopscope.analysis.timeline import Timeline, stopping_step
from loopscope.analysis.wait_kinds import KINDS
from loopscope.analysis.wait_places import told_nodes
from loopscope.model.kinds import WaitKind, WakeKind
from loopscope.model.location import NOWHERE, Location
from loopscope.trace.columns import Int64s, LoopRun

MOST_CALLERS = 5


class Share(StrEnum):
    """What a part of the path is."""

    RUNNING = "running"
    READY = "ready"
    """Woken, but the loop was busy with something else."""
    WAITING = "waiting"
    OUTSIDE = "outside"
    """Before the first step, or between two runs of the loop."""


@dataclass(frozen=True)
class PathPart:
    """All pieces of the path at one place.

    ``kind`` is the kind of wait where ``share`` is WAITING, else None. ``where`` is the user's
    line that waited, or the coroutine that ran or was ready. ``callers`` are the lines of the
    user's code from which ``where`` was reached, up to ``MOST_CALLERS``. ``behind`` is the task
    that ran longest while others of this part were ready, 0 where none did.
    """

    share: Share
    kind: WaitKind | None
    where: Location
    what: str
    count: int
    total_ns: int
    callers: tuple[Location, ...] = ()
    behind: int = 0


@dataclass(frozen=True)
class CriticalPath:
    """The path of one loop: its parts add up to ``total_ns`` exactly, longest first."""

    loop: int
    total_ns: int
    parts: tuple[PathPart, ...]
    step_indexes: Int64s
    """The steps on the path, latest first."""


def critical_path(timeline: Timeline, loop: int) -> CriticalPath | None:
    """Return the critical path of one loop from its first begin to its last end.

    Returns:
        None for a loop that ran no step.
    """
    runs = [run for run in timeline.trace.runs if run.loop == loop]
    ran = [run for run in runs if run.stop_step > run.first_step]
    if not ran:
        return None
    paths = _walk_back(timeline, ran)
    total = max(run.end_ns for run in runs) - min(run.begin_ns for run in runs)
    pieces = [_measure(timeline, run, path, waited) for run, path, waited in paths]
    parts = _parts(timeline, [np.concatenate(column) for column in zip(*pieces, strict=True)])
    rest = total - sum(part.total_ns for part in parts)
    if rest > 0:
        parts.append(PathPart(Share.OUTSIDE, None, NOWHERE, "", len(runs), rest))
    parts.sort(key=lambda part: -part.total_ns)
    return CriticalPath(loop, total, tuple(parts), np.concatenate([path for _, path, _ in paths]))


def _walk_back(timeline: Timeline, runs: list[LoopRun]) -> list[tuple[LoopRun, Int64s, np.ndarray]]:
    """Return for each run the steps on its path, latest first, and which ended a wait on it."""
    steps = timeline.trace.steps
    by_step = (steps.waker >= 0) & np.isin(steps.wake, (WakeKind.STEP, WakeKind.RESUMED))
    outside = np.isin(timeline.origin, (WakeKind.TIMER, WakeKind.IO, WakeKind.THREAD))
    waits = (timeline.wait_begin >= 0) & (outside | ~by_step)
    before = np.where(waits, timeline.previous, np.where(by_step, steps.waker, -1))
    follow = memoryview(array("i", before.astype(np.int32).tobytes()))
    paths = []
    for run in reversed(runs):
        path = array("q")
        at = stopping_step(timeline.trace, run)
        while at >= run.first_step:
            path.append(at)
            at = follow[at]
        indexes = np.frombuffer(path, np.int64)
        # A wait that began before this run is not walked into: the loop stood still meanwhile.
        inside = timeline.previous[indexes] >= run.first_step
        paths.append((run, indexes, waits[indexes] & inside))
    return paths


def _measure(
    timeline: Timeline, run: LoopRun, path: Int64s, waited: np.ndarray
) -> tuple[Int64s, np.ndarray, Int64s, Int64s, Int64s]:
    """Return a path's steps, whether each waited, and its running, ready and waiting time."""
    steps = timeline.trace.steps
    # A step counts up to the moment it woke the next one on the path; what it did after that
    # no longer mattered. The next one's wait, if it had one, begins at this step's end.
    until = np.concatenate((steps.end[path[:1]], steps.ready[path[:-1]]))
    until = np.where(np.concatenate(([True], waited[:-1])), steps.end[path], until)
    running = np.maximum(until - steps.begin[path], 0)
    # A wait is over when its timer is due: from then on the loop was busy with something else.
    over = np.where(waited, timeline.due[path], steps.ready[path])
    # A run's first task was made before the loop began to run.
    ready = steps.begin[path] - np.maximum(over, run.begin_ns)
    wait = np.where(waited, over - timeline.wait_begin[path], 0)
    return path, waited, running, ready, wait


def _parts(timeline: Timeline, columns: list[np.ndarray]) -> list[PathPart]:
    path, waited, running, ready, wait = columns
    coroutine = _coroutine_nodes(timeline, path)
    return [
        *_group(timeline, Share.RUNNING, coroutine, running),
        *_group_ready(timeline, path, coroutine, ready),
        *_group_waits(timeline, path[waited], wait[waited]),
    ]


def _coroutine_nodes(timeline: Timeline, path: Int64s) -> Int64s:
    """Return for each step the node of its task's coroutine, or of its callback."""
    trace = timeline.trace
    task = trace.steps.task[path]
    table = trace.tasks
    last = len(table.row_of) - 1
    row = np.where(task <= last, table.row_of[np.minimum(task, last)], -1)
    own = table.coroutine[row].astype(np.int64) if len(table) else np.zeros(len(path), np.int64)
    return np.where(task == 0, trace.steps.stack[path], np.where(row >= 0, own, 0))


def _group(timeline: Timeline, share: Share, node: Int64s, time: Int64s) -> list[PathPart]:
    words = timeline.trace.words
    taken = time > 0
    sums, counts = _sum_by_key(node[taken], time[taken])
    return [
        PathPart(share, None, words.location(key), words.location(key).function, count, total)
        for key, total, count in zip(sums, sums.values(), counts, strict=True)
    ]


def _group_ready(
    timeline: Timeline, path: Int64s, coroutine: Int64s, ready: Int64s
) -> list[PathPart]:
    parts = _group(timeline, Share.READY, coroutine, ready)
    nodes = np.unique(coroutine[ready > 0]).tolist()
    return [
        replace(part, behind=_ran_longest(timeline, path[at], ready[at]))
        for part, node in zip(parts, nodes, strict=True)
        for at in [int(np.where(coroutine == node, ready, -1).argmax())]
    ]


def _ran_longest(timeline: Timeline, index: int, ready_ns: int) -> int:
    """Return the task whose step took most of the time in which this step was ready."""
    steps = timeline.trace.steps
    first = int(np.searchsorted(steps.loop, steps.loop[index]))
    since = steps.begin[index] - ready_ns
    start = first + int(np.searchsorted(steps.end[first:index], since, "right"))
    if start >= index:
        return 0
    held = steps.end[start:index] - np.maximum(steps.begin[start:index], since)
    longest = start + int(held.argmax())
    task = int(steps.task[longest])
    return task if held.max() * 2 >= ready_ns and task != steps.task[index] else 0


def _group_waits(timeline: Timeline, index: Int64s, time: Int64s) -> list[PathPart]:
    trace = timeline.trace
    words = trace.words
    nodes = timeline.wait_stack[index].astype(np.int64)
    node = told_nodes(trace, nodes, trace.steps.task[index].astype(np.int64))
    keys = node * len(KINDS) + timeline.wait_kind[index]
    sums, counts = _sum_by_key(keys, time)
    groups: dict[tuple[Location, WaitKind], list[tuple[int, int, int]]] = {}
    for key, total, count in zip(sums, sums.values(), counts, strict=True):
        node_number, kind = key // len(KINDS), KINDS[key % len(KINDS)]
        where = words.user_location(node_number)
        groups.setdefault((where, kind), []).append((node_number, total, count))
    return [_waiting_part(timeline, kind, group) for (_, kind), group in groups.items()]


def _waiting_part(
    timeline: Timeline, kind: WaitKind, group: list[tuple[int, int, int]]
) -> PathPart:
    """Join the waits at one line, which may have been reached by several stacks."""
    words = timeline.trace.words
    node = group[0][0]
    callers = dict.fromkeys(words.user_caller(one) for one, _, _ in group)
    return PathPart(
        Share.WAITING,
        kind,
        words.user_location(node),
        awaited_text(timeline, node),
        sum(count for _, _, count in group),
        sum(total for _, total, _ in group),
        tuple(place for place in callers if place is not None)[:MOST_CALLERS],
    )


def awaited_text(timeline: Timeline, node: int) -> str:
    """Return the source text of what the innermost user line of a stack awaits.

    Of a library no source is kept: then it is the function that does.
    """
    words = timeline.trace.words
    place = words.user_location(node)
    text = words.source_text(place)
    if not text and place.line:
        return f"{place.function}()"
    for block in ("async with ", "async for "):
        if text.startswith(block):
            return _block_head(words.source_line(place).removeprefix(block))
    return text.removeprefix("await ").strip()


def _block_head(line: str) -> str:
    """Return what stands between ``async with`` and the colon that ends the line."""
    head = line.partition("  #")[0].rstrip()
    return head.removesuffix(":").rsplit(" as ", 1)[0].strip()


def _sum_by_key(keys: Int64s, values: Int64s) -> tuple[dict[int, int], list[int]]:
    if not len(keys):
        return {}, []
    unique, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    sums = np.bincount(inverse, weights=values).astype(np.int64)
    return dict(zip(unique.tolist(), sums.tolist(), strict=True)), counts.tolist()
