"""The watchdog's own code, run in the test's thread: the real one is below tracing."""

import asyncio
import os
import sys
import threading
from pathlib import Path

import pytest

from loopscope.recorder import python_tables
from loopscope.recorder.interner import Interner
from loopscope.recorder.python_tables import Tables
from loopscope.recorder.registry import Registry
from loopscope.recorder.watchdog import STALL_NS, Watchdog, step_part, thread_state
from loopscope.trace.reader import read_trace
from loopscope.trace.writer import TraceWriter


class Loop:
    """A loop that is stuck in its third step since time 0, on the test's thread."""

    loop = 1
    thread = threading.get_ident()
    native_thread = threading.get_native_id()

    def __init__(self, step: tuple[int, int] | None = (3, 0)) -> None:
        self.step = step

    def running_step(self) -> tuple[int, int] | None:
        """Return ordinal and begin of the running step."""
        return self.step


class Waits:
    """Tables whose watch reports a stall so many times and then ends."""

    def __init__(self, stalls: int, now_ns: int) -> None:
        self._left = stalls
        self._now_ns = now_ns

    def now(self) -> int:
        """Return the time."""
        return self._now_ns

    def wait_for_stall(self, stall_ns: int, look_every_ns: int, growth: int) -> bool:
        """Report the next stall."""
        assert min(stall_ns, look_every_ns, growth) > 0
        self._left -= 1
        return self._left >= 0


def samples(tmp_path: Path, loops: list[Loop], waits: Waits) -> int:
    """Let a watchdog watch in this thread, and return how many samples it wrote."""
    path = tmp_path / "w.loopscope"
    writer = TraceWriter(path, {"program": "x"}, origin_ns=0, wall_ns=0)
    failures: list[BaseException] = []
    dog = Watchdog(lambda: loops, waits, writer, Interner(writer), failures.append)
    dog._ended.acquire()
    dog._watch()
    writer.close(1)
    assert failures == []
    text = path.read_bytes()
    return text.count(b"test_watchdog.py")


def test_a_stall_is_photographed(tmp_path: Path) -> None:
    """A step over the threshold leaves a sample with this file on its stack."""
    assert samples(tmp_path, [Loop()], Waits(2, 2 * STALL_NS)) > 0


def test_a_healthy_loop_is_not(tmp_path: Path) -> None:
    """No step, or one below the threshold, leaves none."""
    assert samples(tmp_path, [Loop(None)], Waits(1, 2 * STALL_NS)) == 0
    assert samples(tmp_path, [Loop()], Waits(1, STALL_NS - 1)) == 0


def test_a_stack_is_that_of_the_step() -> None:
    """Neither the loop's own frames nor what loopscope does inside the step are on it."""
    witness, user = Watchdog.ensure_started.__code__, samples.__code__
    library, loop = asyncio.sleep.__code__, asyncio.Handle._run.__code__
    stack = tuple((code, 0) for code in (witness, user, library, user, loop, user))
    assert step_part(stack) == ((user, 0), (library, 0), (user, 0))
    assert step_part(stack[:1]) == ()


def test_a_failing_watchdog_reports_and_ends(tmp_path: Path) -> None:
    """An error in the watchdog is handed to the recorder."""
    writer = TraceWriter(tmp_path / "w", {"program": "x"}, origin_ns=0, wall_ns=0)
    failures: list[BaseException] = []

    def broken() -> list[Loop]:
        raise OSError("gone")

    dog = Watchdog(broken, Waits(1, 0), writer, Interner(writer), failures.append)
    dog._ended.acquire()
    dog._watch()
    writer.close(1)
    assert [str(error) for error in failures] == ["gone"]


def test_it_starts_once_rests_and_stops_for_good(tmp_path: Path) -> None:
    """Starting twice makes one thread; after a rest it may start again, after a stop never."""
    writer = TraceWriter(tmp_path / "w", {"program": "x"}, origin_ns=0, wall_ns=0)
    registry = Registry(writer, Interner(writer), lambda _: None)
    tables = Tables(registry, lambda: 0, 0, writer.lost_cell)
    dog = Watchdog(list, tables, writer, Interner(writer), lambda _: None)
    before = threading.active_count()
    dog.ensure_started()
    dog.ensure_started()
    assert threading.active_count() == before
    dog.rest()
    dog.rest()
    dog.ensure_started()
    dog.stop()
    dog.stop()
    dog.ensure_started()
    assert not dog._is_started
    writer.close(1)


def test_the_python_watch_sees_a_stall_and_its_growth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stall is worth a look at once, and again only when it has grown."""
    monkeypatch.setattr(python_tables, "_LEAST_PAUSE_NS", 1)
    writer = TraceWriter(tmp_path / "w", {"program": "x"}, origin_ns=0, wall_ns=0)
    registry = Registry(writer, Interner(writer), lambda _: None)
    tables = Tables(registry, lambda: 5 * STALL_NS, 0, writer.lost_cell)
    stuck, idle = Loop(), Loop(None)
    assert tables._is_worth_a_look(stuck, 2 * STALL_NS, STALL_NS, 20)
    assert not tables._is_worth_a_look(stuck, 2 * STALL_NS + 1, STALL_NS, 20)
    assert tables._is_worth_a_look(stuck, 4 * STALL_NS, STALL_NS, 20)
    assert not tables._is_worth_a_look(idle, 4 * STALL_NS, STALL_NS, 20)
    tables.queues = [lambda: None, lambda: idle, lambda: stuck]  # type: ignore[list-item]
    assert tables.wait_for_stall(STALL_NS, 1, 20)
    tables.interrupt_wait()
    assert not tables.wait_for_stall(STALL_NS, 1, 20)
    tables.stop()
    assert not tables.wait_for_stall(STALL_NS, 1, 20)
    writer.close(1)


def test_a_threads_state_is_read_where_the_system_tells() -> None:
    """Linux tells a letter and a count; an unknown thread is (0, 0)."""
    if sys.platform == "linux":
        assert chr(thread_state(threading.get_native_id())[0]) in "RSD"
    assert thread_state(os.getpid() + 10_000_000) == (0, 0)


def test_what_was_written_is_a_sound_trace(tmp_path: Path) -> None:
    """A trace that holds nothing but samples is readable."""
    samples(tmp_path, [Loop()], Waits(1, 2 * STALL_NS))
    assert read_trace(tmp_path / "w.loopscope").info.damage == ""
