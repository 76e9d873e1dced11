"""A replay without a change reproduces random simulated programs, to the nanosecond."""

import asyncio
import functools
import itertools
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.simulator.core import test_random_programs as random_programs

import loopscope
from loopscope.analysis.timeline import derive_timeline, task_lives
from loopscope.analysis.whatif.predict import Model, make_model, predict
from loopscope.trace.reader import read_trace

DELAYS_S = tuple(count / 512 for count in (0, 1, 2, 3, 50, 100))


_MOMENTS = itertools.count(1)


@dataclass(frozen=True)
class Work:
    """One thing that a task does beside those of the other random programs."""

    kind: str
    delay_s: float
    count: int


async def _block(work: Work) -> None:
    time.sleep(work.delay_s)  # noqa: ASYNC251, TID251  (virtual, on purpose)


async def _thread(work: Work) -> None:
    # No two threads end at one moment: which turn the loop hears of each in, no trace tells.
    delay_s = work.delay_s + next(_MOMENTS) / 2**26
    await asyncio.to_thread(time.sleep, delay_s)  # noqa: TID251  (virtual)


async def _group(work: Work) -> None:
    async with asyncio.TaskGroup() as group:
        for number in range(work.count):
            group.create_task(asyncio.sleep(work.delay_s * number))


async def _first(work: Work) -> None:
    tasks = [asyncio.create_task(asyncio.sleep(work.delay_s * n)) for n in range(work.count + 1)]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)


async def _as_completed(work: Work) -> None:
    for done in asyncio.as_completed([asyncio.sleep(work.delay_s) for _ in range(work.count)]):
        await done


async def _cancelled(work: Work) -> None:
    task = asyncio.create_task(asyncio.sleep(1))
    await asyncio.sleep(work.delay_s)
    task.cancel()


_WORKS: dict[str, Callable[[Work], Awaitable[None]]] = {
    "block": _block,
    "thread": _thread,
    "group": _group,
    "first": _first,
    "as_completed": _as_completed,
    "cancelled": _cancelled,
}

works = st.builds(
    Work, st.sampled_from(sorted(_WORKS)), st.sampled_from(DELAYS_S), st.integers(0, 3)
)
plans_of_work = st.lists(st.lists(works, max_size=6), min_size=1, max_size=5)


def recorded(main: Callable[[], Any]) -> Model:
    """Simulate a program, and return the model of its recording."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "x.loopscope"
        loopscope.simulate(main, costs="none", out=path)
        timeline = derive_timeline(read_trace(path))
        return make_model(timeline, task_lives(timeline))


def assert_the_same(model: Model) -> None:
    """All steps of a replay are those of the recording."""
    steps, prediction = model.timeline.trace.steps, predict(model, [])
    assert model.unchanged.forced_count == 0
    assert prediction.replayed_ns == prediction.recorded_ns
    count = len(steps)
    assert np.array_equal(model.unchanged.begin[:count], steps.begin)
    assert np.array_equal(model.unchanged.end[:count], steps.end)


async def _live(plan: list[Work]) -> None:
    for work in plan:
        await _WORKS[work.kind](work)


@given(random_programs.programs)
@settings(max_examples=40, deadline=None)
def test_locks_queues_timers_and_timeouts(plans: list[list[random_programs.Step]]) -> None:
    """Every step begins and ends when it did, whatever the tasks waited for."""
    assert_the_same(recorded(functools.partial(random_programs.run, plans, [])))


@given(plans_of_work)
@settings(max_examples=40, deadline=None)
def test_blocking_threads_groups_and_cancelling(plans: list[list[Work]]) -> None:
    """Every step begins and ends when it did, also where the loop was held or threads worked."""

    async def main() -> None:
        await asyncio.gather(*(_live(plan) for plan in plans))

    assert_the_same(recorded(main))
