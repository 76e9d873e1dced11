"""Both probes give the same records: whole sequences, in virtual time."""

import asyncio
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests.conftest import Recording
from tests.support import names, record_virtually, task_steps, told

from loopscope.model.kinds import WakeKind
from loopscope.recorder.registry import Registry


def test_a_sleep_is_a_step_a_timer_and_a_step(recording: Recording) -> None:
    """A task that sleeps once runs twice, and a timer's callback wakes it in between."""

    async def main() -> None:
        await asyncio.sleep(1)

    trace = recording.virtually(main)
    assert told(trace) == [
        ("Task-1", "outside", -1, "suspended", "sleep"),
        ("-", "timer", -1, "callback", "_set_result_unless_cancelled"),
        ("Task-1", "step", 1, "returned", ""),
        ("-", "step", 2, "callback", "_run_until_complete_cb"),
    ]
    assert trace.steps.begin.tolist() == [0, 10**9, 10**9, 10**9]


def test_the_await_stack_names_every_level(recording: Recording) -> None:
    """The await stack runs from the task's coroutine to the innermost frame."""

    async def inner() -> None:
        await asyncio.sleep(1)

    async def main() -> None:
        await inner()

    trace = recording.virtually(main)
    stack = trace.words.stack(int(trace.steps.stack[0]))
    functions = [place.function.rpartition(".")[2] for place in stack]
    assert functions == ["main", "inner", "sleep"]
    assert stack[1].line == inner.__code__.co_firstlineno + 1
    assert trace.words.user_location(int(trace.steps.stack[0])) == stack[1]


def test_ping_pong_wakes_itself(recording: Recording) -> None:
    """A task that yields is woken by its own step, and takes turns with the other."""

    async def player() -> None:
        for _ in range(2):
            await asyncio.sleep(0)

    async def main() -> None:
        await asyncio.gather(player(), player())

    trace = recording.virtually(main)
    assert [(name, waker, end) for name, _, waker, end, _ in told(trace)][:7] == [
        ("Task-1", -1, "suspended"),
        ("Task-2", 0, "suspended"),
        ("Task-3", 0, "suspended"),
        ("Task-2", 1, "suspended"),
        ("Task-3", 2, "suspended"),
        ("Task-2", 3, "returned"),
        ("Task-3", 4, "returned"),
    ]


def test_every_end_is_told(recording: Recording) -> None:
    """Returned, raised and cancelled are told apart, and the exception is named."""

    async def fails() -> None:
        raise ValueError("out of reach")

    async def main() -> None:
        bad = asyncio.create_task(fails(), name="bad")
        long = asyncio.create_task(asyncio.sleep(9), name="long")
        await asyncio.sleep(0)
        long.cancel()
        await asyncio.gather(bad, long, return_exceptions=True)

    trace = recording.virtually(main)
    ends = {name: end for name, end, _ in task_steps(trace)}
    assert ends == {"Task-1": "returned", "bad": "raised", "long": "cancelled"}
    (failure,) = trace.failures
    assert (failure.exception, failure.message) == ("ValueError", "out of reach")
    assert failure.where is not None
    assert failure.where.line == fails.__code__.co_firstlineno + 1


def test_a_waiter_names_what_it_waits_for(recording: Recording) -> None:
    """Two tasks that wait for one lock name the same object; a gathering knows its size."""

    async def work(lock: asyncio.Lock) -> None:
        async with lock:
            await asyncio.sleep(1)

    async def main() -> None:
        lock = asyncio.Lock()
        await asyncio.gather(*(work(lock) for _ in range(3)))

    trace = recording.virtually(main)
    by_kind: dict[str, set[int]] = {}
    for thing in trace.steps.object.tolist():
        if thing in trace.objects:
            by_kind.setdefault(trace.objects[thing][0], set()).add(thing)
    assert {kind: len(found) for kind, found in by_kind.items()} == {
        "Lock": 1,
        "GatheringFuture": 1,
    }
    (gathering,) = by_kind["GatheringFuture"]
    assert trace.objects[gathering] == ("GatheringFuture", 3)


def test_waiting_for_a_task_names_the_task(recording: Recording) -> None:
    """A task that awaits another one records which."""

    async def main() -> None:
        await asyncio.create_task(asyncio.sleep(1), name="nap")

    trace = recording.virtually(main)
    waits_for = int(trace.steps.object[0])
    assert trace.task(waits_for).name == "nap"
    assert trace.task(waits_for).parent_id == int(trace.steps.task[0])


def test_creators_are_lines_of_the_user(recording: Recording) -> None:
    """The creator of a task is the user's line, whichever way asyncio was asked for it."""

    async def nap() -> None:
        await asyncio.sleep(1)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        first = sys._getframe().f_lineno
        tasks = [asyncio.ensure_future(nap()), loop.create_task(nap())]
        await asyncio.gather(nap(), *tasks)
        async with asyncio.TaskGroup() as group:
            group.create_task(nap())
        lines.append(first)

    lines: list[int] = []
    trace = recording.virtually(main)
    made = [trace.task(one).creator for one in trace.tasks.id.tolist()][1:]
    assert [place.line - lines[0] for place in made if place] == [1, 1, 2, 4]


def test_async_generators_are_seen_through(recording: Recording) -> None:
    """The await stack goes on inside an async generator that is being iterated."""

    async def numbers() -> AsyncIterator[int]:
        yield 1
        await asyncio.sleep(1)
        yield 2

    async def main() -> None:
        async for _ in numbers():
            pass

    trace = recording.virtually(main)
    stack = trace.words.stack(int(trace.steps.stack[0]))
    assert [place.function.rpartition(".")[2] for place in stack] == ["main", "numbers", "sleep"]


def test_anext_with_a_default_is_seen_through(recording: Recording) -> None:
    """The await stack goes on behind ``anext(generator, default)``, which wraps twice."""

    async def numbers() -> AsyncGenerator[int, None]:
        await asyncio.sleep(1)
        yield 1

    async def main() -> None:
        generator = numbers()
        await anext(generator, None)
        await generator.aclose()

    trace = recording.virtually(main)
    stack = trace.words.stack(int(trace.steps.stack[0]))
    assert [place.function.rpartition(".")[2] for place in stack] == ["main", "numbers", "sleep"]


def test_queues_have_their_length(recording: Recording) -> None:
    """A turn tells how many handles were ready when its first step began."""

    async def main() -> None:
        await asyncio.gather(*(asyncio.sleep(0) for _ in range(5)))

    trace = recording.virtually(main)
    assert trace.turns.queued.tolist()[:3] == [1, 5, 5]


def test_no_flag_reaches_the_trace(recording: Recording) -> None:
    """A task that is a queue's own coroutine names it, as any other."""

    async def main() -> None:
        queue: asyncio.Queue[int] = asyncio.Queue()
        getter = asyncio.create_task(queue.get(), name="getter")
        await asyncio.sleep(0)
        queue.put_nowait(1)
        await getter

    trace = recording.virtually(main)
    tasks = [trace.task(one) for one in trace.tasks.id.tolist()]
    assert [task.coroutine.function.rpartition(".")[2] for task in tasks] == ["main", "get"]


def test_a_method_of_a_task_is_no_step(recording: Recording) -> None:
    """``loop.call_soon(task.cancel)`` is a callback, not a step of the task."""

    async def main() -> None:
        task = asyncio.create_task(asyncio.sleep(9), name="long")
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(task.cancel)
        await asyncio.wait([task])

    trace = recording.virtually(main)
    assert [end for name, end, _ in task_steps(trace) if name == "long"] == [
        "suspended",
        "cancelled",
    ]


def test_cancelled_handles_leave_no_step(recording: Recording) -> None:
    """A handle that was cancelled while it was ready does not count as a step."""

    async def main() -> None:
        asyncio.get_running_loop().call_soon(print, "never").cancel()
        await asyncio.sleep(0)

    trace = recording.virtually(main)
    assert [name for name, *_ in told(trace)] == ["Task-1", "Task-1", "-"]


def test_names_given_late_count(recording: Recording) -> None:
    """A name that a task takes on in its first step is the one that is told."""

    async def shy() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.set_name("bold")
        await asyncio.sleep(1)

    async def main() -> None:
        await asyncio.create_task(shy())

    assert names(recording.virtually(main)) == ["Task-1", "bold"]


def test_python_tasks_are_tasks(recording: Recording) -> None:
    """The pure-Python task class of asyncio is recorded like the one in C."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        await asyncio.tasks._PyTask(asyncio.sleep(1), loop=loop, name="slow")  # type: ignore[attr-defined]

    steps = task_steps(recording.virtually(main))
    assert [step for step in steps if step[0] == "slow"] == [
        ("slow", "suspended", "sleep"),
        ("slow", "returned", ""),
    ]


def test_a_timer_counts_from_when_it_was_due(recording: Recording) -> None:
    """A timer that the loop notices late is ready from its due time on."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(1, lambda: None)
        loop.call_later(1.5, lambda: None)
        clock: Any = loop._selector._clock  # type: ignore[attr-defined]
        await asyncio.sleep(0)
        clock.ns += 4 * 10**9
        await asyncio.sleep(0)

    trace = recording.virtually(main)
    timers = trace.steps.wake == WakeKind.TIMER
    assert trace.steps.ready[timers].tolist() == [10**9, 3 * 10**9 // 2]
    assert trace.steps.begin[timers].tolist() == [4 * 10**9, 4 * 10**9]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="eager tasks came with 3.12")
def test_tasks_may_start_eagerly_past_create_task(recording: Recording) -> None:
    """An eager task that was made by its class directly is seen once it is woken."""

    async def nap() -> None:
        await asyncio.sleep(1)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        await asyncio.Task(nap(), loop=loop, eager_start=True, name="eager")  # type: ignore[call-arg]

    assert "eager" in names(recording.virtually(main))


def test_a_failing_registry_never_reaches_the_program(
    probe: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error inside the recorder is handed to the recorder, and the program goes on."""

    def broken(*_: object, **__: object) -> int:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(Registry, "new_task", broken)
    done = []

    async def main() -> None:
        await asyncio.sleep(1)
        done.append(True)

    with pytest.raises(RuntimeError, match="broken on purpose"):
        record_virtually(main, probe, tmp_path / "x")
    assert done == [True]
