"""``narrow-limit``: a semaphore or a pool is smaller than the work that waits for it."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from loopscope.analysis.contention import Contention
from loopscope.analysis.critical_path import awaited_text
from loopscope.analysis.load import open_counts
from loopscope.analysis.rules.holding import holdings, most_at_once
from loopscope.analysis.rules.rule import Rule
from loopscope.analysis.rules.run_facts import RunFacts
from loopscope.model.changes import Limit
from loopscope.model.finding import Confidence, Finding
from loopscope.model.kinds import Origin, WaitKind
from loopscope.model.location import Location
from loopscope.model.units import counted, format_ns

LEAST_SHARE = 0.1
"""Tasks stood in line for at least this part of the run, the one that waited longest."""

MOST_NARROW = 4
"""A limit above this may well be meant: it is what bounds the number of requests."""

LEAST_IN_LINE = 2
"""So many times the limit stood in line at once."""

_EXAMPLE = """\
# Wrong where the service could answer twenty at once.
slots = asyncio.Semaphore(2)

# Right: as many as what is behind it can take.
slots = asyncio.Semaphore(20)
"""


@dataclass(frozen=True, slots=True)
class _Line:
    """Tasks that stood in line for one thing."""

    name: str
    where: Location
    limit: int
    tasks_count: int
    waits_count: int
    peak_count: int
    waited_ns: int
    longest_ns: int
    is_semaphore: bool = False


def _in_run(run: RunFacts, suspects: list[Finding]) -> Iterator[Finding]:
    lines = [_of_contention(run, one) for one in run.summary.contention if _is_limit(run, one)]
    lines = [line for line in lines if line.limit > 1 or not line.is_semaphore]  # a lock, else
    for line in (*lines, *_of_executors(run)):
        is_long = line.longest_ns >= LEAST_SHARE * run.trace.total_ns
        is_full = line.peak_count >= LEAST_IN_LINE * line.limit
        if is_long and is_full and line.where.is_user and line.limit <= MOST_NARROW:
            yield _finding(line)
    yield from suspects


def _is_limit(run: RunFacts, one: Contention) -> bool:
    """Whether tasks waited for a semaphore, or in a library's pool, which is a queue to it."""
    if one.kind is WaitKind.SEMAPHORE:
        return True
    if one.kind not in (WaitKind.QUEUE, WaitKind.CONDITION):
        return False
    stack = run.trace.words.stack(int(run.timeline.wait_stack[one.step_indexes[0]]))
    return any(place.origin is Origin.LIBRARY for place in stack)


def _of_contention(run: RunFacts, one: Contention) -> _Line:
    return _Line(
        name=one.name,
        where=one.where,
        limit=most_at_once(holdings(run.timeline, one)),
        tasks_count=one.tasks_count,
        waits_count=one.waits_count,
        peak_count=one.peak_waiting_count,
        waited_ns=one.waited_ns,
        longest_ns=one.longest_ns,
        is_semaphore=one.kind is WaitKind.SEMAPHORE,
    )


def _of_executors(run: RunFacts) -> Iterator[_Line]:
    """Yield the pools of threads in which work waited for a free thread."""
    steps, timeline = run.trace.steps, run.timeline
    pools = defaultdict(list)
    for at, job in run.executor_waits:
        pools[re.sub(r"[_-]?\d+$", "", job.thread)].append((at, job))
    for found in pools.values():
        queued = [max(job.begin_ns - int(timeline.wait_begin[at]), 0) for at, job in found]
        worst = found[queued.index(max(queued))][0]
        begins = np.sort(timeline.wait_begin[[at for at, _ in found]])
        starts = np.sort([job.begin_ns for _, job in found])
        node = int(timeline.wait_stack[worst])
        yield _Line(
            name=awaited_text(timeline, node),
            where=run.trace.words.user_location(node),
            limit=len({job.thread for _, job in found}),
            tasks_count=len(
                {int(steps.task[at]) for (at, _), ns in zip(found, queued, strict=True) if ns}
            ),
            waits_count=sum(ns > 0 for ns in queued),
            peak_count=int(open_counts(begins, starts).max()),
            waited_ns=sum(queued),
            longest_ns=max(queued),
        )


def _finding(line: _Line) -> Finding:
    return Finding(
        rule="narrow-limit",
        where=line.where,
        message=(
            f"{line.name} let {line.limit:,} in at a time: up to {line.peak_count:,} stood in "
            f"line, {format_ns(line.waited_ns)} in all, {format_ns(line.longest_ns)} at the "
            f"longest ({counted(line.tasks_count, 'task')})."
        ),
        remedy=(
            "If what is behind it can take more at once, raise the limit; try it first with "
            "loopscope whatif --limit. If it is meant to protect something, keep it."
        ),
        confidence=Confidence.LIKELY,
        evidence={
            "name": line.name,
            "limit": line.limit,
            "tasks": line.tasks_count,
            "waits": line.waits_count,
            "peak_waiting": line.peak_count,
            "waited_s": line.waited_ns / 1e9,
            "longest_s": line.longest_ns / 1e9,
        },
        changes=(Limit(line.name, line.limit + line.peak_count),),
    )


NARROW_LIMIT = Rule(
    name="narrow-limit",
    title="A limit is smaller than the work that waits for it",
    why=(
        "A semaphore or a pool lets a fixed number in; the rest waits in line. What limits the "
        "program is then this number, not the network or the machine."
    ),
    example=_EXAMPLE,
    in_run=_in_run,
)
