"""What had begun before the recording, and what had not ended when it did."""

import asyncio
import gc
from pathlib import Path

import pytest

import loopscope
from loopscope.analysis.summary import Summary, summarise
from loopscope.analysis.tasks import open_waits, task_life
from loopscope.model.kinds import Fate, WaitKind
from loopscope.recorder.recorder import Recorder, active_recorder
from loopscope.trace.reader import read_trace
from loopscope.views.terminal.glyphs import UNICODE
from loopscope.views.terminal.summary_text import summary_lines
from loopscope.views.terminal.task_text import task_lines

pytestmark = pytest.mark.usefixtures("chosen_probe")


async def begun_before_and_not_ended(path: Path) -> None:
    """Record a while in the middle of two tasks' lives, and one that fails."""

    async def fails() -> None:
        raise ValueError("as meant")

    gate = asyncio.Event()
    waiter = asyncio.create_task(gate.wait(), name="waiter")
    stays = asyncio.create_task(asyncio.sleep(60), name="stays")
    await asyncio.sleep(0)
    with loopscope.record(path):
        pending = asyncio.create_task(asyncio.Event().wait(), name="pending")
        await asyncio.sleep(0.001)
        gate.set()
        await waiter
        await asyncio.gather(asyncio.create_task(fails(), name="bad"), return_exceptions=True)
    pending.cancel()
    stays.cancel()
    await asyncio.gather(pending, stays, return_exceptions=True)


@pytest.fixture
def middle(tmp_path: Path) -> Summary:
    """The summary of such a recording."""
    path = tmp_path / "middle.loopscope"
    asyncio.run(begun_before_and_not_ended(path))
    return summarise(read_trace(path))


def test_a_wait_that_began_before_is_told_from_then_on(middle: Summary) -> None:
    """The suspension of an older task begins with the recording, with its kind and line."""
    trace = middle.trace
    waiter = next(one for one in trace.tasks.id.tolist() if trace.task(one).name == "waiter")
    waits = [wait for wait in middle.slowest if wait.task_id == waiter]
    assert [wait.kind for wait in waits] == [WaitKind.EVENT]
    assert trace.task(waiter).existed_before


def test_lives_add_up_at_both_edges(middle: Summary) -> None:
    """Older and unfinished tasks have lives that add up, and the fate of pending ones is so."""
    lives = middle.lives
    assert (lives.running + lives.ready + lives.suspended == lives.ended - lives.created).all()
    fates = {
        task_life(middle.timeline, lives, row).task.name: Fate(int(lives.fate[row]))
        for row in middle.rows
    }
    assert fates["pending"] is Fate.PENDING
    assert fates["waiter"] is Fate.RETURNED
    assert fates["bad"] is Fate.RAISED


def test_waits_that_did_not_end_are_told(middle: Summary) -> None:
    """A task still waiting at the end is told with its line, and the failure beside it."""
    (wait,) = [
        one
        for one in open_waits(middle.timeline, middle.lives)
        if middle.trace.task(one.task_id).name == "pending"
    ]
    assert (wait.kind, wait.is_over) == (WaitKind.EVENT, False)
    told = "\n".join(line.plain for line in summary_lines(middle, UNICODE, 80))
    assert "What went wrong" in told
    assert "pending still waited for" in told
    assert "ValueError: as meant" in told


def test_each_task_can_be_told_whole(middle: Summary) -> None:
    """One task's page works for older, unfinished and failed tasks."""
    for row in middle.rows:
        task_id = int(middle.trace.tasks.id[row])
        told = "\n".join(line.plain for line in task_lines(middle, task_id, UNICODE, 80))
        assert "lived" in told


def test_a_task_destroyed_while_pending_is_abandoned(tmp_path: Path) -> None:
    """A task that nobody held and that was collected while it waited is told as abandoned."""
    path = tmp_path / "lost.loopscope"

    async def forever() -> None:
        await asyncio.get_running_loop().create_future()

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        asyncio.get_running_loop().call_soon(asyncio.create_task, forever())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        gc.collect()
        await asyncio.sleep(0)

    with loopscope.record(path):
        asyncio.run(main())
    summary = summarise(read_trace(path))
    assert summary.fates.get(Fate.ABANDONED) == 1


def test_a_recorder_that_fails_says_so_once_and_lets_go(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """After an error of its own the recorder logs once, the program goes on, the trace tells."""
    path = tmp_path / "gave-up.loopscope"
    recorder = Recorder(path, "x")
    recorder.start()
    recorder._give_up(OSError("on purpose"))
    recorder._give_up(OSError("again"))
    asyncio.run(asyncio.sleep(0))
    recorder.stop()
    assert caplog.text.count("has stopped recording") == 1
    trace = read_trace(path)
    assert trace.info.gave_up
    assert trace.notes == ["OSError: on purpose"]


def test_an_abandoned_recording_is_left_as_it_is(tmp_path: Path) -> None:
    """What a forked child does with its parent's recording: nothing more is written."""
    path = tmp_path / "abandoned.loopscope"
    recorder = Recorder(path, "x")
    recorder.start()
    asyncio.run(asyncio.sleep(0))
    recorder._watchdog.stop()
    recorder.abandon()
    before = path.read_bytes()
    asyncio.run(asyncio.sleep(0))
    assert path.read_bytes() == before
    assert active_recorder() is None
