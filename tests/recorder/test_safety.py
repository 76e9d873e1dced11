"""The recorder takes nothing down: forks, full disks, nested and repeated recordings."""

import asyncio
import logging
import subprocess
import sys
from asyncio.base_events import BaseEventLoop
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FunctionType

import pytest
from tests.support import names

import loopscope
from loopscope.errors import RecordError
from loopscope.trace.reader import read_trace

FULL_DISK = """
import asyncio, resource, signal, loopscope
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

async def main():
    for _ in range(20_000):
        await asyncio.sleep(0)
    return "done"

with loopscope.record("full.loopscope"):
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
    print(asyncio.run(main()))
"""

FORK = """
import asyncio, os, loopscope

async def nap(): await asyncio.sleep(0.001)

with loopscope.record("fork.loopscope"):
    asyncio.run(nap())
    child = os.fork()
    if child == 0:
        asyncio.run(nap())
        os._exit(0)
    print(os.waitpid(child, 0)[1])
    asyncio.run(nap())
"""


pytestmark = pytest.mark.usefixtures("chosen_probe")


def run(program: str, directory: Path) -> str:
    """Run a program's text and return what it printed; it must succeed in silence."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=directory,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


async def nap() -> None:
    """Be suspended once."""
    await asyncio.sleep(0)


def test_a_full_disk_stops_the_recording_only(tmp_path: Path) -> None:
    """When the trace cannot grow the program goes on, and the lost records are counted."""
    assert run(FULL_DISK, tmp_path) == "done\n"
    trace = read_trace(tmp_path / "full.loopscope")
    assert trace.info.lost_count > 0
    assert len(trace.steps) > 1000
    assert trace.info.damage == ""


def test_a_forked_child_leaves_the_trace_alone(tmp_path: Path) -> None:
    """A child process is not recorded and does not disturb its parent's trace."""
    assert run(FORK, tmp_path) == "0\n"
    trace = read_trace(tmp_path / "fork.loopscope")
    naps = [one for one in names(trace) if one != "-"]
    assert len(naps) == 2
    assert trace.info.damage == ""


def test_record_around_run(tmp_path: Path) -> None:
    """``record`` around asyncio.run yields the path and records the loop."""
    with loopscope.record(tmp_path / "a.loopscope") as path:
        asyncio.run(nap())
    trace = read_trace(path)
    assert len(names(trace)) == 1
    assert trace.info.is_complete


def test_record_inside_a_running_loop(tmp_path: Path) -> None:
    """``record`` inside a loop sees the tasks that exist, and gives the loop its queue back."""
    path = tmp_path / "inside.loopscope"

    async def main() -> None:
        loop = asyncio.get_running_loop()
        gate = asyncio.Event()
        waiter = asyncio.create_task(gate.wait(), name="waiter")
        await asyncio.sleep(0)
        with loopscope.record(path):
            await asyncio.create_task(nap(), name="new")
            gate.set()
            await waiter
        assert type(loop._ready) is deque  # type: ignore[attr-defined]
        assert "select" not in vars(loop._selector)  # type: ignore[attr-defined]
        await asyncio.create_task(nap(), name="unseen")

    asyncio.run(main())
    trace = read_trace(path)
    told = {trace.task(one).name: trace.task(one) for one in trace.tasks.id.tolist()}
    assert {"waiter", "new"} <= set(told)
    assert "unseen" not in told
    assert told["waiter"].existed_before
    (waiting,) = trace.waiting
    assert trace.words.location(waiting.node).function == "Event.wait"


def test_a_second_recording_leaves_the_first_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Inside a recording, ``record`` writes no second trace and says so in the log."""
    with (
        caplog.at_level(logging.WARNING, "loopscope"),
        loopscope.record(tmp_path / "outer.loopscope") as outer,
        loopscope.record(tmp_path / "inner.loopscope") as inner,
    ):
        asyncio.run(nap())
    assert inner == outer
    assert not (tmp_path / "inner.loopscope").exists()
    assert "inner.loopscope is not written" in caplog.text
    assert len(names(read_trace(outer))) == 1


def test_recording_again_replaces_the_trace(tmp_path: Path) -> None:
    """Recording to the same path twice keeps the second recording."""
    path = tmp_path / "again.loopscope"
    for count in (3, 1):
        with loopscope.record(path):
            for _ in range(count):
                asyncio.run(nap())
    assert len(read_trace(path).loops) == 1


def test_a_file_of_another_kind_is_not_overwritten(tmp_path: Path) -> None:
    """``record`` refuses a path that holds anything but a trace, and keeps the file."""
    notes = tmp_path / "notes.txt"
    notes.write_text("precious")
    with pytest.raises(RecordError, match="is no loopscope trace"), loopscope.record(notes):
        pass
    assert notes.read_text() == "precious"


def test_loops_turned_by_hand_are_left_alone(tmp_path: Path) -> None:
    """A loop that is turned without run_forever works as ever and keeps no task alive."""
    with loopscope.record(tmp_path / "hand.loopscope"):
        loop = asyncio.SelectorEventLoop()
        task = loop.create_task(nap())
        for _ in range(3):
            loop.call_soon(lambda: None)
            BaseEventLoop._run_once(loop)  # type: ignore[attr-defined]
        assert task.done()
        loop.close()


@contextmanager
def untraced() -> Iterator[None]:
    """Nobody measures coverage of what runs here: coverage.py raises ValueError at a NUL."""
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracer)


@pytest.mark.parametrize("name", ["nul\0.py", "half\ud800.py", "", "<string>"])
def test_code_may_say_that_it_is_from_anywhere(name: str, tmp_path: Path) -> None:
    """Code made at run time may have a file name that no file can have: it is recorded, too."""
    strange = FunctionType(nap.__code__.replace(co_filename=name), globals())
    with untraced(), loopscope.record(tmp_path / "x.loopscope"):
        asyncio.run(strange())
    trace = read_trace(tmp_path / "x.loopscope")
    assert (trace.info.gave_up, trace.notes) == (False, [])
    assert names(trace) == ["Task-1"]
