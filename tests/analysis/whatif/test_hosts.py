"""Which waits are for a host: told from the lines that wait, or that made the task that waits."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

import loopscope
from loopscope.analysis.timeline import derive_timeline, task_lives
from loopscope.analysis.whatif.changed import NothingThere
from loopscope.analysis.whatif.predict import Prediction, make_model, predict
from loopscope.analysis.whatif.timeouts import FIRED
from loopscope.model.changes import Faster
from loopscope.trace.reader import read_trace

MS = 1_000_000
WORLD = (
    loopscope.Host("api.test", latency="200ms"),
    loopscope.Host("other.test", latency="100ms"),
)


async def ask(url: str) -> None:
    """Ask in a line that names no host."""
    async with httpx.AsyncClient() as client:
        await client.get(url)


async def in_a_task() -> None:
    """Ask in a task of its own."""
    await asyncio.create_task(ask("http://api.test/"))


async def in_a_task_of_a_task() -> None:
    """Ask in a task that is made where no host is named, either."""

    async def bounded(url: str) -> None:
        await asyncio.create_task(ask(url))

    await asyncio.create_task(bounded("http://api.test/"))


async def side_by_side() -> None:
    """Ask two hosts in tasks that are made in one line."""
    await asyncio.gather(ask("http://api.test/"), ask("http://other.test/"))


async def with_wait_for() -> None:
    """Give up before the answer comes."""
    with suppress(TimeoutError):
        await asyncio.wait_for(ask("http://api.test/"), 0.15)


async def with_timeout() -> None:
    """Give up in the task that waits."""
    with suppress(TimeoutError):
        async with asyncio.timeout(0.15):
            await ask("http://api.test/")


def faster(main: Callable[[], Any], tmp_path: Path) -> Prediction:
    """Predict with api.test twice as fast."""
    path = tmp_path / "x.loopscope"
    loopscope.simulate(main, costs="none", out=path, world=WORLD)
    timeline = derive_timeline(read_trace(path))
    change = Faster("api.test", 2)
    return predict(make_model(timeline, task_lives(timeline)), [change])


@pytest.mark.parametrize("main", [in_a_task, in_a_task_of_a_task])
def test_the_line_that_made_the_task_tells_the_host(main: Any, tmp_path: Path) -> None:
    """Half of the 200 ms are left."""
    assert faster(main, tmp_path).after_ns == 100 * MS


def test_a_line_that_names_several_hosts_tells_none_of_its_tasks(tmp_path: Path) -> None:
    """Which task asks which host is not known, so none gets faster by mistake."""
    with pytest.raises(NothingThere, match="no line that waits has an address"):
        faster(side_by_side, tmp_path)


@pytest.mark.parametrize(
    ("main", "is_told"), [(with_wait_for, True), (with_timeout, True), (in_a_task, False)]
)
def test_timeouts_that_fired_are_told(main: Any, tmp_path: Path, *, is_told: bool) -> None:
    """When the answer would have come no recording shows, so they fire again."""
    prediction = faster(main, tmp_path)
    assert (FIRED in prediction.assumptions) == is_told
    assert (prediction.after_ns == prediction.recorded_ns) == is_told
