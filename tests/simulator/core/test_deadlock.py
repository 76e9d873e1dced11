"""A program that can never go on is reported at once: who waits for whom, where, who holds what."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from tests.support import line_of

import loopscope
from loopscope.errors import SimulationError
from loopscope.trace.reader import read_trace

from pathlib import Path  # isort: skip

HERE = Path(__file__)


def report(main: Callable[[], Coroutine[Any, Any, Any] | None], **options: Any) -> SimulationError:
    """Run a program that is stopped, and return the error."""
    with pytest.raises(SimulationError) as caught:
        loopscope.simulate(main, costs="none", **options)
    return caught.value


def at(marker: str) -> str:
    """Return how a report names the line with a marker."""
    shown = str(HERE).removeprefix(f"{Path.cwd()}/")
    return f"at {shown}:{line_of(HERE, marker)}, in "


async def transfer(first: asyncio.Lock, second: asyncio.Lock) -> None:
    """Take two locks, one after the other."""
    async with first:
        await asyncio.sleep(0.1)
        async with second:  # <- second lock
            pass


def test_a_circle_of_locks_names_holders_and_lines() -> None:
    """Two tasks that take two locks crosswise: both lines, both holders, and the circle."""

    async def main() -> None:
        a, b = asyncio.Lock(), asyncio.Lock()
        await asyncio.gather(transfer(a, b), transfer(b, a))  # <- both transfers

    error = report(main)
    assert error.slug == "deadlock"
    head, *lines = str(error).splitlines()
    assert head.startswith("The program is deadlocked: at 0.1 s every task and thread waits")
    waiting = "await asyncio.gather(transfer(a, b), transfer(b, a))  # <- both transfers"
    assert lines == [
        "  Task-1 (main) waits for Task-2 (transfer) and Task-3 (transfer)",
        f"      {at('both transfers')}main: {waiting}",
        "  Task-2 (transfer) waits for lock 1, which Task-3 (transfer) has, and holds lock 2",
        f"      {at('second lock')}transfer: async with second:  # <- second lock",
        "  Task-3 (transfer) waits for lock 2, which Task-2 (transfer) has, and holds lock 1",
        f"      {at('second lock')}transfer: async with second:  # <- second lock",
        "",
        "  They wait in a circle: Task-2 (transfer) -> Task-3 (transfer) -> Task-2 (transfer)",
    ]


async def _queue() -> None:
    await asyncio.Queue[int]().get()


async def _full_queue() -> None:
    queue: asyncio.Queue[int] = asyncio.Queue(1)
    await queue.put(1)
    await queue.put(2)


async def _event() -> None:
    await asyncio.Event().wait()


async def _condition() -> None:
    condition = asyncio.Condition()
    async with condition:
        await condition.wait()


async def _semaphore() -> None:
    limit = asyncio.Semaphore(1)
    async with limit, limit:
        pass


async def _semaphore_taken_by_hand() -> None:
    limit = asyncio.Semaphore(1)
    await limit.acquire()
    await limit.acquire()


async def _lock_taken_by_hand() -> None:
    lock = asyncio.Lock()
    await lock.acquire()
    await lock.acquire()


async def _future() -> None:
    await asyncio.get_running_loop().create_future()


async def _group() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(_event(), name="child")


async def _wait() -> None:
    await asyncio.wait([asyncio.create_task(_event(), name="child")])


async def _barrier() -> None:
    await asyncio.Barrier(2).wait()


async def _condition_held() -> None:
    condition = asyncio.Condition()

    async def holder() -> None:
        async with condition:
            await asyncio.Event().wait()

    async def taker() -> None:
        async with condition:
            pass

    await asyncio.gather(holder(), taker())


async def _shielded() -> None:
    await asyncio.shield(asyncio.create_task(_event(), name="child"))


async def _as_completed() -> None:
    children = [_event(), asyncio.sleep(1)]
    for one in asyncio.as_completed(children):
        await one


async def _thread() -> None:
    await asyncio.to_thread(threading.Event().wait)


async def _stream() -> None:
    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer):
            await asyncio.Event().wait()

    async with await asyncio.start_server(silent, "127.0.0.1", 9001):
        reader, writer = await asyncio.open_connection("127.0.0.1", 9001)
        with contextlib.closing(writer):
            await reader.readline()


async def _plain_socket() -> None:
    with socket.create_server(("127.0.0.1", 9002)) as server:
        server.settimeout(0)
        await asyncio.get_running_loop().sock_accept(server)


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (_queue, "(_queue) waits to get from queue 1, which is empty"),
        (_full_queue, "waits to put into queue 1, which is full"),
        (_event, "waits for event 1, which nobody has set"),
        (_semaphore, "(_semaphore) waits for semaphore 1"),
        (
            _semaphore_taken_by_hand,
            "semaphore 1, which is used up, though no task is in its 'async",
        ),
        (_lock_taken_by_hand, "lock 1, which was taken without 'async with' and not given back"),
        (_future, "waits for a future that nothing has completed"),
        (_group, "Task-1 (_group) waits for child (_event)"),
        (_wait, "Task-1 (_wait) waits for child (_event)"),
        (_barrier, "waits for barrier 1"),
        (_condition, "waits for condition 1, which nobody has notified"),
        (_condition_held, "(taker) waits to take condition 1, which Task-2 (holder) has"),
        (_shielded, "Task-1 (_shielded) waits for child (_event)"),
        (_as_completed, "Task-1 (_as_completed) waits for Task-2 (_event)"),
        (_thread, "Task-1 (_thread) waits for Event.wait in a thread"),
        (_stream, "Task-1 (_stream) waits to read from 127.0.0.1:9001"),
        (_plain_socket, "(_plain_socket) waits for a connection at 127.0.0.1:9002"),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_each_kind_of_wait_has_its_words(
    program: Callable[[], Coroutine[Any, Any, None]], words: str
) -> None:
    """Whatever a task waits for is named as what it is."""
    assert words in str(report(program))


def test_threads_that_wait_for_each_other_are_named() -> None:
    """Two threads that take two locks crosswise, while main joins one of them."""

    def main() -> None:
        first, second = threading.Lock(), threading.Lock()
        both = threading.Barrier(2)

        def take(one: threading.Lock, other: threading.Lock) -> None:
            with one:
                both.wait()
                with other:  # <- other lock
                    pass

        left = threading.Thread(target=take, args=(first, second), name="left")
        right = threading.Thread(target=take, args=(second, first), name="right")
        left.start()
        right.start()
        left.join()

    text = str(report(main))
    assert "thread left waits for lock, which thread right has" in text
    assert "thread right waits for lock, which thread left has" in text
    assert f"{at('other lock')}take: with other:" in text
    assert "thread main waits for the end of thread left (since 0 s)" in text
    assert "in a circle: thread left -> thread right -> thread left" in text


def test_tasks_that_wait_for_each_other_through_a_shield_are_a_circle() -> None:
    """A child that waits for its shielded parent, which gathers it."""

    async def child(parent: asyncio.Task[None]) -> None:
        await asyncio.shield(parent)

    async def main() -> None:
        parent = asyncio.current_task()
        assert parent is not None
        await asyncio.gather(child(parent))

    text = str(report(main))
    assert "in a circle: Task-1 (main) -> Task-2 (child) -> Task-1 (main)" in text


def test_a_loop_that_is_held_by_a_lock_says_in_which_task() -> None:
    """A coroutine that waits for a threading lock holds its loop: the report says so."""

    async def main() -> None:
        lock = threading.Lock()
        lock.acquire()
        lock.acquire()  # <- blocks the loop

    text = str(report(main))
    assert "thread main waits for lock, which it has already (since 0 s) in Task-1 (main)" in text
    assert "  Task-1 (main) runs, and holds its loop" in text
    assert "in a circle" not in text
    assert at("blocks the loop") in text


def test_long_reports_are_cut() -> None:
    """Of a thousand waiting tasks the first twenty are told."""

    async def main() -> None:
        await asyncio.gather(*(asyncio.Event().wait() for _ in range(1000)))

    text = str(report(main))
    assert "... and 981 more" in text
    assert len(text.splitlines()) < 60


def test_the_clean_up_of_a_deadlocked_program_runs() -> None:
    """The tasks are cancelled as by Ctrl-C, in virtual time; what they hold is given back."""
    log: list[object] = []

    async def main() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(2)
            log.append(asyncio.get_running_loop().time())

    report(main)
    assert log == [2.0]


def test_the_end_of_a_simulation_is_not_told_as_the_programs_failure(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A task that the end cuts short is no lost exception, neither in the log nor in the trace."""
    trace = tmp_path / "cut.loopscope"

    async def hold() -> None:
        lock = threading.Lock()
        lock.acquire()
        lock.acquire()

    async def main() -> None:
        await asyncio.gather(hold(), asyncio.sleep(1))

    report(main, out=trace)
    assert not caplog.records
    recorded = read_trace(trace)
    assert not recorded.failures
    assert not recorded.lapses


def test_a_deadlock_cannot_be_swallowed() -> None:
    """A program that catches every exception is reported as deadlocked all the same."""

    def main() -> str:
        try:
            asyncio.run(asyncio.Event().wait())
        except BaseException:  # noqa: BLE001
            return "all is well"
        return "never"

    assert report(main).slug == "deadlock"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "slug", "words"),
    [
        ({"max_steps": 1000}, "step-limit", "after 1,000 steps, the most it may run"),
        ({"max_time_s": 60.0}, "time-limit", "at 60 s of virtual time"),
    ],
)
def test_endless_programs_meet_a_limit(options: dict[str, Any], slug: str, words: str) -> None:
    """A heartbeat without end is stopped at the limit, with what everybody was doing."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(0.1)  # <- beats

    async def main() -> None:
        await asyncio.gather(beat(), asyncio.Event().wait())

    error = report(main, **options)
    assert error.slug == slug
    assert words in str(error)
    assert "Task-2 (beat) sleeps 0.1 s" in str(error)
    assert at("beats") in str(error)


def test_a_loop_that_never_waits_meets_the_limit_of_steps() -> None:
    """Two tasks that only yield to each other are stopped; who is ready is said to be."""

    async def spin() -> None:
        while True:
            await asyncio.sleep(0)

    async def main() -> None:
        await asyncio.gather(spin(), spin())

    error = report(main, max_steps=10_000)
    assert error.slug == "step-limit"
    assert "Task-2 (spin) is ready to run" in str(error)


def test_a_program_that_will_not_end_is_ended() -> None:
    """A task that swallows its cancellation for ever is given a while, and then left alone."""

    async def stubborn() -> None:
        while True:
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError:
                continue

    error = report(stubborn, max_time_s=10.0)
    assert error.slug == "time-limit"
