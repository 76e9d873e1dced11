"""Lets a simulated program get virtual loops wherever it would get asyncio's own."""

import asyncio
import asyncio.events
import asyncio.tasks
import selectors
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NoReturn

from loopscope.errors import SimulationError
from loopscope.simulator.loop import VirtualLoop
from loopscope.simulator.patches.outside import refused_pipe
from loopscope.simulator.world import World

Replacement = tuple[Any, str, Any]

_UVLOOP: Final = (
    "uvloop waits in C code of its own, which the simulation cannot follow: let the program use "
    "asyncio's own loop here."
)


class _Now:
    """The world of the loops that are made now.

    Not an attribute of their class: what is set on a class makes the interpreter forget what it has
    learned of all its instances.
    """

    __slots__ = ("world",)
    world: World


_now: Final = _Now()


class _SelectorEventLoop(VirtualLoop):
    """Asyncio's class of loops by name, a virtual loop by nature."""

    def __init__(self, selector: selectors.BaseSelector | None = None) -> None:
        del selector  # what it would wait with: a virtual loop waits in its world
        super().__init__(_now.world)

    def _make_read_pipe_transport(self, *_: object, **__: object) -> NoReturn:
        raise refused_pipe()

    _make_write_pipe_transport = _make_read_pipe_transport


class _Policy(asyncio.DefaultEventLoopPolicy):
    """Makes virtual loops."""

    _loop_factory = _SelectorEventLoop


_SelectorEventLoop.__name__ = _SelectorEventLoop.__qualname__ = "VirtualLoop"
_Policy.__name__ = _Policy.__qualname__ = "Policy"


def loop_patches(world: World) -> Iterator[Replacement]:
    """Yield what makes every new event loop one of this world's."""
    _now.world = world
    yield asyncio, "SelectorEventLoop", _SelectorEventLoop
    yield asyncio.DefaultEventLoopPolicy, "_loop_factory", _SelectorEventLoop
    yield asyncio.events, "_event_loop_policy", _Policy()
    yield asyncio.events, "new_event_loop", _SelectorEventLoop
    yield asyncio.tasks, "as_completed", _as_completed(asyncio.tasks.as_completed)
    yield from _uvloop_patches()


def _as_completed(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``as_completed`` that begins with its coroutines in the order in which they are given.

    Asyncio puts them into a set first, and so begins in the order of their addresses.
    """

    def as_completed(fs: Iterable[Any], *, timeout: float | None = None) -> Any:
        if asyncio.isfuture(fs) or asyncio.iscoroutine(fs):
            return original(fs, timeout=timeout)
        loop = asyncio.get_event_loop_policy().get_event_loop()
        tasks = [asyncio.ensure_future(one, loop=loop) for one in dict.fromkeys(fs)]
        return original(tasks, timeout=timeout)

    return as_completed


class _NoUvloop:
    """Finds uvloop, only to say that it cannot be used: programs that need not have it go on."""

    def find_spec(self, name: str, *_: object) -> None:
        """Raise for uvloop, and leave everything else to the other finders."""
        if name == "uvloop":
            raise ImportError(_UVLOOP, name=name)


def _uvloop_patches() -> Iterator[Replacement]:
    uvloop = sys.modules.get("uvloop")
    if uvloop is None:
        yield sys, "meta_path", [_NoUvloop(), *sys.meta_path]
        return

    def refuse(*_: object) -> NoReturn:
        raise SimulationError(_UVLOOP, slug="uvloop")

    yield uvloop, "new_event_loop", refuse
    yield uvloop, "Loop", refuse
