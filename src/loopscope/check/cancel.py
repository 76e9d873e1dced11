"""Cancels a program where it is suspended, and sees whether that comes out and leaves nothing."""

import asyncio
import contextlib
import sys
import weakref
from asyncio.base_events import _run_until_complete_cb  # type: ignore[attr-defined]
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from loopscope.check.places import place, stands_at
from loopscope.simulator.network.active import network_here
from loopscope.simulator.waiting import is_users, look_at
from loopscope.simulator.world import World

COUNT_ONLY: Final = 0
"""The number of a suspension that there is not: nothing is cancelled, but all are counted."""


@dataclass(frozen=True, slots=True)
class Left:
    """Something that is still there when it should not be.

    Attributes:
        what: What it is, for a sentence.
        where: The line that it is about, "" where none is known.
        key: What is the same for the same thing in another run.
    """

    what: str
    where: str
    key: str


class Canceller:
    """Counts the suspensions of all tasks, and cancels the main task at one of these moments.

    The main task is the one that ``asyncio.run`` was called with. It is cancelled as by Ctrl-C or
    by whoever started the program as a part of another one.

    Args:
        at: At which suspension, from 1; ``COUNT_ONLY`` for none.

    Attributes:
        suspensions: How many there were while the main task lived.
        where: The line at which the main task waited when it was cancelled, "" if it was not.
        result: The cancelled task when it has ended; None if it has not, or none was cancelled.
        swallowed_at: The line at which a task waited that went on to its normal end although the
            cancellation had been passed on to it; "" if there is none.
        left: What was there when it had ended, or when the program had.
    """

    def __init__(self, at: int) -> None:
        self.suspensions = 0
        self.where = ""
        self.result: asyncio.Task[Any] | None = None
        self.swallowed_at = ""
        self.left: list[Left] = []
        self._at = at
        self._main: asyncio.Task[Any] | None = None
        self._places: dict[asyncio.Task[Any], str] = {}
        self._loops: weakref.WeakSet[asyncio.AbstractEventLoop] = weakref.WeakSet()
        self._guards: list[tuple[weakref.ref[Any], int, str]] = []

    def step_ended(self, handle: asyncio.Handle) -> None:
        """A loop has run a step."""
        task = getattr(handle._callback, "__self__", None)  # type: ignore[attr-defined]  # noqa: SLF001  (the only way)
        if not isinstance(task, asyncio.Task):
            return
        if self._main is None and not self._is_main(task):
            return
        if task.done():
            self._note_end(task)
        elif self._main is not None:
            self.suspensions += 1
            if self.suspensions == self._at:
                self._cancel(self._main)

    def _is_main(self, task: "asyncio.Task[Any]") -> bool:
        """Whether a task is the first that a loop runs until it is complete."""
        loop = task.get_loop()
        callbacks: list[Any] = getattr(task, "_callbacks", None) or []
        if loop in self._loops or not any(one is _run_until_complete_cb for one, *_ in callbacks):
            return False
        self._loops.add(loop)
        self._main = task
        return True

    def _cancel(self, main: "asyncio.Task[Any]") -> None:
        """Cancel the main task, and note to which others it passes that on."""
        before = {task: task.cancelling() for task in asyncio.all_tasks(main.get_loop())}
        self.where = _place_of(main)
        main.cancel()
        for task, count in before.items():
            if task.cancelling() > count:
                self._places[task] = _place_of(task)

    def _note_end(self, task: "asyncio.Task[Any]") -> None:
        place_then = self._places.pop(task, "")
        if task is not self._main:
            if place_then and not self.swallowed_at and _is_normal(task):
                self.swallowed_at = place_then
            return
        self._main = None
        if self.where:
            self.result = self.result or task
        elif self._at != COUNT_ONLY:
            return
        for other in asyncio.all_tasks(task.get_loop()):
            if not other.cancelling():
                name = getattr(other.get_coro(), "__qualname__", "")
                shown = f" ({name})" if name else ""
                what = f"the task {other.get_name()}{shown} unfinished"
                self.left.append(Left(what, _place_of(other), f"task {name}"))

    # ------------------------------------------------------------------------ locks, connections

    def note_guard(self, guard: asyncio.Lock | asyncio.Semaphore) -> None:
        """The program has made something that is taken and given back."""
        free = getattr(guard, "_value", 1)
        where = stands_at(sys._getframe(1))  # noqa: SLF001  (who called)
        self._guards.append((weakref.ref(guard), free, where))

    def finish(self) -> None:
        """The program is over: see what is still held or open."""
        for ref, free, where in self._guards:
            guard = ref()
            if guard is not None and getattr(guard, "_value", int(not guard.locked())) < free:
                name = type(guard).__name__
                made = f" that was made at {where}" if where else ""
                self.left.append(Left(f"a {name}{made} taken", where, f"{name} {where}"))
        network = network_here()
        files = {} if network is None else network.files
        for loop in list(self._loops):
            for descriptor, transport in list(getattr(loop, "_transports", {}).items()):
                if not transport.is_closing():
                    name = getattr(files.get(descriptor), "name", "somebody")
                    self.left.append(Left(f"a connection to {name} open", "", f"connection {name}"))


def _is_normal(task: "asyncio.Task[Any]") -> bool:
    return not task.cancelled() and task._exception is None  # noqa: SLF001  (exception() would count as having looked at it)


def _place_of(task: "asyncio.Task[Any]") -> str:
    """Return the innermost line of the program at which a task waits, "" if there is none."""
    own = [frame for frame in look_at(task).frames if is_users(frame)]
    return place(own[-1].f_code.co_filename, own[-1].f_lineno) if own else ""


@contextlib.contextmanager
def cancelling(world: World, at: int | None) -> Iterator[Canceller | None]:
    """Let the block run a program whose main task is cancelled at a suspension.

    Args:
        world: Where it runs.
        at: The number of the suspension; None lets the program alone.
    """
    if at is None:
        yield None
        return
    canceller = Canceller(at)
    world.on_step = canceller.step_ended
    with _noted(asyncio.Lock, canceller), _noted(asyncio.Semaphore, canceller):
        yield canceller
        canceller.finish()


@contextlib.contextmanager
def _noted(kind: Any, canceller: Canceller) -> Iterator[None]:  # noqa: ANN401  (a class)
    original: Callable[..., None] = kind.__init__

    def __init__(self: Any, *args: Any, **options: Any) -> None:  # noqa: ANN401, N807
        original(self, *args, **options)
        canceller.note_guard(self)

    kind.__init__ = __init__
    try:
        yield
    finally:
        kind.__init__ = original
