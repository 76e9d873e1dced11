"""``pointless-async``: concurrency that brings nothing."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from loopscope.analysis.rules.pointless_source import NEVER_SUSPENDS, pointless_in_source
from loopscope.analysis.rules.rule import Rule
from loopscope.analysis.rules.run_facts import RunFacts
from loopscope.analysis.rules.words import times
from loopscope.analysis.wait_kinds import KINDS, is_task
from loopscope.model.finding import Confidence, Finding
from loopscope.model.kinds import Fate, Origin, WaitKind
from loopscope.model.location import Location
from loopscope.model.records import Job
from loopscope.model.units import format_ns
from loopscope.source.blocking_calls import blocking

LEAST_JOBS: Final = 3
QUICK_JOB_NS: Final = 50_000
"""Work that takes a thread less than this is over sooner than the way there and back: 150 to
200 µs as aiohttp (pull request 7797) and InvokeAI (9436) measured it."""

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


def _made(count: int) -> str:
    if count == 1:
        return "It made 1 task in this run, which never"
    return f"It made {count:,} tasks in this run; none of them"


def _gathered(run: RunFacts, one: Finding) -> Finding:
    """Count the tasks a gather made, and whether they ever waited."""
    made = run.tasks_made_at(one.where)
    if not len(made):
        return one
    lives = run.summary.lives
    rows = run.trace.tasks.row_of[made]
    if (lives.steps[rows] != 1).any():
        return replace(one, confidence=Confidence.NO)
    return replace(
        one,
        message=f"{one.message} {_made(len(made))} ever waited.",
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
    on_average = " on average" * (len(found) > 1)
    return Finding(
        rule="pointless-async",
        where=where,
        message=(
            f"{times(len(found)).capitalize()} a thread was sent work that took it "
            f"{format_ns(lasted_ns // len(found))}{on_average}; with the way there and back the "
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
    tasks = _tasks_with_own_code(run)
    if len(tasks) != 1 or len(run.summary.loops) != 1:
        return
    task = run.trace.task(tasks.pop())
    where = _only_line(run, task.id)
    fate = run.summary.lives.fate[run.trace.tasks.row_of[task.id]]
    if where is not None and fate == Fate.RETURNED and task.creator and task.creator.is_user:
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


def _tasks_with_own_code(run: RunFacts) -> set[int]:
    """Return the tasks in which code of the program ran; a library's own are its affair."""
    words, steps = run.trace.words, run.trace.steps
    own = [
        node
        for node in np.unique(steps.stack).tolist()
        if node and any(place.is_user for place in words.stack(node))
    ]
    table = run.trace.tasks
    begun = [
        int(number)
        for number, node in zip(table.id.tolist(), table.coroutine.tolist(), strict=True)
        if words.location(node).is_user
    ]
    seen = np.unique(steps.task[np.isin(steps.stack, own)]).tolist()
    return {*begun, *(number for number in seen if is_task(run.trace, number))}


def _only_line(run: RunFacts, task: int) -> Location | None:
    """Return the one line at which a task waits for the outside, None if there are several."""
    timeline, words = run.timeline, run.trace.words
    index = np.flatnonzero((run.trace.steps.task == task) & (timeline.wait_begin >= 0))
    if (np.isin(timeline.wait_object[index], list(timeline.kinds.gatherings))).any():
        return None
    places, kinds = {}, set()
    for at in index.tolist():
        kind = KINDS[int(timeline.wait_kind[at])]
        if kind in _OUTSIDE:
            node = int(timeline.wait_stack[at])
            place = words.user_location(node)
            places[place.file, place.line] = place
            if any(_is_in_loop(run, one) for one in words.stack(node) if one.is_user):
                return None
        elif timeline.due[at] > timeline.wait_begin[at]:
            kinds.add(kind)
    return next(iter(places.values())) if len(places) == 1 and kinds <= set(_LIBRARY) else None


def _is_in_loop(run: RunFacts, place: Location) -> bool:
    """Whether a line stands in a loop: then it is not one operation."""
    function = run.project.function_at(place.file, place.line)
    if function is None:
        return True
    loops = (*function.each(ast.For), *function.each(ast.While), *function.each(ast.AsyncFor))
    return any(one.lineno <= place.line <= (one.end_lineno or one.lineno) for one in loops)


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
