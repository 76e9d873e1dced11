"""Cancelling a program at each suspension of its tasks in turn."""

import gc
import warnings
from pathlib import Path

import pytest
from tests.check.checking import NAMES, bug, written

from loopscope.check.case import Case
from loopscope.check.one_run import run_case
from loopscope.check.outcome import Outcome
from loopscope.check.program import Program
from loopscope.check.promises import Promises


def everywhere(program: Program, *, own: bool) -> list[Outcome]:
    """Return what comes of cancelling the main task, or each other one, at each suspension."""
    counted = run_case(program, Promises(), Case(cancel_at=0, is_minimal=True))
    assert counted.broken is None, counted.broken
    cases = [case for case in counted.cancelled() if case.cancels_own == own]
    every = max(1, len(cases) // 50)  # a queue that fills has hundreds of them, all alike
    return [run_case(program, Promises(), case) for case in cases[::every]]


def findings(directory: Path, source: str, world: str | None = None) -> list[tuple[str, str]]:
    """Return what is wrong with each cancellation of the main task, and where; "" if nothing is."""
    outcomes = everywhere(written(directory, source, world), own=False)
    return [told(one, directory) for one in outcomes]


def own_findings(directory: Path, source: str, world: str | None = None) -> list[tuple[str, str]]:
    """Return the same of the other tasks, each cancelled at its own suspensions."""
    outcomes = everywhere(written(directory, source, world), own=True)
    return [told(one, directory) for one in outcomes]


def told(outcome: Outcome, directory: Path) -> tuple[str, str]:
    """Return the kind of what is wrong, and where."""
    return outcome.kind, outcome.where.replace(f"{directory}/", "")


def test_clean(tmp_path: Path) -> None:
    """A program that lets every cancellation through, and cleans up, is in order everywhere."""
    source = """
        import asyncio
        lock = asyncio.Lock()
        async def child():
            async with lock:
                await asyncio.sleep(1)
        async def main():
            await asyncio.sleep(1)
            async with lock:
                await asyncio.sleep(0)
            async with asyncio.TaskGroup() as group:
                group.create_task(child())
                group.create_task(child())
            await asyncio.gather(child(), child())
            async with asyncio.timeout(5):
                await asyncio.wait_for(child(), 2)
        asyncio.run(main())
    """
    found = findings(tmp_path, source)
    assert len(found) >= 10
    assert set(found) == {("", "")}
    own = own_findings(tmp_path, source)
    assert len(own) >= 6
    assert set(own) == {("", "")}


def test_swallowed(tmp_path: Path) -> None:
    """The line at which it was delivered is told, and that of the ``except`` that caught it."""
    source = """
        import asyncio
        async def main():
            await asyncio.sleep(1)
            try:
                await asyncio.sleep(1)
            except BaseException:
                pass
        asyncio.run(main())
    """
    assert findings(tmp_path, source) == [("", ""), ("cancel-swallowed", "app.py:6, app.py:7")]


def test_swallowed_by_a_child(tmp_path: Path) -> None:
    """When a task that is waited for swallows it, its lines are told, too."""
    source = """
        import asyncio
        async def child():
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError:
                return "none"
        async def main():
            task = asyncio.create_task(child())
            await asyncio.sleep(0.5)
            return await task
        asyncio.run(main())
    """
    assert findings(tmp_path, source) == [
        ("", ""),
        ("", ""),
        ("cancel-swallowed", "app.py:11, app.py:5, app.py:6"),
    ]
    assert own_findings(tmp_path, source) == [("cancel-swallowed", "app.py:5, app.py:6")]


def test_changed(tmp_path: Path) -> None:
    """A cancellation that comes out as another exception is told."""
    source = """
        import asyncio
        async def main():
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError as error:
                raise ValueError("given up") from error
        asyncio.run(main())
    """
    assert findings(tmp_path, source) == [("cancel-changed", "app.py:5, app.py:7")]


def test_stuck(tmp_path: Path) -> None:
    """A program that waits for ever in its clean-up is told."""
    source = """
        import asyncio
        async def main():
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError:
                await asyncio.Event().wait()
        asyncio.run(main())
    """
    assert findings(tmp_path, source) == [("cancel-stuck", "app.py:5, app.py:7")]


def test_left_behind(tmp_path: Path) -> None:
    """Tasks, locks and connections that only a cancelled run leaves behind are told.

    Of tasks only those that another coroutine than the main one has made: ``asyncio.run`` ends all,
    and a main coroutine may rely on that.
    """
    source = """
        import asyncio
        lock = asyncio.Lock()
        kept = []
        async def forever():
            await asyncio.sleep(100)
        async def wait():
            other = asyncio.create_task(asyncio.sleep(3))
            await asyncio.sleep(1)
            await other
        async def main():
            background = asyncio.create_task(forever())
            await asyncio.sleep(1)
            await wait()
            await lock.acquire()
            await asyncio.sleep(1)
            lock.release()
            reader, writer = await asyncio.open_connection("echo.example.com", 7)
            kept.append(writer)
            writer.write(b"x")
            await reader.read(1)
            writer.close()
        asyncio.run(main())
    """
    world = """
        [[host]]
        name = "echo.example.com"
        kind = "tcp"
        connect = "10ms"
        latency = "10ms"
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the connection that is never closed
        found = findings(tmp_path, source, world)
        run_case(bug("lost_update"), Promises(), Case(is_minimal=True))  # the last one is let go
        gc.collect()
    assert list(dict.fromkeys(found)) == [
        ("", ""),
        ("cancel-left", "app.py:9"),
        ("cancel-left", "app.py:16, app.py:3"),
        ("cancel-left", "app.py:21"),
    ]


def test_the_worst_moment(tmp_path: Path) -> None:
    """The main task is cancelled at the suspensions of all others too, one at a time."""
    source = """
        import asyncio
        lock = asyncio.Lock()
        async def careless():
            await asyncio.sleep(1)
            await lock.acquire()
            await asyncio.sleep(1)
            lock.release()
        async def main():
            await asyncio.gather(careless(), asyncio.sleep(3))
        asyncio.run(main())
    """
    assert findings(tmp_path, source) == [
        ("", ""),
        ("", ""),
        ("", ""),
        ("cancel-left", "app.py:10, app.py:3"),
    ]


def test_another_task_swallows_it(tmp_path: Path) -> None:
    """A task that goes on as if nothing had happened is told, although nobody waits for it."""
    source = """
        import asyncio
        async def beat():
            while True:
                try:
                    await asyncio.sleep(1)
                except (OSError, asyncio.CancelledError):
                    if finished:
                        raise
        finished = False
        async def main():
            global finished
            heart = asyncio.create_task(beat())
            await asyncio.sleep(1.5)
            finished = True
        asyncio.run(main())
    """
    assert own_findings(tmp_path, source) == [("cancel-swallowed", "app.py:6, app.py:7")] * 2


def test_another_task_changes_it(tmp_path: Path) -> None:
    """So is a task that raises something else instead."""
    source = """
        import asyncio
        async def ask():
            try:
                await asyncio.sleep(1)
            except BaseException as error:
                raise ConnectionError("lost") from error
        async def main():
            await asyncio.gather(ask(), return_exceptions=True)
        asyncio.run(main())
    """
    assert own_findings(tmp_path, source) == [("cancel-changed", "app.py:5, app.py:7")]


def test_another_task_leaves_something(tmp_path: Path) -> None:
    """Its lock, or a task that it made, stays behind when it is cancelled alone."""
    source = """
        import asyncio
        lock = asyncio.Lock()
        async def careless():
            await asyncio.sleep(1)
            await lock.acquire()
            await asyncio.sleep(1)
            lock.release()
        async def forgetful():
            one = asyncio.create_task(asyncio.sleep(10))
            await asyncio.wait([one])
        async def main():
            done = await asyncio.gather(careless(), forgetful(), return_exceptions=True)
            async with lock:
                return done
        asyncio.run(main())
    """
    assert sorted(own_findings(tmp_path, source)) == [
        ("", ""),
        ("cancel-left", "app.py:11"),
        ("cancel-left", "app.py:7, app.py:3"),
    ]


def test_another_task_does_not_end(tmp_path: Path) -> None:
    """A task whose clean-up waits for ever is told; that others wait for it is their own affair."""
    source = """
        import asyncio
        event = asyncio.Event()
        async def bring():
            await asyncio.sleep(1)
            event.set()
        async def endless():
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError:
                await asyncio.Event().wait()
        async def main():
            async with asyncio.TaskGroup() as group:
                group.create_task(bring())
                group.create_task(endless())
                await event.wait()
        asyncio.run(main())
    """
    assert own_findings(tmp_path, source) == [("", ""), ("cancel-stuck", "app.py:9, app.py:11")]


def test_what_is_right_for_another_task(tmp_path: Path) -> None:
    """A worker that stops when it is told to, a permit that is handed over, a shielded task."""
    source = """
        import asyncio
        permits = asyncio.Semaphore(2)
        async def worker(queue):
            try:
                while True:
                    await (await queue.get())
                    queue.task_done()
                    permits.release()
            except asyncio.CancelledError:
                print("stopped")
        async def save():
            await asyncio.sleep(2)
        async def produce(queue):
            for _ in range(3):
                await permits.acquire()
                await queue.put(asyncio.sleep(1))
            await asyncio.shield(asyncio.create_task(save()))
        async def main():
            queue = asyncio.Queue()
            background = asyncio.create_task(worker(queue))
            producer = asyncio.create_task(produce(queue))
            await asyncio.wait([producer])
            background.cancel()
            await asyncio.wait([background])
        asyncio.run(main())
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of coroutines that nobody takes out of the queue
        found = own_findings(tmp_path, source)
        gc.collect()
    assert len(found) > 6
    assert set(found) == {("", "")}


def test_only_the_cancellation_is_judged(tmp_path: Path) -> None:
    """What is promised of a whole run is not promised of one that was cancelled."""
    source = """
        import asyncio
        async def main():
            await asyncio.gather(*(asyncio.sleep(1) for _ in range(5)))
        asyncio.run(main())
    """
    program, promises = written(tmp_path, source), Promises(concurrency_at_least=5, within_ns=10**9)
    assert run_case(program, promises, Case()).broken is None
    assert [run_case(program, promises, Case(cancel_at=at)).broken for at in (1, 2)] == [None, None]


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_programs(name: str, own: bool) -> None:
    """Told is the leak; of no fixed twin anything is."""
    kinds = {one.kind for one in everywhere(bug(name), own=own)}
    fixed = {one.kind for one in everywhere(bug(name, is_fixed=True), own=own)}
    # Since 3.12, wait_for makes no task: there, only the main one of that program can be cancelled.
    leaks = name == "cancellation_leak" and kinds
    assert kinds - {""} == ({"cancel-left"} if leaks else set())
    assert fixed <= {""}
