"""A deadlock among tasks of anyio is reported as one among asyncio's: who waits, who holds what."""

from collections.abc import Callable, Coroutine
from typing import Any

import anyio
import pytest
from anyio.lowlevel import checkpoint
from tests.support import line_of

import loopscope
from loopscope.errors import SimulationError

from pathlib import Path  # isort: skip

HERE = Path(__file__)
PLACE = " " * 6
USED_UP = "waits for {} 1, which is used up, though no task"
Main = Callable[[], Coroutine[Any, Any, None]]


def lines_of(main: Main) -> list[str]:
    """Run a program that deadlocks; return the lines of the report that name no place."""
    with pytest.raises(SimulationError) as caught:
        loopscope.simulate(main, costs="none")
    lines = str(caught.value).splitlines()[1:]
    name = f"{main.__module__}.{main.__name__}.<locals>."
    told = [line.strip() for line in lines if line and not line.startswith(PLACE)]
    own = f"Task-1 ({main.__name__})"
    return [line.replace(own, "main").replace(name, "") for line in told]


async def crossed() -> None:
    """Take two locks crosswise."""
    first, second = anyio.Lock(), anyio.Lock()

    async def take(one: anyio.Lock, other: anyio.Lock) -> None:
        async with one:
            await anyio.sleep(0.1)
            async with other:  # <- other lock
                pass

    async with anyio.create_task_group() as group:
        group.start_soon(take, first, second, name="left")
        group.start_soon(take, second, first, name="right")


def test_a_circle_of_locks_names_holders_and_lines() -> None:
    """Two tasks that take two locks crosswise: both holders, both lines, and the circle."""
    assert lines_of(crossed) == [
        "main waits for left and right",
        "left waits for lock 1, which right has, and holds lock 2",
        "right waits for lock 2, which left has, and holds lock 1",
        "They wait in a circle: left -> right -> left",
    ]
    with pytest.raises(SimulationError) as caught:
        loopscope.simulate(crossed, costs="none")
    shown = str(HERE).removeprefix(f"{Path.cwd()}/")
    assert f"at {shown}:{line_of(HERE, 'other lock')}, in take: async with other:" in str(
        caught.value
    )


async def _kept() -> None:
    lock = anyio.Lock()
    await lock.acquire()
    async with anyio.create_task_group() as group:
        group.start_soon(lock.acquire, name="taker")


LOCK = anyio.Lock()


async def _made_outside() -> None:
    async with LOCK, anyio.create_task_group() as group:
        group.start_soon(LOCK.acquire, name="taker")


async def _never_given_back() -> None:
    lock = anyio.Lock()
    async with anyio.create_task_group() as group:
        group.start_soon(lock.acquire, name="first")
    await lock.acquire()


async def _semaphore() -> None:
    limit = anyio.Semaphore(1)

    async def hold() -> None:
        async with limit:
            await anyio.sleep_forever()

    async with anyio.create_task_group() as group:
        group.start_soon(hold, name="holder")
        await checkpoint()
        await limit.acquire()


async def _semaphore_by_hand() -> None:
    limit = anyio.Semaphore(1)
    await limit.acquire()
    await limit.acquire()


async def _limiter() -> None:
    limit = anyio.CapacityLimiter(2)

    async def hold() -> None:
        async with limit:
            await anyio.sleep_forever()

    async with anyio.create_task_group() as group:
        for name in ("one", "two", "three"):
            group.start_soon(hold, name=name)


async def _limiter_of_others() -> None:
    limit = anyio.CapacityLimiter(1)
    await limit.acquire_on_behalf_of(object())
    await limit.acquire()


async def _notice() -> None:
    condition = anyio.Condition()
    async with condition:
        await condition.wait()


async def _condition() -> None:
    condition = anyio.Condition()

    async def hold() -> None:
        async with condition:
            await anyio.sleep_forever()

    async with anyio.create_task_group() as group:
        group.start_soon(hold, name="holder")
        group.start_soon(condition.acquire, name="taker")


async def _event() -> None:
    await anyio.Event().wait()


async def _receive() -> None:
    sender, receiver = anyio.create_memory_object_stream[int](1)
    with sender, receiver:
        await receiver.receive()


async def _send() -> None:
    sender, receiver = anyio.create_memory_object_stream[int](0)
    with sender, receiver:
        await sender.send(1)


@pytest.mark.parametrize(
    ("program", "lines"),
    [
        (
            _kept,
            [
                "main waits for taker, and holds lock 1",
                "taker waits for lock 1, which main has",
                "They wait in a circle: main -> taker -> main",
            ],
        ),
        (
            _made_outside,
            [
                "main waits for taker, and holds lock 1",
                "taker waits for lock 1, which main has",
                "They wait in a circle: main -> taker -> main",
            ],
        ),
        (
            _never_given_back,
            ["main waits for lock 1, which a task has that has ended"],
        ),
        (
            _semaphore,
            [
                "main waits for semaphore 1, which holder has",
                "holder sleeps for ever, and holds semaphore 1",
            ],
        ),
        (
            _semaphore_by_hand,
            [f"main {USED_UP.format('semaphore')} is in its 'async with'"],
        ),
        (
            _limiter,
            [
                "main waits for one, two and three",
                "one sleeps for ever, and holds capacity limiter 1",
                "two sleeps for ever, and holds capacity limiter 1",
                "three waits for capacity limiter 1, which one and two have",
            ],
        ),
        (
            _limiter_of_others,
            [f"main {USED_UP.format('capacity limiter')} has borrowed of it"],
        ),
        (_notice, ["main waits for condition 1, which nobody has notified"]),
        (
            _condition,
            [
                "main waits for holder and taker",
                "holder sleeps for ever, and holds condition 1",
                "taker waits to take condition 1, which holder has",
            ],
        ),
        (_event, ["main waits for event 1, which nobody has set"]),
        (_receive, ["main waits to receive from a memory object stream"]),
        (_send, ["main waits to send into a memory object stream"]),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_each_kind_of_wait_has_its_words(program: Main, lines: list[str]) -> None:
    """Whatever a task waits for is named as what it is, with the tasks that have it."""
    assert lines_of(program) == lines


async def _twins() -> None:
    async def wait() -> None:
        await anyio.Event().wait()

    async with anyio.create_task_group() as group:
        group.start_soon(wait)
        group.start_soon(wait)


def test_tasks_of_one_name_are_told_apart() -> None:
    """Anyio names tasks after their functions: where several have one name they get numbers."""
    assert lines_of(_twins) == [
        "main waits for wait #1 and wait #2",
        "wait #1 waits for event 1, which nobody has set",
        "wait #2 waits for event 2, which nobody has set",
    ]
