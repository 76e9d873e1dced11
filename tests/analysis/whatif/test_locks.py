"""What leaves the loop from inside a lock keeps it, as the rewritten program does."""

import asyncio
import time
from asyncio import gather, sleep, to_thread
from collections.abc import Awaitable, Callable
from functools import partial
from inspect import getsourcelines
from itertools import count
from pathlib import Path

import pytest

import loopscope
from loopscope.analysis.timeline import derive_timeline, task_lives
from loopscope.analysis.whatif.predict import Prediction, make_model, predict
from loopscope.model.changes import Change, OffLoop, Together
from loopscope.trace.reader import read_trace

MS = 1_000_000
Save = Callable[[], Awaitable[None]]
Run = Callable[[Save], Awaitable[None]]


async def hold() -> None:
    """Block the loop."""
    time.sleep(0.03)  # noqa: ASYNC251, TID251  (virtual, on purpose)


async def hold_again() -> None:
    """Block the loop, in another line."""
    time.sleep(0.03)  # noqa: ASYNC251, TID251  (virtual, on purpose)


async def elsewhere() -> None:
    """Block as long in a thread."""
    await to_thread(time.sleep, 0.03)  # noqa: TID251  (virtual)


async def side_by_side(work: Save) -> None:
    """Run six tasks at once."""
    await gather(*(work() for _ in range(6)))


async def in_turn(work: Save) -> None:
    """Run four, one after the other."""
    for _ in range(4):
        await work()


async def in_turn_together(work: Save) -> None:
    """Run the four at once."""
    await gather(*(work() for _ in range(4)))


async def program(shape: str, run: Run, first: Save, second: Save) -> None:
    """Run tasks that use one lock in some shape."""
    lock = asyncio.Lock()

    async def only_blocking() -> None:
        async with lock:
            await first()

    async def blocking_last() -> None:
        async with lock:
            await sleep(0.02)
            await first()

    async def blocking_first() -> None:
        async with lock:
            await first()
            await sleep(0.02)

    async def blocking_twice() -> None:
        async with lock:
            await first()
            await second()

    async def blocking_outside() -> None:
        async with lock:
            await sleep(0.001)
        await first()

    numbers = count()

    async def in_line() -> None:
        async with lock:
            if next(numbers) % 2:
                await first()
            else:
                await sleep(0.02)

    alone = (only_blocking, blocking_twice, blocking_outside)
    shapes = (*alone, blocking_first, blocking_last, in_line)
    await run(next(one for one in shapes if one.__name__ == shape))


def predicted(run: Run, shape: str, tmp_path: Path, *changes: Change) -> Prediction:
    """Simulate a program that holds the loop, and predict it with ``hold`` off the loop."""
    path = tmp_path / "before.loopscope"
    main = partial(program, shape, run, hold, hold_again)
    loopscope.simulate(main, costs="none", out=path, cpus=4)
    timeline = derive_timeline(read_trace(path))
    return predict(make_model(timeline, task_lives(timeline)), [OFF_LOOP, *changes])


def really_ns(run: Run, shape: str, tmp_path: Path) -> int:
    """Simulate the rewritten program."""
    path = tmp_path / "after.loopscope"
    main = partial(program, shape, run, elsewhere, elsewhere)
    loopscope.simulate(main, costs="none", out=path, cpus=4)
    return read_trace(path).total_ns


OFF_LOOP = OffLoop("test_locks.py", getsourcelines(hold)[1] + 2)
OFF_LOOP_AGAIN = OffLoop("test_locks.py", getsourcelines(hold_again)[1] + 2)


@pytest.mark.parametrize(
    ("shape", "keeps"),
    [
        ("only_blocking", True),
        ("blocking_last", True),
        ("blocking_first", True),
        ("in_line", True),
        ("blocking_outside", False),
    ],
)
def test_off_the_loop_a_lock_still_lets_in_one_at_a_time(
    shape: str, tmp_path: Path, *, keeps: bool
) -> None:
    """The prediction is that of the twin, but for the ways to the threads and back."""
    prediction = predicted(side_by_side, shape, tmp_path)
    assert abs(prediction.after_ns - really_ns(side_by_side, shape, tmp_path)) < 3 * MS
    told = [one for one in prediction.assumptions if "keeps lock, which lets 1 in at a time" in one]
    assert bool(told) == keeps


def test_two_lines_inside_a_lock_enter_it_once(tmp_path: Path) -> None:
    """Both leave the loop, and the lock is kept from the first to the end of the second."""
    prediction = predicted(side_by_side, "blocking_twice", tmp_path, OFF_LOOP_AGAIN)
    really = really_ns(side_by_side, "blocking_twice", tmp_path)
    assert abs(prediction.after_ns - really) < 3 * MS


def test_rounds_side_by_side_wait_for_the_lock(tmp_path: Path) -> None:
    """Rounds that nobody waited in, when recorded, stand in line for it then."""
    first = getsourcelines(in_turn)[1]
    change = Together("test_locks.py", first + 2, first + 3)
    prediction = predicted(in_turn, "blocking_last", tmp_path, change)
    really = really_ns(in_turn_together, "blocking_last", tmp_path)
    assert abs(prediction.after_ns - really) < 3 * MS
