"""Answers that came while the loop was held: how long others at the same place took, as told."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from inspect import getsourcelines
from pathlib import Path
from typing import Any

import httpx
import pytest

import loopscope
from loopscope.analysis.timeline import derive_timeline, task_lives
from loopscope.analysis.whatif.late_answers import LIKE_OTHERS, NOTICED_LATE
from loopscope.analysis.whatif.predict import Model, make_model, predict
from loopscope.model.changes import Change, NoStalls, OffLoop
from loopscope.trace.reader import read_trace
from loopscope.views.terminal.glyphs import ASCII
from loopscope.views.terminal.whatif_text import prediction_lines

MS = 1_000_000
WORLD = (loopscope.Host("api.test", latency="150ms"),)


def hold() -> None:
    """Block for longer than an answer takes."""
    time.sleep(0.4)  # noqa: TID251  (virtual, on purpose)


async def hold_elsewhere() -> None:
    """Block as long in a thread."""
    await asyncio.to_thread(hold)


async def hold_the_loop() -> None:
    """Block in the task."""
    hold()


async def load_beside(save: Callable[[], Any], times: int) -> None:
    """Ask so many times in a row; before the second answer something is saved."""
    async with httpx.AsyncClient(base_url="http://api.test/") as client:

        async def load() -> None:
            for _ in range(times):
                await client.get("a")

        async def save_later() -> None:
            await asyncio.sleep(0.2)
            await save()

        await asyncio.gather(load(), save_later())


def simulated(save: Callable[[], Any], times: int, tmp_path: Path) -> Model:
    """Simulate, and return the model."""
    path = tmp_path / "x.loopscope"
    loopscope.simulate(partial(load_beside, save, times), costs="none", out=path, world=WORLD)
    timeline = derive_timeline(read_trace(path))
    return make_model(timeline, task_lives(timeline))


def off_loop() -> Change:
    """Return the change for the line that blocks."""
    return OffLoop("test_late_answers.py", getsourcelines(hold)[1] + 2)


def test_a_late_answer_took_as_long_as_the_others(tmp_path: Path) -> None:
    """The one that came while the loop was held is taken to have needed what the others did."""
    model = simulated(hold_the_loop, 5, tmp_path)
    really = simulated(hold_elsewhere, 5, tmp_path).timeline.trace.total_ns
    prediction = predict(model, [off_loop()])
    assert abs(prediction.after_ns - really) < MS < prediction.recorded_ns - really
    assert LIKE_OTHERS in prediction.assumptions
    assert NOTICED_LATE not in prediction.assumptions
    *_, how_sure = prediction_lines(model, [off_loop()], prediction, ASCII, 100)
    assert how_sure.plain.strip() == (
        "Not to the last: when some answers came, the recording does not show."
    )


@pytest.mark.parametrize("change", [off_loop(), NoStalls()])
def test_without_others_a_late_answer_came_when_noticed(change: Change, tmp_path: Path) -> None:
    """Where no answer came in time, nothing is taken to be quicker, and it says so."""
    path = tmp_path / "x.loopscope"

    async def main() -> None:
        async with httpx.AsyncClient(base_url="http://api.test/") as client:
            asyncio.get_running_loop().call_later(0.01, hold)
            await client.get("a")

    loopscope.simulate(main, costs="none", out=path, world=WORLD)
    timeline = derive_timeline(read_trace(path))
    prediction = predict(make_model(timeline, task_lives(timeline)), [change])
    assert prediction.after_ns >= 400 * MS
    assert NOTICED_LATE in prediction.assumptions
    assert LIKE_OTHERS not in prediction.assumptions


def test_a_replay_without_a_change_notices_it_when_the_loop_did(tmp_path: Path) -> None:
    """That the answer came earlier changes nothing as long as the loop is held."""
    model = simulated(hold_the_loop, 5, tmp_path)
    steps = model.timeline.trace.steps
    assert model.unchanged.begin[: len(steps)].tolist() == steps.begin.tolist()
