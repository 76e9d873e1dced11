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


def everywhere(program: Program) -> list[Outcome]:
    """Return what comes of cancelling a program at each suspension of its tasks."""
    counted = run_case(program, Promises(), Case(cancel_at=0, is_minimal=True))
    assert counted.broken is None, counted.broken
    return [
        run_case(program, Promises(), Case(cancel_at=at, is_minimal=True))
        for at in range(1, counted.suspensions + 1)
    ]


def findings(directory: Path, source: str, world: str | None = None) -> list[tuple[str, str]]:
    """Return of each cancellation the kind of what is wrong, and where; "" if nothing is."""
    outcomes = everywhere(written(directory, source, world))
    return [(one.kind, one.where.replace(f"{directory}/", "")) for one in outcomes]


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


def test_swallowed(tmp_path: Path) -> None:
    """Who catches the cancellation and goes on is told with the line that it was delivered at."""
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
    assert findings(tmp_path, source) == [("", ""), ("cancel-swallowed", "app.py:6")]


def test_swallowed_by_a_child(tmp_path: Path) -> None:
    """When a task that is waited for swallows it, both lines are told."""
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
        ("cancel-left", "app.py:10, app.py:5"),
        ("cancel-left", "app.py:10, app.py:5"),
        ("cancel-swallowed", "app.py:11, app.py:5"),
    ]


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
    """Tasks, locks and connections that only a cancelled run leaves behind are told."""
    source = """
        import asyncio
        lock = asyncio.Lock()
        kept = []
        async def forever():
            await asyncio.sleep(100)
        async def main():
            background = asyncio.create_task(forever())
            await asyncio.sleep(1)
            other = asyncio.create_task(asyncio.sleep(3))
            await asyncio.sleep(1)
            await other
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
        ("cancel-left", "app.py:11"),
        ("cancel-left", "app.py:14, app.py:3"),
        ("cancel-left", "app.py:19"),
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


@pytest.mark.parametrize("name", NAMES)
def test_programs(name: str) -> None:
    """Told are the leak, and the tasks that a shield keeps alive, in a fixed twin as well."""
    kinds = {one.kind for one in everywhere(bug(name))}
    fixed = {one.kind for one in everywhere(bug(name, is_fixed=True))}
    leaves = {"cancel-left"}
    assert kinds == (leaves if name in ("cancellation_leak", "timeout_against_result") else {""})
    assert fixed == (leaves if name == "timeout_against_result" else {""})
