"""The lines that held the loop: a step that stalled may have been held at several of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from loopscope.analysis.stalls import waited_before
from loopscope.analysis.timeline import Timeline
from loopscope.model.location import Location
from loopscope.model.records import Stall
from loopscope.trace.columns import Sample, Trace

_CLEAR_SHARE: Final = 0.9
"""What is of one kind for this part of the time is of one kind: the rest is noise."""

_Place = tuple[str, int, str]
Caller = Callable[[int], Location]
"""Returns the line of the coroutine in a stack, from the stack's number."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One line's part of one step: how long it held the loop, and how much of that it waited."""

    stall: Stall
    step: int
    node: int
    held_ns: int
    waited_ns: int


def split_by_line(timeline: Timeline, stalls: list[Stall], caller: Caller) -> list[Stall]:
    """Return stalls with each step divided among its lines, the longest in sum first.

    Waiting counts for the user's innermost line, computing for the line of the coroutine that
    called for it, since one computation goes through many lines. A step without photographs
    stays with the line that the stall names. A line whose part of no step was as long as a
    stall is left out. The delay of a step is shared as its time is.
    """
    trace = timeline.trace
    samples: dict[int, list[Sample]] = defaultdict(list)
    for sample in trace.samples:
        samples[sample.step_index].append(sample)
    found = []
    by_caller: dict[_Place, list[_Part]] = defaultdict(list)
    for stall in stalls:
        unseen = [step for step in stall.step_indexes if step not in samples]
        if unseen or stall.kind == "unknown":
            found.append(_unknown(trace, stall, unseen or list(stall.step_indexes)))
        if stall.kind != "unknown":
            for part in _parts(trace, stall, samples):
                by_caller[_key(caller(part.node))].append(part)
    for parts in by_caller.values():
        found += _of_caller(trace, parts, caller)
    return sorted(found, key=lambda one: -one.held_ns)


def _key(place: Location) -> _Place:
    return place.file, place.line, place.function


def _parts(trace: Trace, stall: Stall, samples: dict[int, list[Sample]]) -> Iterator[_Part]:
    """Divide steps: the time up to each photograph belongs to the line that it shows."""
    for step in stall.step_indexes:
        before, end = int(trace.steps.begin[step]), int(trace.steps.end[step])
        seen = samples[step]
        for sample, waits in zip(seen, waited_before(seen), strict=True):
            until = sample.time_ns if sample is not seen[-1] else end
            yield _Part(stall, step, sample.node, until - before, (until - before) * waits)
            before = until


def _of_caller(trace: Trace, parts: list[_Part], caller: Caller) -> Iterator[Stall]:
    """Yield the stalls of one line of a coroutine: what waited in it line by line, the rest."""
    share = _waited_share(parts)
    by_line: dict[_Place, list[_Part]] = defaultdict(list)
    for part in parts:
        by_line[_key(trace.words.user_location(part.node))].append(part)
    computing: list[_Part] = []
    for some in by_line.values():
        clear = share if share <= 1 - _CLEAR_SHARE or share >= _CLEAR_SHARE else None
        if (_waited_share(some) if clear is None else clear) < 0.5:  # noqa: PLR2004  (the most)
            computing += some
        else:
            where = trace.words.user_location(some[0].node)
            yield from _joined(trace, some, where, "blocking")
    if computing:
        yield from _joined(trace, computing, caller(computing[0].node), "computing")


def _waited_share(parts: Iterable[_Part]) -> float:
    held = sum(part.held_ns for part in parts)
    return sum(part.waited_ns for part in parts) / held if held else 0.0


def _joined(trace: Trace, parts: list[_Part], where: Location, kind: str) -> Iterator[Stall]:
    """Yield the parts as one stall, nothing where none was as long as a stall."""
    steps: dict[int, int] = defaultdict(int)
    nodes: dict[int, int] = defaultdict(int)
    for part in parts:
        steps[part.step] += part.held_ns
        nodes[part.node] += part.held_ns
    longest = max(steps.values())
    if longest < trace.info.stall_ns:
        return
    innermost = trace.words.location(max(nodes, key=lambda node: nodes[node]))
    text = trace.words.source_text(where)
    stalls = {id(part.stall): part.stall for part in parts}.values()
    held = sum(steps.values())
    share = min(held / sum(stall.held_ns for stall in stalls), 1.0)
    yield Stall(
        where=where,
        call=text if text.endswith(")") else "",
        inside=innermost if innermost != where else None,
        kind=kind,
        count=len(steps),
        held_ns=held,
        longest_ns=longest,
        delayed_tasks_count=max(stall.delayed_tasks_count for stall in stalls),
        delayed_ns=round(sum(stall.delayed_ns for stall in stalls) * share),
        step_indexes=tuple(sorted(steps)),
    )


def _unknown(trace: Trace, stall: Stall, steps: list[int]) -> Stall:
    """Return what a stall is with only these steps, of which nobody knows the kind."""
    lasted = [int(trace.steps.end[step] - trace.steps.begin[step]) for step in steps]
    return replace(
        stall,
        kind="unknown",
        count=len(steps),
        held_ns=sum(lasted),
        longest_ns=max(lasted),
        delayed_ns=round(stall.delayed_ns * sum(lasted) / max(stall.held_ns, 1)),
        step_indexes=tuple(steps),
    )
