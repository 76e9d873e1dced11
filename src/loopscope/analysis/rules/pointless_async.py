"""``pointless-async``: concurrency that brings nothing."""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from loopscope.analysis.rules.pointless_source import NEVER_SUSPENDS, pointless_in_source
from loopscope.analysis.rules.rule import Rule
from loopscope.analysis.rules.run_facts import RunFacts
from loopscope.analysis.wait_kinds import KINDS
from loopscope.model.finding import Confidence, Finding
from loopscope.model.kinds import Origin, WaitKind
from loopscope.model.location import Location
from loopscope.model.records import Job
from loopscope.model.units import format_ns
from loopscope.source.blocking_calls import blocking

LEAST_JOBS: Final = 3
QUICK_JOB_NS: Final = 50_000
"""Work that takes a thread less than this is over sooner than the way there and back: 150 to
200 µs as aiohttp (pull request 7797) and InvokeAI (9436) measured it."""

LEAST_SHARE: Final = 0.01
"""A line that waits for less than this part of the run is a formality, such as a close."""

_OUTSIDE: Final = (WaitKind.IO, WaitKind.EXECUTOR, WaitKind.SUBPROCESS)
_LIBRARY: Final = (WaitKind.TASK, WaitKind.FUTURE, WaitKind.YIELD)  # its ways to wait for these
_EXAMPLE: Final = """\
# Wrong: the slow part runs on the loop, the thread only gets its result.
page = await asyncio.to_thread(render(rows))

# Right: the thread gets the function.
page = await asyncio.to_thread(render, rows)
"""


def _in_run(run: RunFacts, suspects: list[Finding]) -> Iterator[Finding]:
    for one in suspects:
        yield _gathered(run, one) if one.evidence["what"] == NEVER_SUSPENDS else one
    yield from _quick_jobs(run)
    yield from _single_operations(run)


def _gathered(run: RunFacts, one: Finding) -> Finding:
    """Count the tasks a gather made, and whether they ever waited."""
    made = run.tasks_made_at(one.where)
    if not len(made):
        return one
    lives = run.summary.lives
    rows = run.trace.tasks.row_of[made]
    if (lives.steps[rows] > 1).any() or (lives.suspended[rows] > 0).any():
        return replace(one, confidence=Confidence.NO)
    return replace(
        one,
        message=f"{one.message} It made {len(made):,} tasks in this run; none of them ever waited.",
        confidence=Confidence.SEEN,
        evidence={**one.evidence, "tasks": len(made)},
    )


def _quick_jobs(run: RunFacts) -> Iterator[Finding]:
    """Yield lines that send a thread work which takes less time than the way to it."""
    jobs: dict[Location, list[tuple[int, Job]]] = defaultdict(list)
    for at, job in run.executor_waits:
        jobs[run.trace.words.user_location(int(run.timeline.wait_stack[at]))].append((at, job))
    for where, found in jobs.items():
        lasted = [job.end_ns - job.begin_ns for _, job in found]
        is_quick = len(found) >= LEAST_JOBS and max(lasted) <= QUICK_JOB_NS
        if is_quick and where.is_user and not _may_be_slow(run, where, found[0][1]):
            yield _offload(run, where, found, sum(lasted))


def _may_be_slow(run: RunFacts, where: Location, job: Job) -> bool:
    """Whether work that was quick here may be slow elsewhere: it waits, or it was not measured."""
    if run.trace.info.seed is not None and job.function.origin is Origin.USER:
        return True
    function = run.project.function_at(where.file, where.line)
    if function is None:
        return True
    for call in function.each(ast.Call):
        if where.line <= call.lineno <= where.end_line:
            for argument in call.args:
                meaning = run.project.meaning(argument, function)
                if meaning is not None and not meaning.is_object:
                    return ":" in meaning.name or blocking(meaning.name) is not None
    return True


def _offload(
    run: RunFacts, where: Location, found: list[tuple[int, Job]], lasted_ns: int
) -> Finding:
    begins = run.timeline.wait_begin[[at for at, _ in found]]
    ends = run.trace.steps.begin[[at for at, _ in found]]
    waited = int((ends - begins).sum())
    return Finding(
        rule="pointless-async",
        where=where,
        message=(
            f"{len(found):,} times a thread was sent work that took it "
            f"{format_ns(lasted_ns // len(found))} on average; with the way there and back the "
            f"task waited {format_ns(waited // len(found))}."
        ),
        remedy="Call it here: what takes so little time does not hold the loop.",
        confidence=Confidence.LIKELY,
        evidence={
            "what": "quick job",
            "jobs": len(found),
            "worked_s": lasted_ns / 1e9,
            "waited_s": waited / 1e9,
        },
    )


def _single_operations(run: RunFacts) -> Iterator[Finding]:
    """Yield programs that wait for one thing, once, with nothing beside it."""
    rows = [row for row in run.summary.rows if _is_own(run, row)]
    if len(rows) != 1 or len(run.summary.loops) != 1:
        return
    task = run.trace.task(int(run.trace.tasks.id[rows[0]]))
    where = _only_line(run, task.id)
    is_over = bool(run.summary.lives.fate[rows[0]])
    if where is not None and is_over and task.creator is not None and task.creator.is_user:
        yield Finding(
            rule="pointless-async",
            where=task.creator,
            message=(
                f"The whole program is one task that waits at one line ({where.short}): never "
                "did anything run beside it."
            ),
            remedy=(
                "An ordinary function with an ordinary client does the same and is simpler. Keep "
                "asyncio if more is to come, or if only an asynchronous library can do it."
            ),
            confidence=Confidence.ASK,
            evidence={"what": "single operation", "line": where.short},
        )


def _is_own(run: RunFacts, row: int) -> bool:
    """Whether a task runs the program's code; what a library makes is part of an operation."""
    task = run.trace.task(int(run.trace.tasks.id[row]))
    return task.coroutine.is_user


def _only_line(run: RunFacts, task: int) -> Location | None:
    """Return the one line at which a task waits for the outside, None if there are several."""
    timeline, words = run.timeline, run.trace.words
    index = np.flatnonzero((run.trace.steps.task == task) & (timeline.wait_begin >= 0))
    lasted: Counter[Location] = Counter()
    kinds = set()
    for at in index.tolist():
        waited = int(timeline.due[at] - timeline.wait_begin[at])
        lasted[words.user_location(int(timeline.wait_stack[at]))] += waited
        if waited:
            kinds.add(KINDS[int(timeline.wait_kind[at])])
    least = LEAST_SHARE * run.trace.total_ns
    places = {(place.file, place.line): place for place, ns in lasted.items() if ns >= least}
    if len(places) != 1 or not kinds & set(_OUTSIDE) or kinds - set(_OUTSIDE) - set(_LIBRARY):
        return None
    return next(iter(places.values()))


POINTLESS_ASYNC = Rule(
    name="pointless-async",
    title="Concurrency that brings nothing",
    why=(
        "Tasks gain time only while something else can run during a wait. Without a wait, or "
        "with nothing else to run, they only cost."
    ),
    example=_EXAMPLE,
    in_source=pointless_in_source,
    in_run=_in_run,
)
