"""The run halves of rules on coroutines and tasks that come to nothing: what the trace saw."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from loopscope.analysis.rules.run_facts import RunFacts
from loopscope.analysis.rules.words import times
from loopscope.model.finding import Confidence, Finding
from loopscope.model.kinds import Lapse
from loopscope.model.location import Location
from loopscope.model.records import Task


def confirmed(suspects: Sequence[Finding], seen: Sequence[Finding]) -> Iterator[Finding]:
    """Yield what a run saw, then the suspects that it neither saw nor refuted.

    A suspect at the line of something seen is the same mistake: it gives its advice to it.
    """
    explained: set[int] = set()
    for one in seen:
        same = [number for number, each in enumerate(suspects) if _is_at(each, one.where)]
        explained.update(same)
        yield replace(one, remedy=suspects[same[0]].remedy) if same else one
    for number, each in enumerate(suspects):
        if number not in explained:
            yield each


def _is_at(suspect: Finding, where: Location) -> bool:
    place = suspect.where
    return place.file == where.file and place.line <= where.line <= place.end_line


def never_awaited_seen(run: RunFacts, suspects: Sequence[Finding], rule: str) -> list[Finding]:
    """Return a finding for each line at which coroutines were made and dropped.

    The trace knows the line at which a coroutine was dropped. One that had a name until then was
    made at the line where the source shows such a call.
    """
    counts: dict[Location, list[str]] = {}
    for one in run.trace.never_awaited:
        where = one.where
        if where is None or not any(_is_at(each, where) for each in suspects):
            short = one.coroutine.function.rpartition(".")[2]
            made = [each for each in suspects if each.evidence.get("coroutine") == short]
            where = made[0].where if made else where
        if where is not None and where.is_user:
            counts.setdefault(where, []).append(one.coroutine.function)
    return [
        Finding(
            rule=rule,
            where=where,
            message=(
                f"{names[0]}() was called {times(len(names))} here and never awaited: its code "
                "did not run."
            ),
            remedy="Write await before the call.",
            confidence=Confidence.SEEN,
            evidence={"coroutine": names[0], "count": len(names)},
        )
        for where, names in counts.items()
    ]


def failures_unseen(run: RunFacts, rule: str) -> list[Finding]:
    """Return a finding for each line whose tasks failed without anybody asking."""
    return _by_creator(
        run,
        [one.task_id for one in run.trace.failures if not one.retrieved],
        lambda made: Finding(
            rule=rule,
            where=made.where,
            message=(
                f"{_tasks(len(made.tasks))} made here failed, and nobody asked: "
                f"{_failure(run, made.tasks[0].id)}."
            ),
            remedy=(
                "Await it, ask for its result, use asyncio.TaskGroup, or give it a callback that "
                "looks at task.exception()."
            ),
            confidence=Confidence.SEEN,
            evidence={"tasks": [run.names.of(one.id) for one in made.tasks]},
        ),
    )


def tasks_lost(run: RunFacts, rule: str) -> list[Finding]:
    """Return a finding for each line whose tasks were collected in the middle of their work."""
    lost = [task for task, lapses in run.trace.lapses.items() if Lapse.DESTROYED_PENDING in lapses]
    return _by_creator(
        run,
        lost,
        lambda made: Finding(
            rule=rule,
            where=made.where,
            message=(
                f"{_tasks(len(made.tasks))} made here disappeared before the end: nobody kept a "
                "reference."
            ),
            remedy="Keep it in a set until it is done, or use asyncio.TaskGroup.",
            confidence=Confidence.SEEN,
            evidence={"tasks": [run.names.of(one.id) for one in made.tasks]},
        ),
    )


@dataclass(frozen=True, slots=True)
class _Made:
    where: Location
    tasks: list[Task]


def _by_creator(
    run: RunFacts, task_ids: Sequence[int], tell: Callable[[_Made], Finding]
) -> list[Finding]:
    made: dict[Location, list[Task]] = {}
    for task_id in task_ids:
        task = run.trace.task(task_id)
        if task.creator is not None and task.creator.is_user:
            made.setdefault(task.creator, []).append(task)
    return [tell(_Made(where, tasks)) for where, tasks in made.items()]


def _failure(run: RunFacts, task_id: int) -> str:
    for one in run.trace.failures:
        if one.task_id == task_id:
            where = f" at {one.where.short}" if one.where else ""
            told = f": {one.message}" if one.message else ""
            return f"{one.exception}{told}{where}"
    return "an exception"


def _tasks(count: int) -> str:
    return "A task" if count == 1 else f"{count:,} tasks"
