"""Finds the awaits of some lines in a run: where a task came by, and how its steps divide."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

import numpy as np

from loopscope.analysis.timeline import Timeline
from loopscope.analysis.whatif.loops import (
    LoopsOfSource,
    begins_again,
    leaves_block,
    position,
)
from loopscope.analysis.whatif.places import in_lines, matching_files, outermost_hit
from loopscope.analysis.whatif.units import Units
from loopscope.model.kinds import Origin


@dataclass(frozen=True, slots=True)
class Visit:
    """A task comes by some lines: one await after the other.

    ``begin`` is the step that ended in the first wait, ``ends`` the steps that ended each await's
    last wait, in order; ``waits`` are all steps that ended a wait.
    """

    begin: int
    ends: tuple[int, ...]
    waits: tuple[int, ...]


class _Next(Enum):
    """How a wait goes on from the one before."""

    SAME = auto()
    """Within the same await."""
    NEXT = auto()
    """Another await, or the next round of a loop."""
    AGAIN = auto()
    """The task comes by the lines again."""


@dataclass(slots=True)
class _Open:
    """A visit that goes on."""

    begin: int
    branches: list[list[int]] = field(default_factory=list)
    stack: int = 0


def find_visits(timeline: Timeline, file: str, first_line: int, last_line: int) -> list[Visit]:
    """Return each time that a task came by these lines and waited there, in order of their ends.

    The awaits divide at the lines; where they come around in a loop, at its rounds. A round is
    told by a task that is further up in the code than at its wait before. An ``async with`` is
    one piece with what is in it (see ``Units``).
    """
    trace = timeline.trace
    site = outermost_hit(trace, in_lines(trace, file, first_line, last_line))
    if not any(site):
        return []
    files = matching_files(trace, file)
    loops = LoopsOfSource(trace.words.sources)
    has_head = any(loops.begins_within(name, first_line, last_line) for name in files)
    texts = (trace.words.sources.get(name, "") for name in files)
    units = Units(next(filter(None, texts), ""), first_line, last_line)
    order = _Order(timeline, site, loops, units, has_head=has_head)
    return list(_visits(timeline, site, order))


def _visits(timeline: Timeline, site: list[int], order: "_Order") -> Iterator[Visit]:
    steps = timeline.trace.steps
    waits = np.flatnonzero(timeline.wait_begin >= 0)
    waits = waits[timeline.previous[waits] >= 0]
    columns = (waits, steps.task[waits], timeline.wait_stack[waits], timeline.previous[waits])
    going: dict[int, _Open] = {}
    for index, task, stack, before in zip(*(c.tolist() for c in columns), strict=True):
        visit = going.pop(task, None)
        if not site[stack]:
            if visit is not None:
                yield _closed(visit)
            continue
        how = order.relation(visit.stack, stack) if visit is not None else _Next.AGAIN
        if visit is not None and how is _Next.AGAIN:
            yield _closed(visit)
        if visit is None or how is _Next.AGAIN:
            visit = _Open(before)
        if visit.branches and how is _Next.SAME:
            visit.branches[-1].append(index)
        else:
            visit.branches.append([index])
        visit.stack = stack
        going[task] = visit
    yield from (_closed(visit) for visit in going.values())


def _closed(visit: _Open) -> Visit:
    return Visit(
        visit.begin,
        tuple(branch[-1] for branch in visit.branches),
        tuple(index for branch in visit.branches for index in branch),
    )


class _Order:
    """Tells how a task got from one wait to its next, from the two await stacks."""

    def __init__(
        self,
        timeline: Timeline,
        site: list[int],
        loops: LoopsOfSource,
        units: Units,
        *,
        has_head: bool,
    ) -> None:
        self._words = timeline.trace.words
        self._site = site
        self._loops = loops
        self._units = units
        self._has_head = has_head
        self._known: dict[tuple[int, int], _Next] = {}

    def relation(self, before: int, now: int) -> _Next:
        """Compare two stacks."""
        known = self._known.get((before, now))
        if known is None:
            known = self._known[before, now] = self._compare(before, now)
        return known

    def _compare(self, before: int, now: int) -> _Next:
        words = self._words
        parents = words.node_parent
        site, site_now = self._site[before], self._site[now]
        if parents[site] != parents[site_now]:
            return _Next.AGAIN
        if site == site_now:
            return self._compare_inside(site, before, now)
        one, other = words.location(site), words.location(site_now)
        depth = len(words.stack(site_now))
        if self._units.share(one, other) or leaves_block(words.stack(now)[depth:]):
            return _Next.SAME
        is_back = position(other) < position(one)
        if self._has_head:
            return _Next.NEXT if is_back else _Next.SAME
        return _Next.AGAIN if is_back else _Next.NEXT

    def _compare_inside(self, site: int, before: int, now: int) -> _Next:
        """Compare two stacks that are at the same await.

        Libraries have loops of their own, whose source no trace has. So the task began again
        only where a loop of the program, or a library that called it, could have brought it back.
        """
        places = self._words.stack(site)
        if not begins_again(self._words, self._loops, len(places), before, now):
            return _Next.SAME
        if self._loops.may_repeat(places[-1]):
            return _Next.NEXT
        callers = [place for place in places[:-1] if place.origin is not Origin.STANDARD]
        is_called_again = any(self._loops.may_repeat(place) for place in callers)
        return _Next.AGAIN if is_called_again else _Next.SAME
