"""What each change does to simulated programs whose rewritten twin takes an exact time."""

import asyncio
import time
from collections.abc import Callable
from inspect import getsourcelines
from pathlib import Path
from typing import Any

import pytest

import loopscope
from loopscope.analysis.timeline import derive_timeline, task_lives
from loopscope.analysis.whatif.changed import NothingThere
from loopscope.analysis.whatif.predict import Model, Prediction, make_model, predict
from loopscope.model.changes import (
    Change,
    Cores,
    Elsewhere,
    Faster,
    Limit,
    NoStalls,
    OffLoop,
    Together,
)
from loopscope.trace.reader import read_trace

MS = 1_000_000


async def in_turn() -> None:
    """Three sleeps, one after the other."""
    await asyncio.sleep(0.1)
    await asyncio.sleep(0.3)
    await asyncio.sleep(0.2)


async def _write(lock: asyncio.Lock) -> None:
    async with lock:
        await asyncio.sleep(0.05)


async def behind_a_lock() -> None:
    """Four writes under one lock, one after the other."""
    lock = asyncio.Lock()
    for _ in range(4):
        await _write(lock)


async def blocking() -> None:
    """Twelve tasks that hold the loop for 50 ms each."""

    async def work() -> None:
        await asyncio.sleep(0.01)
        time.sleep(0.05)  # noqa: ASYNC251, TID251  (virtual, on purpose)

    await asyncio.gather(*(work() for _ in range(12)))


async def behind_a_semaphore() -> None:
    """Twelve jobs of 100 ms, two at a time."""
    slots = asyncio.Semaphore(2)

    async def job() -> None:
        async with slots:
            await asyncio.sleep(0.1)

    await asyncio.gather(*(job() for _ in range(12)))


def model_of(main: Callable[[], Any], tmp_path: Path, **options: Any) -> Model:
    """Simulate a program and make its model."""
    path = tmp_path / "x.loopscope"
    loopscope.simulate(main, costs="none", out=path, **options)
    timeline = derive_timeline(read_trace(path))
    return make_model(timeline, task_lives(timeline))


def line(main: Callable[..., Any], number: int) -> int:
    """Return the line of the file that is the function's so manieth, from 0."""
    return getsourcelines(main)[1] + number


def after_ms(model: Model, *changes: Change) -> float:
    """Predict, in milliseconds."""
    return predict(model, changes).after_ns / MS


def test_awaits_side_by_side_take_as_long_as_the_longest(tmp_path: Path) -> None:
    """Three sleeps of 100, 300 and 200 ms take 300 ms; nothing outside is assumed."""
    change = Together("test_changes.py", line(in_turn, 2), line(in_turn, 4))
    prediction = predict(model_of(in_turn, tmp_path), [change])
    assert (prediction.recorded_ns, prediction.replayed_ns) == (600 * MS, 600 * MS)
    assert (prediction.after_ns, prediction.is_at_most) == (300 * MS, False)
    assert prediction.saves_ns == 300 * MS


def test_a_lock_nobody_waited_for_still_lets_in_one_at_a_time(tmp_path: Path) -> None:
    """Writes under one lock gain nothing from running side by side."""
    change = Together("test_changes.py", line(behind_a_lock, 4), line(behind_a_lock, 4))
    assert after_ms(model_of(behind_a_lock, tmp_path), change) == 200


def test_blocking_calls_in_threads_come_in_waves_of_the_pool(tmp_path: Path) -> None:
    """Twelve calls of 50 ms in a pool of 6 threads (2 processors and 4) take two waves."""
    model = model_of(blocking, tmp_path, cpus=2)
    prediction = predict(model, [OffLoop("test_changes.py", line(blocking, 5))])
    assert prediction.recorded_ns == 610 * MS
    assert 110 * MS < prediction.after_ns < 111 * MS


def test_processes_are_as_many_as_processors(tmp_path: Path) -> None:
    """Twelve calls of 50 ms in 3 processes take four waves, and the gain is 'up to'."""
    model = model_of(blocking, tmp_path)
    change = OffLoop("test_changes.py", line(blocking, 5), Elsewhere.PROCESS)
    prediction = predict(model, [Cores(3), change])
    assert 210 * MS < prediction.after_ns < 214 * MS
    assert prediction.is_at_most


def test_without_stalls_only_the_waits_are_left(tmp_path: Path) -> None:
    """What held the loop takes no time; its sleep is left."""
    assert after_ms(model_of(blocking, tmp_path), NoStalls()) == 10


@pytest.mark.parametrize(
    ("count", "total_ms"), [(1, 1200), (2, 600), (3, 400), (6, 200), (50, 100)]
)
def test_a_semaphore_of_another_size(count: int, total_ms: int, tmp_path: Path) -> None:
    """Twelve jobs of 100 ms go through in as many waves as the size makes, larger or smaller."""
    assert after_ms(model_of(behind_a_semaphore, tmp_path), Limit("slots", count)) == total_ms


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Together("other.py", 1, 2), "Tasks waited at test_changes.py:"),
        (OffLoop("test_changes.py", 1), "in this run nothing held it"),
        (Limit("door", 2), "it shows no limit at all."),
        (Faster("a.example", 2), "no line that waits has an address"),
        (Cores(2), "give --off-loop"),
    ],
)
def test_what_is_not_there_is_told_with_what_there_is(
    change: Change, said: str, tmp_path: Path
) -> None:
    """A change that names nothing of the run is an error that lists what could be named."""
    with pytest.raises(NothingThere, match=said) as error:
        predict(model_of(in_turn, tmp_path), [change])
    assert error.value.slug == "whatif-nothing"


def test_the_predicted_steps_are_in_order(tmp_path: Path) -> None:
    """Each predicted step is ready, begins and ends in this order, and none overlaps the next."""
    change = OffLoop("test_changes.py", line(blocking, 5))
    prediction: Prediction = predict(model_of(blocking, tmp_path), [change])
    steps = prediction.steps
    assert (steps.ready <= steps.begin).all()
    assert (steps.begin <= steps.end).all()
    assert (steps.end[:-1] <= steps.begin[1:]).all()
    assert int(steps.end.max()) <= prediction.after_ns
