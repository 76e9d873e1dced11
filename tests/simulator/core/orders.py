"""Small programs that note what happens in which order, and how to run them on either loop."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from tests.support import VirtualClock, virtual_loop

import loopscope

Log = list[object]
Program = Callable[[Log], Awaitable[None]]


def on_stock(program: Program) -> Log:
    """Return the log of a program on asyncio's own loop, whose clock jumps instead of waiting."""
    log: Log = []
    clock = VirtualClock()
    loop = virtual_loop(clock)
    _let_time_pass_between_calls(loop)
    try:
        loop.run_until_complete(program(log))
        log.append(("end", round(clock.ns / 1e9, 6)))
    finally:
        loop.close()
    return log


def _let_time_pass_between_calls(loop: asyncio.AbstractEventLoop) -> None:
    """Let each deadline be a bit later than an equal one before it, as on a clock that runs.

    Asyncio's heap of timers keeps no order among equal deadlines, which do not occur in reality.
    """
    call_at, bits = loop.call_at, itertools.count()

    def later(when: float, *args: Any, **kwargs: Any) -> asyncio.TimerHandle:
        return call_at(when + next(bits) * 1e-13, *args, **kwargs)

    loop.call_at = later  # type: ignore[method-assign,assignment]


def simulated(program: Program, seed: int = 0) -> Log:
    """Return the log of a program in a simulation where computing is free."""
    log: Log = []

    async def main() -> None:
        await program(log)

    done = loopscope.simulate(main, seed=seed, costs="none")
    log.append(("end", round(done.duration_s, 6)))
    return log


async def call_soon_in_order(log: Log) -> None:
    """Callbacks run in the order in which they were registered."""
    loop = asyncio.get_running_loop()
    for number in range(5):
        loop.call_soon(log.append, number)
    await asyncio.sleep(0.01)


async def gather_starts_in_order(log: Log) -> None:
    """Coroutines given to gather begin in that order."""

    async def one(number: int) -> None:
        log.append(number)
        await asyncio.sleep(0)
        log.append(-number)

    await asyncio.gather(*(one(number) for number in range(5)))


async def future_callbacks_in_order(log: Log) -> None:
    """Callbacks of a future run in the order in which they were added."""
    future = asyncio.get_running_loop().create_future()
    for number in range(5):
        future.add_done_callback(partial(_note, log, number))
    future.set_result(None)
    await asyncio.sleep(0)


def _note(log: Log, number: int, _future: asyncio.Future[None]) -> None:
    log.append(number)


async def lock_is_handed_over_in_order(log: Log) -> None:
    """Who asked for a lock first gets it first."""
    lock = asyncio.Lock()

    async def worker(number: int) -> None:
        async with lock:
            log.append(number)
            await asyncio.sleep(0.01)

    await asyncio.gather(*(worker(number) for number in range(5)))


async def timers_in_order(log: Log) -> None:
    """Timers with different deadlines fire by deadline."""

    async def sleeper(delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        log.append(delay_s)

    await asyncio.gather(*(sleeper(number / 100) for number in (5, 1, 4, 2, 3)))


async def yields_in_lock_step(log: Log) -> None:
    """Two tasks that yield take turns."""

    async def player(name: str) -> None:
        for number in range(4):
            log.append((name, number))
            await asyncio.sleep(0)

    await asyncio.gather(player("a"), player("b"))


async def timer_of_zero_comes_later(log: Log) -> None:
    """``call_later(0)`` runs behind a ``call_soon`` that is made after it."""
    loop = asyncio.get_running_loop()
    loop.call_later(0, log.append, "timer")
    loop.call_soon(log.append, "soon")
    await asyncio.sleep(0.01)


async def woken_waiter_before_a_later_task(log: Log) -> None:
    """A task that is woken runs before one that is made after that."""
    event = asyncio.Event()

    async def waiter() -> None:
        await event.wait()
        log.append("woken")

    async def late() -> None:
        log.append("late")

    first = asyncio.create_task(waiter())
    await asyncio.sleep(0)
    event.set()
    await asyncio.gather(first, asyncio.create_task(late()))


async def blocking_delays_timers(log: Log) -> None:
    """A call that blocks lets several timers become due; they then fire by deadline in one turn."""
    loop = asyncio.get_running_loop()
    for delay_s in (0.03, 0.01, 0.02):
        loop.call_later(delay_s, log.append, delay_s)
    loop.call_soon(_block, loop, 0.05)
    loop.call_soon(loop.call_soon, log.append, "soon after")
    await asyncio.sleep(0.06)


def _block(loop: asyncio.AbstractEventLoop, delay_s: float) -> None:
    """Block as ``time.sleep`` does; on the stock loop by moving its clock."""
    clock = getattr(loop.time, "__closure__", None)
    if clock is None:
        time.sleep(delay_s)
    else:
        clock[0].cell_contents.ns += round(delay_s * 1e9)


async def timeouts_and_cancellation(log: Log) -> None:
    """Timeouts, cancellation and shields are noticed in asyncio's order."""

    async def inner(name: str) -> str:
        try:
            await asyncio.sleep(0.1)
        except asyncio.CancelledError:
            log.append((name, "cancelled"))
            raise
        log.append((name, "done"))
        return name

    shielded = asyncio.create_task(inner("shielded"))
    for awaitable in (inner("plain"), asyncio.shield(shielded)):
        try:
            async with asyncio.timeout(0.05):
                await awaitable
        except TimeoutError:
            log.append("timeout")
    log.append(await shielded)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(inner("child"))  # more would be cancelled in any order
            await asyncio.sleep(0.02)
            raise ValueError  # noqa: TRY301  (the body's own failure is the point)
    except* ValueError:
        log.append("group")


async def producers_and_consumers(log: Log) -> None:
    """A bounded queue between tasks of different speed."""
    queue: asyncio.Queue[int] = asyncio.Queue(2)

    async def produce() -> None:
        for number in range(6):
            await queue.put(number)
            log.append(("put", number))

    async def consume(name: str, delay_s: float) -> None:
        while True:
            log.append((name, await queue.get()))
            await asyncio.sleep(delay_s)
            queue.task_done()

    consumers = [
        asyncio.create_task(consume("quick", 0.01)),
        asyncio.create_task(consume("slow", 0.03)),
    ]
    await produce()
    await queue.join()
    for consumer in consumers:
        consumer.cancel()
    log.append(
        [type(one).__name__ for one in await asyncio.gather(*consumers, return_exceptions=True)]
    )


EIGHT: list[Program] = [
    call_soon_in_order,
    gather_starts_in_order,
    future_callbacks_in_order,
    lock_is_handed_over_in_order,
    timers_in_order,
    yields_in_lock_step,
    timer_of_zero_comes_later,
    woken_waiter_before_a_later_task,
]
"""What cannot come out in another order on asyncio; tools that reorder raise false alarms here."""

MORE: list[Program] = [blocking_delays_timers, timeouts_and_cancellation, producers_and_consumers]
