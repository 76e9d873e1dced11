"""Awaits of real clients of HTTP and Redis, side by side: as their rewritten twins take."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from inspect import getsourcelines
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest
import redis.asyncio as redis

import loopscope
from loopscope.analysis.timeline import derive_timeline, task_lives
from loopscope.analysis.whatif.late_answers import NOTICED_LATE
from loopscope.analysis.whatif.predict import make_model, predict
from loopscope.model.changes import OffLoop, Together
from loopscope.trace.reader import read_trace

WORLD = (
    loopscope.Host("api.test", dns="20ms", connect="10ms", latency="150ms"),
    loopscope.Host("cache.test", kind="redis", latency="120ms"),
)
URL = "http://api.test/"
Get = Callable[[str], Awaitable[object]]
Main = Callable[[], Awaitable[None]]


async def statements(get: Get) -> None:
    """Ask three times, in three lines."""
    await get("a")
    await get("b")
    await get("c")


async def rounds(get: Get) -> None:
    """Ask three times in a loop."""
    for name in "abc":
        await get(name)


async def comprehension(get: Get) -> None:
    """Ask three times in a comprehension."""
    _ = [await get(name) for name in "abc"]


async def blocks(get: Get) -> None:
    """Ask three times in three ``async with``, whose lines need each other."""
    async with asyncio.timeout(9):
        await get("a")
    async with asyncio.timeout(9):
        await get("b")
    async with asyncio.timeout(9):
        await get("c")


async def together(get: Get) -> None:
    """The rewritten program."""
    await asyncio.gather(*(get(name) for name in "abc"))


async def with_httpx(ask: Callable[[Get], Awaitable[None]]) -> None:
    """Ask through httpx."""
    async with httpx.AsyncClient(base_url=URL) as client:
        await ask(client.get)


async def with_aiohttp(ask: Callable[[Get], Awaitable[None]]) -> None:
    """Ask through aiohttp."""
    async with aiohttp.ClientSession(URL) as session:

        async def get(name: str) -> str:
            async with session.get(name) as answer:
                return await answer.text()

        await ask(get)


async def with_redis(ask: Callable[[Get], Awaitable[None]]) -> None:
    """Ask through redis-py."""
    async with redis.Redis(host="cache.test") as client:
        await ask(client.get)


@dataclass(frozen=True)
class Twin:
    """Totals in nanoseconds: as predicted, of the rewritten program, and as it was."""

    predicted: int
    real: int
    before: int


def twin(client: Any, ask: Any, lines: Sequence[int], tmp_path: Path) -> Twin:
    """Simulate a program, predict, and simulate the rewritten one."""
    paths = tmp_path / "before.loopscope", tmp_path / "after.loopscope"
    for path, how in zip(paths, (ask, together), strict=True):
        loopscope.simulate(partial(client, how), costs="none", out=path, world=WORLD)
    timeline = derive_timeline(read_trace(paths[0]))
    first = getsourcelines(ask)[1]
    change = Together("test_clients.py", first + lines[0], first + lines[-1])
    prediction = predict(make_model(timeline, task_lives(timeline)), [change])
    after_ns = read_trace(paths[1]).total_ns
    return Twin(prediction.after_ns, after_ns, prediction.recorded_ns)


@pytest.mark.parametrize("client", [with_httpx, with_aiohttp, with_redis])
@pytest.mark.parametrize(
    ("ask", "lines"),
    [
        (statements, (2, 4)),
        (rounds, (2, 3)),
        (rounds, (3,)),
        (comprehension, (2,)),
        (blocks, (2, 7)),
    ],
    ids=["statements", "loop", "line", "comprehension", "blocks"],
)
def test_as_long_as_the_rewritten_program(
    client: Any, ask: Any, lines: Sequence[int], tmp_path: Path
) -> None:
    """Requests that share a connection only when in turn end when those of the twin do."""
    found = twin(client, ask, lines, tmp_path)
    assert found.predicted == found.real < found.before


async def beside_a_stall() -> None:
    """Ask for 180 ms while another task holds the loop for 300 ms."""

    async def hold() -> None:
        await asyncio.sleep(0.1)
        time.sleep(0.3)  # noqa: ASYNC251, TID251  (virtual, on purpose)

    async with httpx.AsyncClient(base_url=URL) as client:
        await asyncio.gather(client.get("a"), hold())


async def before_a_stall() -> None:
    """Ask, and hold the loop when the answer is there."""
    async with httpx.AsyncClient(base_url=URL) as client:
        await client.get("a")
        time.sleep(0.3)  # noqa: ASYNC251, TID251  (virtual, on purpose)
        await client.get("b")


@pytest.mark.parametrize(
    ("main", "line", "is_told"), [(beside_a_stall, 5, True), (before_a_stall, 4, False)]
)
def test_answers_that_came_while_the_loop_was_held(
    main: Any, line: int, is_told: bool, tmp_path: Path
) -> None:
    """When they came nobody knows, and the prediction says so: the gain may be larger."""
    path = tmp_path / "x.loopscope"
    loopscope.simulate(main, costs="none", out=path, world=WORLD)
    timeline = derive_timeline(read_trace(path))
    change = OffLoop("test_clients.py", getsourcelines(main)[1] + line)
    prediction = predict(make_model(timeline, task_lives(timeline)), [change])
    assert (NOTICED_LATE in prediction.assumptions) is is_told
