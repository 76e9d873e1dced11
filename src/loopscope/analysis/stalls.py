"""Steps that held the loop too long: at which line, doing what, and whom they delayed."""

from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np

from loopscope.analysis.timeline import Timeline
from loopscope.model.kinds import WakeKind
from loopscope.model.location import Location
from loopscope.model.records import Stall
from loopscope.trace.columns import Int64s, Sample, Trace

SWITCHES_OF_COMPUTING = 8
"""More voluntary context switches than this from one sample to the next are waits of the
program's own; a few come from handing the interpreter lock to the watchdog."""

LEAST_LOST_NS = 500_000
"""What a step wakes as the last thing it does was not delayed by it."""

NOTICED_AT_ONCE_NS = 1_000_000
"""I/O that a select after a stall returns sooner than this had arrived during the stall."""


@dataclass(frozen=True)
class _Held:
    """One stalled step, with its place and the tasks it delayed."""

    index: int
    held_ns: int
    where: Location
    inside: Location | None
    call: str
    kind: str
    delayed: dict[int, int]


def stalled_steps(timeline: Timeline) -> Int64s:
    """Return the indexes of all steps that held their loop for the stall threshold or longer."""
    steps = timeline.trace.steps
    return np.flatnonzero(steps.end - steps.begin >= timeline.trace.info.stall_ns)


def find_stalls(timeline: Timeline) -> list[Stall]:
    """Return the stalls grouped by line, the longest in sum first."""
    trace = timeline.trace
    samples: dict[int, list[Sample]] = defaultdict(list)
    for sample in trace.samples:
        samples[sample.step_index].append(sample)
    groups: dict[tuple[str, int, str], list[_Held]] = defaultdict(list)
    for index in stalled_steps(timeline).tolist():
        held = _describe(timeline, index, samples.get(index, []))
        groups[held.where.file, held.where.line, held.where.function].append(held)
    stalls = [_join(group) for group in groups.values()]
    return sorted(stalls, key=lambda stall: -stall.held_ns)


def _join(group: list[_Held]) -> Stall:
    longest = max(group, key=lambda held: held.held_ns)
    kinds: Counter[str] = Counter()
    delayed: dict[int, int] = {}
    for held in group:
        kinds[held.kind] += held.held_ns
        for task, time in held.delayed.items():
            delayed[task] = delayed.get(task, 0) + time
    return Stall(
        where=longest.where,
        call=longest.call,
        inside=longest.inside,
        kind=kinds.most_common(1)[0][0],
        count=len(group),
        held_ns=sum(held.held_ns for held in group),
        longest_ns=longest.held_ns,
        delayed_tasks_count=len(delayed),
        delayed_ns=sum(delayed.values()),
        step_indexes=tuple(held.index for held in group),
    )


def _describe(timeline: Timeline, index: int, samples: list[Sample]) -> _Held:
    trace = timeline.trace
    held = int(trace.steps.end[index] - trace.steps.begin[index])
    node = _worst_node(trace, index, samples)
    if node:
        where = trace.words.user_location(node)
        innermost = trace.words.location(node)
        inside = innermost if innermost != where else None
        text = trace.words.source_text(where)
        call = text if text.endswith(")") else ""
    else:
        where, inside, call = _unsampled_place(timeline, index), None, ""
    kind = _kind(trace, index, samples)
    return _Held(index, held, where, inside, call, kind, delayed_by(timeline, index))


def _worst_node(trace: Trace, index: int, samples: list[Sample]) -> int:
    """Return the stack that the samples saw for the longest time, 0 without samples."""
    weights: Counter[tuple[str, int]] = Counter()
    node_at: dict[tuple[str, int], int] = {}
    before = int(trace.steps.begin[index])
    for sample in samples:
        place = trace.words.user_location(sample.node)
        weights[place.file, place.line] += sample.time_ns - before
        node_at.setdefault((place.file, place.line), sample.node)
        before = sample.time_ns
    return node_at[weights.most_common(1)[0][0]] if weights else 0


def _unsampled_place(timeline: Timeline, index: int) -> Location:
    """Return the best guess without a sample: where the task stood next, or where it began."""
    trace = timeline.trace
    steps, words = trace.steps, trace.words
    if steps.stack[index]:
        return words.user_location(int(steps.stack[index]))
    if timeline.wait_stack[index]:
        return words.user_location(int(timeline.wait_stack[index]))
    return trace.task(int(steps.task[index])).coroutine


def _kind(trace: Trace, index: int, samples: list[Sample]) -> str:
    """Tell computing from blocking: a thread that computes never waits of its own accord."""
    if not samples or not samples[0].state:
        return "unknown"
    waiting = computing = 0
    before = int(trace.steps.begin[index])
    for sample, waits in zip(samples, waited_before(samples), strict=True):
        waiting += (sample.time_ns - before) * waits
        computing += (sample.time_ns - before) * (not waits)
        before = sample.time_ns
    return "blocking" if waiting >= computing else "computing"


def waited_before(samples: list[Sample]) -> list[bool]:
    """Return for each photograph of a step whether the thread waited in the time up to it.

    It did if it sleeps, or has given up the processor many times of its own accord; and if it
    slept in the photograph before and is still in the same call: then it has just woken up, which
    on a busy machine can be long before it gets a processor.
    """
    found = []
    last: Sample | None = None
    for sample in samples:
        switches = sample.switches_count - last.switches_count if last else 0
        woke = last is not None and _is_asleep(last) and last.node == sample.node
        found.append(_is_asleep(sample) or switches > SWITCHES_OF_COMPUTING or woke)
        last = sample
    return found


def _is_asleep(sample: Sample) -> bool:
    return bool(sample.state) and sample.state in "SD"


def delayed_by(timeline: Timeline, index: int) -> dict[int, int]:
    """Return the tasks a step kept from running, with the time each lost to it.

    These are the tasks that were ready while it ran; those whose timer came due in that time,
    which the loop noticed only afterwards; and those whose I/O had arrived by then (their lost
    time is not known and counts 0).
    """
    trace = timeline.trace
    steps = trace.steps
    begin, end = int(steps.begin[index]), int(steps.end[index])
    turn_end, next_end, woken_end = _turn_bounds(trace, index)
    window = slice(index + 1, woken_end)
    late = steps.ready[window] < end - LEAST_LOST_NS
    late[next_end - index - 1 :] = False
    lost = np.where(late, end - np.maximum(steps.ready[window], begin), 0)
    if turn_end < next_end and _select_returned_at_once(trace, turn_end):
        late[turn_end - index - 1 :] |= steps.wake[window][turn_end - index - 1 :] == WakeKind.IO
    # A late callback delays the tasks that it goes on to wake.
    waker = steps.waker[window] - index - 1
    through = (waker >= 0) & (steps.task[window] > 0)
    through[through] = late[waker[through]] & (steps.task[window][waker[through]] == 0)
    lost[through] = np.maximum(lost[through], lost[waker[through]])
    hit = (late | through) & (steps.task[window] > 0)
    delayed: dict[int, int] = {}
    for task, time in zip(steps.task[window][hit].tolist(), lost[hit].tolist(), strict=True):
        delayed[task] = max(delayed.get(task, 0), time)
    delayed.pop(int(steps.task[index]), None)
    return delayed


def _turn_bounds(trace: Trace, index: int) -> tuple[int, int, int]:
    """Return where the turn of a step ends, and the two turns after it."""
    turns, loop = trace.turns, trace.steps.loop[index]
    at = int(np.searchsorted(turns.first_step, index, "right"))
    last = int(np.searchsorted(trace.steps.loop, loop, "right"))
    starts = turns.first_step[at : at + 3]
    bounds = [int(start) for start in starts[turns.loop[at : at + 3] == loop]]
    first, second, third = [*bounds, last, last, last][:3]
    return first, second, third


def _select_returned_at_once(trace: Trace, first_step: int) -> bool:
    """Whether the turn that begins with this step found its I/O without waiting for it."""
    turns = trace.turns
    at = int(np.searchsorted(turns.first_step, first_step))
    return int(turns.idle_end[at] - turns.idle_begin[at]) < NOTICED_AT_ONCE_NS
