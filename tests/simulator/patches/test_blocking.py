"""Blocking calls in coroutines hold the loop exactly as long as really; in threads they do not."""

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from tests.simulator.patches.runs import compute, simulate


def blocking_lock() -> None:
    """Wait a second for a lock that another thread holds."""
    lock = threading.Lock()
    lock.acquire()
    threading.Timer(1, lock.release).start()
    lock.acquire()


def blocking_queue() -> None:
    """Wait a second for what never comes."""
    with pytest.raises(queue.Empty):
        queue.Queue[int]().get(timeout=1)


BLOCKERS: dict[str, Callable[[], object]] = {
    "time.sleep": lambda: time.sleep(1),
    "a lock": blocking_lock,
    "a queue": blocking_queue,
    "an event": lambda: threading.Event().wait(1),
    "computing": lambda: compute(1),
}
"""What takes a second of the thread that does it."""


async def heartbeat(block: Callable[[], Any]) -> float:
    """Beat every 0.1 s while a neighbour does something at 0.25 s; return the largest gap."""
    beats: list[float] = []

    async def beat() -> None:
        while len(beats) < 10:
            beats.append(time.monotonic())
            await asyncio.sleep(0.1)

    async def neighbour() -> None:
        await asyncio.sleep(0.25)
        answer = block()
        if asyncio.iscoroutine(answer):
            await answer

    await asyncio.gather(beat(), neighbour())
    return round(max(after - before for before, after in pairwise(beats)), 9)


@pytest.mark.parametrize("blocker", BLOCKERS)
def test_a_blocking_call_holds_the_loop(blocker: str) -> None:
    """The largest gap of a heartbeat of 0.1 s is 1.05 s, as on asyncio's own loop."""
    run = simulate(lambda: heartbeat(BLOCKERS[blocker]))
    assert (run.result, run.failures) == (1.05, [])


@pytest.mark.parametrize("blocker", [name for name in BLOCKERS if name != "computing"])
def test_the_same_call_in_a_thread_does_not(blocker: str) -> None:
    """``to_thread`` parks a worker; the loop goes on."""
    run = simulate(lambda: heartbeat(lambda: asyncio.to_thread(BLOCKERS[blocker])))
    assert (run.result, run.failures) == (0.1, [])


def test_computing_in_a_thread_takes_turns_with_the_loop() -> None:
    """It gives the interpreter up every 5 ms, and so delays a beat by up to that."""
    run = simulate(lambda: heartbeat(lambda: asyncio.to_thread(compute, 1)))
    assert 0.1 <= run.result <= 0.11
    assert run.failures == []


def test_twenty_sleeps_on_the_default_pool() -> None:
    """Eight workers on four processors: three rounds of 0.3 s."""

    async def program() -> None:
        await asyncio.gather(*(asyncio.to_thread(time.sleep, 0.3) for _ in range(20)))

    assert simulate(program, cpus=4).seconds == 0.9


def test_two_loops_in_two_threads() -> None:
    """Each has its own time to wait for, and both go on while the other blocks."""

    async def ticks(name: str, every: float) -> list[Any]:
        seen = []
        for _ in range(3):
            await asyncio.sleep(every)
            time.sleep(0.5)  # the other loop goes on
            seen.append((name, time.monotonic()))
        return seen

    def program() -> list[Any]:
        seen: list[Any] = []
        other = threading.Thread(target=lambda: seen.extend(asyncio.run(ticks("other", 2))))
        other.start()
        mine = asyncio.run(ticks("mine", 1))
        other.join()
        return [*mine, *seen]

    assert simulate(program).result == [
        ("mine", 1.5),
        ("mine", 3.0),
        ("mine", 4.5),
        ("other", 2.5),
        ("other", 5.0),
        ("other", 7.5),
    ]


def test_a_call_from_a_thread_wakes_the_loop() -> None:
    """``run_coroutine_threadsafe`` and ``call_soon_threadsafe`` from a plain thread."""

    async def program() -> list[Any]:
        loop = asyncio.get_running_loop()
        done = asyncio.Event()
        seen: list[Any] = []

        async def answer() -> str:
            await asyncio.sleep(1)
            return "answer"

        def ask() -> None:
            time.sleep(1)
            future = asyncio.run_coroutine_threadsafe(answer(), loop)
            seen.append((future.result(), time.monotonic()))
            loop.call_soon_threadsafe(done.set)

        threading.Thread(target=ask).start()
        await done.wait()
        return [*seen, loop.time()]

    assert simulate(program).result == [("answer", 2.0), 2.0]
