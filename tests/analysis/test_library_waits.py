"""Waits inside libraries are told for what they are, whatever the library waits with."""

import asyncio
from pathlib import Path

import anyio
import httpx

import loopscope
from loopscope.analysis.summary import summarise
from loopscope.model.kinds import Origin, WaitKind
from loopscope.trace.reader import read_trace


async def ask() -> int:
    """Fetch a page; anyio, below httpx, waits for its data with an event."""
    async with httpx.AsyncClient() as client:
        return (await client.get("http://api.example.com/")).status_code


async def wait_for_own_event() -> None:
    """Wait for an event that a timer sets."""
    event = asyncio.Event()
    asyncio.get_running_loop().call_later(0.1, event.set)
    await event.wait()


async def let_a_library_sleep() -> None:
    """Give a library a task of its own."""
    async with anyio.create_task_group() as group:
        group.start_soon(anyio.sleep, 0.2)


async def sleep_twice() -> None:
    """Give asyncio two tasks that run nothing else."""
    await asyncio.gather(asyncio.sleep(0.3), asyncio.sleep(0.1))


def test_an_event_of_a_library_that_data_sets_is_io(tmp_path: Path) -> None:
    """A request through httpx is a wait for I/O, and counts as one on the outside."""
    path = tmp_path / "run.loopscope"
    loopscope.simulate(ask, latency_s=0.1, costs="none", out=path)
    summary = summarise(read_trace(path))
    assert (summary.slowest[0].kind, summary.slowest[0].duration_ns) == (WaitKind.IO, 100_000_000)
    assert summary.overlap.peak_count == 1


def test_an_event_of_the_program_stays_one(tmp_path: Path) -> None:
    """The program's own event is told as an event, whatever sets it."""
    path = tmp_path / "run.loopscope"
    loopscope.simulate(wait_for_own_event, costs="none", out=path)
    assert summarise(read_trace(path)).slowest[0].kind is WaitKind.EVENT


def test_a_task_of_a_library_waits_in_the_library(tmp_path: Path) -> None:
    """Where no line is the user's own, the library's is told, not what it calls in asyncio."""
    path = tmp_path / "run.loopscope"
    loopscope.simulate(let_a_library_sleep, costs="none", out=path)
    wait = summarise(read_trace(path)).slowest[0]
    assert wait.duration_ns == 200_000_000
    assert wait.where.origin is Origin.LIBRARY
    assert wait.what == f"{wait.where.function}()" == "AsyncIOBackend.sleep()"


def test_a_task_that_runs_only_asyncio_waits_where_it_was_made(tmp_path: Path) -> None:
    """A line of asyncio tells nobody anything: it is the user's line that made the task."""
    path = tmp_path / "run.loopscope"
    loopscope.simulate(sleep_twice, costs="none", out=path)
    summary = summarise(read_trace(path))
    made = "asyncio.gather(asyncio.sleep(0.3), asyncio.sleep(0.1))"
    critical = summary.loops[0].path
    assert critical is not None
    assert [(part.kind, part.what) for part in critical.parts] == [(WaitKind.SLEEP, made)]
    assert {(wait.what, wait.where.is_user) for wait in summary.slowest} == {(made, True)}
