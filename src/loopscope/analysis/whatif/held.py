"""Which part of which step a line of the source held the loop for, from the photographs."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from loopscope.analysis.stalls import find_stalls
from loopscope.analysis.timeline import Timeline
from loopscope.analysis.whatif.places import in_lines, outermost_hit
from loopscope.trace.columns import Sample


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a step: where in the step it begins, how long it is, and whether it computed.

    ``seen_ns`` is when in the step it was first seen going on: whom the step woke earlier, it woke
    before this part. ``is_sleep`` says that it only slept, which nothing outside has a part in.
    """

    step: int
    begin_ns: int
    length_ns: int
    seen_ns: int
    is_computing: bool = False
    is_sleep: bool = False


def held_at(timeline: Timeline, file: str, line: int) -> list[Part]:
    """Return the parts of all stalls that were at a line, or in what the line called.

    A stall without a photograph counts as a whole where it is named after this line, and as if it
    had been seen in its middle.
    """
    trace = timeline.trace
    hit = outermost_hit(trace, in_lines(trace, file, line, line))
    named = {trace.words.location(node) for node in set(hit) if node}
    samples: dict[int, list[Sample]] = defaultdict(list)
    for sample in trace.samples:
        samples[sample.step_index].append(sample)
    parts = []
    for stall in find_stalls(timeline):
        for step in stall.step_indexes:
            begin, end = int(trace.steps.begin[step]), int(trace.steps.end[step])
            if samples[step]:
                span = _span(samples[step], hit, begin, end)
            else:
                held = end - begin if stall.where in named else 0
                span = 0, held, held // 2
            if span[1]:
                is_sleep = "sleep(" in stall.call
                parts.append(Part(step, *span, stall.kind == "computing", is_sleep))
    return parts


def _span(samples: list[Sample], hit: list[int], begin: int, end: int) -> tuple[int, int, int]:
    """Return begin and length of what the photographs saw, and when the first of them saw it.

    Each stands for the time before it.
    """
    first = length = seen = 0
    before = begin
    for at, sample in enumerate(samples):
        until = end if at + 1 == len(samples) else sample.time_ns
        if hit[sample.node]:
            if not length:
                first, seen = before - begin, sample.time_ns - begin
            length += until - before
        before = until
    return first, length, seen


def held_lines(timeline: Timeline) -> Counter[str]:
    """Return the lines that held the loop, with the milliseconds."""
    lines: Counter[str] = Counter()
    for stall in find_stalls(timeline):
        lines[stall.where.short] += stall.held_ns // 1_000_000
    return lines
