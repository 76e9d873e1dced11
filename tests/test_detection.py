"""The eight small programs: what the summary says of each, and what the examples show."""

import re
from pathlib import Path

import pytest

from loopscope.analysis.critical_path import Share
from loopscope.analysis.summary import Summary, summarise
from loopscope.model.kinds import Fate, WaitKind
from loopscope.model.records import Stall
from tests.conftest import Recording
from tests.support import EXAMPLES, PROGRAMS, line_of, loopscope


def worst_stall(summary: Summary) -> Stall:
    """Return the line that held the loop longest."""
    return summary.stalls[0]


def stalls_agree(stall: Stall, true_ns: int) -> bool:
    """Whether the recorded duration is within 5 % of the true one, load on the machine aside."""
    return 0.95 * true_ns <= stall.held_ns


def test_blocking_sleep(recording: Recording) -> None:
    """The line, the call, its duration and the five tasks it delayed."""
    program = PROGRAMS / "blocking_sleep.py"
    stall = worst_stall(summarise(recording.program(program)))
    assert (stall.where.line, stall.call) == (line_of(program, "blocks"), "time.sleep(0.4)")
    assert stall.kind == "blocking"
    assert stall.delayed_tasks_count == 5
    assert stalls_agree(stall, 400_000_000)


def test_blocking_request(recording: Recording) -> None:
    """The user's line, the library function inside, and the three tasks it delayed."""
    program = PROGRAMS / "blocking_request.py"
    stall = worst_stall(summarise(recording.program(program)))
    assert stall.where.line == line_of(program, "blocks")
    assert stall.call == "connection.getresponse()"
    assert stall.inside is not None
    assert stall.inside.function == "SocketIO.readinto"
    assert stall.kind == "blocking"
    assert stall.delayed_tasks_count == 3
    assert stalls_agree(stall, 400_000_000)


def test_cpu_loop(recording: Recording) -> None:
    """Computing is told from blocking, at the line that computes."""
    program = PROGRAMS / "cpu_loop.py"
    stall = worst_stall(summarise(recording.program(program)))
    assert stall.where.line == line_of(program, "computes")
    assert stall.kind == "computing"
    assert stall.delayed_tasks_count == 4
    assert stalls_agree(stall, 400_000_000)


def test_sequential_awaits(recording: Recording) -> None:
    """The total is made of three waits of one kind, called from three lines, never two at once."""
    program = PROGRAMS / "sequential_awaits.py"
    summary = summarise(recording.program(program))
    path = summary.loops[0].path
    assert path is not None
    part = path.parts[0]
    assert (part.share, part.kind, part.count) == (Share.WAITING, WaitKind.SLEEP, 3)
    lines = program.read_text().splitlines()
    marked = [number for number, line in enumerate(lines, 1) if line.endswith("# <- waits in turn")]
    assert sorted(place.line for place in part.callers) == marked
    assert summary.overlap.peak_count == 1
    assert part.total_ns >= 0.95 * 900_000_000


def test_ten_thousand_at_once(recording: Recording) -> None:
    """The number of waits at once is told, and the tasks are counted."""
    summary = summarise(recording.program(PROGRAMS / "ten_thousand_tasks.py"))
    assert summary.overlap.peak_count == 10_000
    assert len(summary.rows) == 10_001


def test_never_awaited(recording: Recording) -> None:
    """The coroutine and the line where it was dropped."""
    program = PROGRAMS / "never_awaited.py"
    (one,) = recording.program(program).never_awaited
    assert one.coroutine.function == "save"
    assert one.where is not None
    assert one.where.line == line_of(program, "never awaited")


def test_lost_exception_and_leak(recording: Recording) -> None:
    """The exception nobody retrieved, at its line; the task that never ended, and who ended it."""
    program = PROGRAMS / "lost_exception.py"
    trace = recording.program(program)
    summary = summarise(trace)
    (failure,) = trace.failures
    assert not failure.retrieved
    assert failure.where is not None
    assert failure.where.line == line_of(program, "fails")
    assert summary.fates[Fate.CANCELLED] == 1
    leak = next(wait for wait in summary.slowest if trace.task(wait.task_id).name == "leaky")
    assert leak.where.line == line_of(program, "waits for ever")


def test_lock_convoy(recording: Recording) -> None:
    """The lock by its name in the source, the queue before it, and who held it doing what."""
    program = PROGRAMS / "lock_convoy.py"
    (lock,) = summarise(recording.program(program)).contention
    assert (lock.kind, lock.name) == (WaitKind.LOCK, "lock")
    assert lock.where.line == line_of(program, "queues")
    assert (lock.tasks_count, lock.peak_waiting_count) == (19, 19)
    assert lock.waited_ns >= 0.95 * 1_900_000_000
    holder = lock.holders[0]
    assert holder.coroutine.function == "work"
    assert holder.where.line == line_of(program, "holds the lock")
    assert holder.tasks_count == 19


SAYS = {
    "sequential": [r"waiting +sleep .*×3", r"from sequential\.py:30, :31, :32", "at most: noth"],
    "gathered": [r"waiting +sleep", r"3 at most"],
    "blocking_client": [r"The loop was held", r"blocking +blocking_client\.py:\d+", r"5 tasks"],
    "cpu_bound": [r"The loop was held", r"computing +cpu_bound\.py:\d+"],
    "user_and_orders": [r"waiting +sleep", r"1 at most"],
    "restaurant": [r"waiting +sleep +restaurant\.py:\d+"],
    "producer_consumer": [r"Tasks waited in line", r"queue +producer_consumer\.py:\d+"],
    "aiohttp_app": [r"semaphore +aiohttp_app\.py:\d+", r"waiting +io"],
}


@pytest.mark.parametrize("name", SAYS)
def test_examples_say_what_they_are_about(name: str, tmp_path: Path) -> None:
    """Each example runs under loopscope, and the summary says what its docstring promises."""
    done = loopscope("run", EXAMPLES / f"{name}.py", cwd=tmp_path)
    assert done.returncode == 0
    told = loopscope("show", f"{name}.loopscope", cwd=tmp_path).stdout
    for pattern in SAYS[name]:
        assert re.search(pattern, told), told
    assert max(map(len, told.splitlines())) <= 80


def test_every_example_is_tried() -> None:
    """No example is left out of the test above."""
    assert {path.stem for path in EXAMPLES.glob("*.py")} == set(SAYS)
