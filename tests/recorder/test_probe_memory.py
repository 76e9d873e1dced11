"""A recording keeps nothing of the program alive."""

import asyncio
import gc
import sys
import weakref
from pathlib import Path
from types import ModuleType

import pytest
from tests.support import record_virtually

ROUNDS = 50


class Payload:
    """Something of the program's own that must be free to go."""


class Future(asyncio.Future[None]):
    """A future whose bound C method is used as a callback."""


async def _hold(payload: Payload, lock: asyncio.Lock) -> Payload:
    async with lock:
        await asyncio.sleep(1)
    return payload


async def _round(witnesses: list[weakref.ref[object]]) -> None:
    """Leave one of each: task, lock, future, cancelled handle; all of them garbage at the end."""
    loop = asyncio.get_running_loop()
    payload, lock, future = Payload(), asyncio.Lock(), Future()
    task = asyncio.create_task(_hold(payload, lock))
    loop.call_soon(future.set_result, None)
    handle = loop.call_soon(print, payload)
    handle.cancel()
    await asyncio.gather(task, future, _hold(payload, lock))
    witnesses += [weakref.ref(one) for one in (payload, lock, future, task, handle)]


def test_what_the_program_drops_is_gone_while_recording_goes_on(
    probe: ModuleType, tmp_path: Path
) -> None:
    """Tasks, locks and objects behind bound C methods are known by weak references only."""
    witnesses: list[weakref.ref[object]] = []
    left: list[object] = []

    async def main() -> None:
        for _ in range(ROUNDS):
            await _round(witnesses)
        await asyncio.sleep(1)
        gc.collect()
        left.extend(ref() for ref in witnesses if ref() is not None)

    record_virtually(main, probe, tmp_path / "x")
    assert len(witnesses) == 5 * ROUNDS
    assert left == []


def test_a_queue_and_its_loop_are_collected_together(probe: ModuleType, tmp_path: Path) -> None:
    """A loop that is dropped without being closed takes its queue and its handles with it."""
    witnesses: list[weakref.ref[object]] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        witnesses.extend(weakref.ref(one) for one in (loop, loop._ready))  # type: ignore[attr-defined]

    record_virtually(main, probe, tmp_path / "x")
    gc.collect()
    assert [ref() for ref in witnesses] == [None, None]


@pytest.mark.parametrize("name", ["Tables", "ReadyQueue"])
def test_making_and_dropping_objects_leaves_their_class_as_it_was(
    name: str, probe: ModuleType, tmp_path: Path
) -> None:
    """Each object gives back the reference to its class that it took, no more and no less."""

    async def main() -> None:
        await asyncio.sleep(1)

    record_virtually(main, probe, tmp_path / "first")
    gc.collect()
    before = sys.getrefcount(getattr(probe, name))
    for number in range(ROUNDS):
        record_virtually(main, probe, tmp_path / str(number))
    gc.collect()
    after = sys.getrefcount(getattr(probe, name))
    assert abs(after - before) < ROUNDS // 2  # the interpreter's own caches may take one or two
