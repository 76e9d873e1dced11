"""What each line of the program cost: time suspended, time running, stalls, visits."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from loopscope.analysis.stalls import find_stalls
from loopscope.analysis.timeline import Lives, Timeline
from loopscope.model.kinds import StepEnd
from loopscope.model.location import Location
from loopscope.trace.columns import Int64s, Trace

Line = tuple[str, int]


@dataclass
class _Costs:
    """Sums by file and line."""

    suspended: Counter[Line] = field(default_factory=Counter)
    running: Counter[Line] = field(default_factory=Counter)
    visits: Counter[Line] = field(default_factory=Counter)
    stalls: Counter[Line] = field(default_factory=Counter)
    held: Counter[Line] = field(default_factory=Counter)


def source_data(timeline: Timeline, lives: Lives) -> dict[str, list[list[int]]]:
    """Return what the lines of the program's own files cost, by file.

    Each entry is ``[line, suspended, running, visits, stalls, held]``, in order of lines; lines
    that cost nothing are left out. Times are nanoseconds.

    A wait counts for every line of its await stack, each line once: ``await load()`` takes as
    long as what ``load`` waits for. A step counts as running, and as a visit, for the line at
    which it goes on: that of its last suspension, or the ``def`` of its coroutine. ``stalls`` and
    ``held`` are the steps that held the loop too long, at the line that was seen doing so.
    """
    costs = _Costs()
    _add_waits(costs, timeline, lives)
    _add_steps(costs, timeline)
    for stall in find_stalls(timeline):
        for line in _lines_of([stall.where]):
            costs.stalls[line] += stall.count
            costs.held[line] += stall.held_ns
    return _by_file(costs)


def _add_waits(costs: _Costs, timeline: Timeline, lives: Lives) -> None:
    trace = timeline.trace
    over = timeline.wait_begin >= 0
    duration = (trace.steps.ready - timeline.wait_begin)[over]
    _add_stacks(costs.suspended, trace, timeline.wait_stack[over], duration)
    pending = lives.last_step[(lives.fate == 0) & (lives.last_step >= 0)]
    pending = pending[trace.steps.how_end[pending] == StepEnd.SUSPENDED]
    still = max(trace.info.end_ns, 0) - trace.steps.end[pending]
    _add_stacks(costs.suspended, trace, trace.steps.stack[pending], np.maximum(still, 0))


def _add_stacks(sums: Counter[Line], trace: Trace, nodes: np.ndarray, time: Int64s) -> None:
    """Add times to every line of the program in their await stacks."""
    for node, total, _ in _sums_by(nodes, time):
        for line in _lines_of(trace.words.stack(node)):
            sums[line] += total


def _add_steps(costs: _Costs, timeline: Timeline) -> None:
    trace = timeline.trace
    words, steps = trace.words, trace.steps
    where = np.where(timeline.wait_begin >= 0, timeline.wait_stack, 0).astype(np.int64)
    begins = (timeline.previous < 0) & (steps.task > 0) & (where == 0)
    where[begins] = _coroutine_nodes(trace, steps.task[begins])
    is_callback = steps.how_end == StepEnd.CALLBACK
    where[is_callback] = steps.stack[is_callback]
    for node, total, count in _sums_by(where, steps.end - steps.begin):
        for line in _lines_of([words.user_location(node)] if node else []):
            costs.running[line] += total
            costs.visits[line] += count


def _coroutine_nodes(trace: Trace, tasks: np.ndarray) -> Int64s:
    """Return the nodes of the coroutines of some tasks, 0 for an unknown one."""
    table = trace.tasks
    rows = table.rows(tasks)
    nodes = np.zeros(len(tasks), np.int64)
    nodes[rows >= 0] = table.coroutine[rows[rows >= 0]]
    return nodes


def _sums_by(keys: np.ndarray, values: Int64s) -> Iterator[tuple[int, int, int]]:
    """Return each different key with the sum of its values and their count."""
    if len(keys):
        unique, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
        sums = np.bincount(inverse, weights=values).astype(np.int64)
        yield from zip(unique.tolist(), sums.tolist(), counts.tolist(), strict=True)


def _lines_of(places: Iterable[Location]) -> set[Line]:
    """Return the different lines of the program among some places."""
    return {(place.file, place.line) for place in places if place.is_user and place.line}


def _by_file(costs: _Costs) -> dict[str, list[list[int]]]:
    columns = (costs.suspended, costs.running, costs.visits, costs.stalls, costs.held)
    files: dict[str, list[list[int]]] = defaultdict(list)
    for file, line in sorted(set().union(*columns)):
        files[file].append([line, *(column[file, line] for column in columns)])
    return dict(files)
