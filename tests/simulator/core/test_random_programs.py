"""Programs made at random run in the same order on the virtual loop and on asyncio's own."""

import asyncio
import functools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.simulator.core.orders import Log, on_stock, simulated

DELAYS_S = tuple(count / 512 for count in (0, 1, 2, 3, 50, 100, 150))
"""A 512th of a second is exact as a float and in nanoseconds: equal sums are equal."""


@dataclass(frozen=True)
class Step:
    """One thing that a task does: ``kind`` with a delay, and with one of two locks or queues."""

    kind: str
    delay_s: float
    which: int


@dataclass(frozen=True)
class Shared:
    """What all tasks of a program use."""

    locks: list[asyncio.Lock]
    queues: list[asyncio.Queue[int]]
    limit: asyncio.Semaphore
    event: asyncio.Event


async def do(step: Step, name: str, shared: Shared, log: Log) -> None:
    """Do one thing; whatever could wait for ever gives up after a second."""
    await _ACTIONS[step.kind](step, name, shared, log)


async def _sleep(step: Step, *_: Any) -> None:
    await asyncio.sleep(step.delay_s)


async def _yield(*_: Any) -> None:
    await asyncio.sleep(0)


async def _lock(step: Step, _name: str, shared: Shared, _log: Log) -> None:
    async with shared.locks[step.which]:
        await asyncio.sleep(step.delay_s)


async def _put(step: Step, _name: str, shared: Shared, _log: Log) -> None:
    await asyncio.wait_for(shared.queues[step.which].put(1), 1)


async def _get(step: Step, _name: str, shared: Shared, _log: Log) -> None:
    await asyncio.wait_for(shared.queues[step.which].get(), 1)


async def _limit(step: Step, _name: str, shared: Shared, _log: Log) -> None:
    async with shared.limit:
        await asyncio.sleep(step.delay_s)


async def _set(_step: Step, _name: str, shared: Shared, _log: Log) -> None:
    shared.event.set()


async def _wait(step: Step, _name: str, shared: Shared, _log: Log) -> None:
    async with asyncio.timeout(step.delay_s):
        await shared.event.wait()


async def _soon(_step: Step, name: str, _shared: Shared, log: Log) -> None:
    asyncio.get_running_loop().call_soon(log.append, (name, "soon"))


async def _later(step: Step, name: str, _shared: Shared, log: Log) -> None:
    loop = asyncio.get_running_loop()
    loop.call_later(step.delay_s, log.append, (name, "later", step.delay_s))


async def _gather(step: Step, *_: Any) -> None:
    await asyncio.gather(asyncio.sleep(step.delay_s), asyncio.sleep(0))


_ACTIONS: dict[str, Callable[[Step, str, Shared, Log], Awaitable[None]]] = {
    "sleep": _sleep,
    "yield": _yield,
    "lock": _lock,
    "put": _put,
    "get": _get,
    "limit": _limit,
    "set": _set,
    "wait": _wait,
    "soon": _soon,
    "later": _later,
    "gather": _gather,
}

steps = st.builds(
    Step, st.sampled_from(sorted(_ACTIONS)), st.sampled_from(DELAYS_S), st.integers(0, 1)
)
programs = st.lists(st.lists(steps, max_size=6), min_size=1, max_size=5)


async def live(name: str, plan: list[Step], shared: Shared, log: Log) -> None:
    """Do all that is planned, and note each thing with its time."""
    loop = asyncio.get_running_loop()
    for step in plan:
        try:
            await do(step, name, shared, log)
        except TimeoutError:
            log.append((name, "gave up"))
        log.append((name, step.kind, round(loop.time(), 6)))


async def run(plans: list[list[Step]], log: Log) -> None:
    """Run one task for each plan."""
    shared = Shared(
        [asyncio.Lock(), asyncio.Lock()],
        [asyncio.Queue(1), asyncio.Queue(2)],
        asyncio.Semaphore(2),
        asyncio.Event(),
    )
    names = [f"task {number}" for number in range(len(plans))]
    await asyncio.gather(
        *(live(name, plan, shared, log) for name, plan in zip(names, plans, strict=True))
    )


@given(programs)
@settings(max_examples=150, deadline=None)
def test_every_program_has_the_same_log_on_both_loops(plans: list[list[Step]]) -> None:
    """Same events in the same order at the same times, whatever the tasks do."""
    program = functools.partial(run, plans)
    assert simulated(program) == on_stock(program)
