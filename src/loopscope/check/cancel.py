"""Cancels a task where it is suspended, and sees whether that comes out and leaves nothing."""

import asyncio
import contextlib
import sys
import weakref
from asyncio.base_events import _run_until_complete_cb  # type: ignore[attr-defined]
from collections.abc import Iterator
from dataclasses import dataclass
from inspect import CO_COROUTINE
from types import CodeType, FrameType
from typing import Any, Final

from loopscope.check.guards import Guard, Guards
from loopscope.check.tasks import (
    AnyTask,
    Stack,
    coroutine_of,
    is_awaited,
    is_normal,
    is_shielded,
    name_of,
    shown,
    stack_of,
)
from loopscope.errors import SimulationError
from loopscope.simulator.loop import VirtualLoop
from loopscope.simulator.network.active import network_here
from loopscope.simulator.program_lines import is_users
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


@dataclass(frozen=True, slots=True)
class _Maker:
    """Which task made another one, and the code of the coroutine in which it did."""

    task: AnyTask | None
    code: CodeType | None


class Canceller:
    """Counts the suspensions of all tasks, and cancels a task at one of these moments.

    That is either the main task, which ``asyncio.run`` was called with, as by Ctrl-C or by whoever
    started the program as a part of another one; or the task that has just been suspended.

    Args:
        world: Where it is.
        at: At which suspension, from 1; ``COUNT_ONLY`` for none.
        own: Whether to cancel the task that is suspended there, and not the main task.

    Attributes:
        suspensions: How many there were while the main task lived.
        own_suspensions: The numbers of those at which another task than the main one waits in a
            line of the program, where nothing is cancelled.
        whom: The name of the cancelled task, "" for the main task.
        stack: The lines at which it waited when it was cancelled; empty if none was.
        result: The cancelled task when it has ended; None if it has not, or none was cancelled.
        swallowed_in: The lines at which a task waited that went on to its normal end although the
            cancellation had been passed on to it; empty if there is none.
        went_on: Whether the cancelled task came to wait in the same place once more.
        is_awaited: Whether somebody waited for the cancelled task when it ended.
        stuck_in: The lines at which the cancelled task waited when the program was stopped.
        is_second: Whether the program itself had cancelled it before.
        left: What was there when it had ended, or when the program had.
    """

    def __init__(self, world: World, at: int, *, own: bool) -> None:
        self.suspensions = 0
        self.own_suspensions: list[int] = []
        self.whom = ""
        self.stack: Stack = ()
        self.result: AnyTask | None = None
        self.swallowed_in: Stack = ()
        self.went_on = False
        self.is_awaited = False
        self.stuck_in: Stack = ()
        self.is_second = False
        self.left: list[Left] = []
        self._world = world
        self._at = at
        self._is_own = own
        self._main: AnyTask | None = None
        self._main_code: CodeType | None = None
        self._target: AnyTask | None = None
        self._passed_on: dict[AnyTask, Stack] = {}
        self._loops: weakref.WeakSet[asyncio.AbstractEventLoop] = weakref.WeakSet()
        self._guards = Guards()
        self._guards_kept: list[Guard] = []
        self._makers: weakref.WeakKeyDictionary[AnyTask, _Maker] = weakref.WeakKeyDictionary()
        self._children_kept: list[AnyTask] = []
        self._shielded: list[AnyTask] = []

    @property
    def was_cancelled(self) -> bool:
        """Whether a task was cancelled."""
        return self._target is not None

    @property
    def is_own(self) -> bool:
        """Whether another task than the main one was cancelled."""
        return bool(self.whom)

    def step_ended(self, handle: asyncio.Handle) -> None:
        """A loop has run a step."""
        task = getattr(handle._callback, "__self__", None)  # type: ignore[attr-defined]  # noqa: SLF001  (the only way)
        if not isinstance(task, asyncio.Task) or self._world.verdict is not None:
            return  # what a program does after it was stopped is not its own
        if self._main is None and not self._is_main(task):
            return
        if task.done():
            self._note_end(task)
        elif self._main is not None:
            self._note_suspension(task, self._main)

    def _note_suspension(self, task: AnyTask, main: AnyTask) -> None:
        self.suspensions += 1
        if self.suspensions == self._at:
            self._cancel(task if self._is_own else main)
        elif task is self._target:
            self.went_on |= stack_of(task) == self.stack
        elif self._at == COUNT_ONLY and task is not main and stack_of(task):
            self.own_suspensions.append(self.suspensions)

    def _is_main(self, task: AnyTask) -> bool:
        """Whether a task is the first that a loop runs until it is complete."""
        loop = task.get_loop()
        callbacks: list[Any] = getattr(task, "_callbacks", None) or []
        if loop in self._loops or not any(one is _run_until_complete_cb for one, *_ in callbacks):
            return False
        self._loops.add(loop)
        self._main = task
        self._main_code = getattr(task.get_coro(), "cr_code", None)
        return True

    def _cancel(self, target: AnyTask) -> None:
        """Cancel a task, and note to which others it passes that on."""
        others = asyncio.all_tasks(target.get_loop())
        before = {task: task.cancelling() for task in others}
        self.is_second = bool(target.cancelling())
        self._shielded = [task for task in others if is_shielded(task)]
        self._target = target
        self.stack = stack_of(target)
        self.whom = name_of(target) if target is not self._main else ""
        target.cancel()
        for task, count in before.items():
            if task.cancelling() > count:
                self._passed_on[task] = stack_of(task)

    def _note_end(self, task: AnyTask) -> None:
        stack = self._passed_on.pop(task, ())
        if task is self._target:
            self.result = task
            self.is_awaited = is_awaited(task)
        elif stack and not self.swallowed_in and is_normal(task):
            self.swallowed_in = stack
        if task is self._main:
            self._main = None
            self._note_main_end(task)
        elif task is self._target or self._at == COUNT_ONLY:
            self._note_own_end(task)

    def _note_own_end(self, task: AnyTask) -> None:
        """Note what a task leaves: whether that stays is seen when the program has ended."""
        self._guards_kept += self._guards.taken_by(task)
        if task is self._target:
            for other in asyncio.all_tasks(task.get_loop()):
                maker = self._makers.get(other)
                if maker is not None and maker.task is task:
                    self._children_kept.append(other)

    def _note_main_end(self, main: AnyTask) -> None:
        if not self.was_cancelled and self._at != COUNT_ONLY:
            return
        for other in asyncio.all_tasks(main.get_loop()):
            is_ours = other in self._children_kept if self.is_own else not self._is_mains(other)
            if is_ours and not other.cancelling() and other not in self._shielded:
                self.left.append(_left_task(other))

    def _is_mains(self, task: AnyTask) -> bool:
        """Whether a task was made in the main coroutine itself: ``asyncio.run`` ends it then."""
        maker = self._makers.get(task)
        return self._at != COUNT_ONLY and maker is not None and maker.code is self._main_code

    def note_task(self, task: AnyTask) -> None:
        """A task was made."""
        try:
            maker = asyncio.current_task()
        except RuntimeError:
            return  # made before the loop runs
        frame: FrameType | None = sys._getframe(2)  # noqa: SLF001  (who made it)
        while frame is not None and not (frame.f_code.co_flags & CO_COROUTINE and is_users(frame)):
            frame = frame.f_back
        self._makers[task] = _Maker(maker, None if frame is None else frame.f_code)

    def note_stop(self) -> None:
        """The program is stopped, since it would never end: see what the cancelled task left."""
        if self._target is not None and not self._target.done():
            self.stuck_in = stack_of(self._target)
        for task in self._children_kept:
            if not task.done() and task not in self._shielded:
                self.left.append(_left_task(task))

    def finish(self) -> None:
        """The program is over: see what is still held or open."""
        if self._at == COUNT_ONLY:
            # It may be for another task to give back what the one took.
            passed_on = [one for one in self._guards.all() if one.is_passed_on]
            taken = [*self._guards.taken(), *self._guards_kept, *passed_on]
        elif self.is_own:
            taken = [one for one in self._guards_kept if one.is_taken]
        else:
            taken = self._guards.taken()
        self.left += [Left(one.text(), one.where, one.key) for one in taken]
        if self._world.verdict is None:
            self._note_connections()

    def _note_connections(self) -> None:
        network = network_here()
        files = {} if network is None else network.files
        for loop in list(self._loops):
            for descriptor, transport in list(getattr(loop, "_transports", {}).items()):
                if not transport.is_closing():
                    name = getattr(files.get(descriptor), "name", "somebody")
                    self.left.append(Left(f"a connection to {name} open", "", f"connection {name}"))

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Note, during the block, which task makes which, and what happens to locks."""
        original = VirtualLoop.create_task

        def create_task(loop: VirtualLoop, *args: Any, **options: Any) -> AnyTask:  # noqa: ANN401
            task: AnyTask = original(loop, *args, **options)
            self.note_task(task)
            return task

        on_stop = self._world.on_stop

        def stopped(reason: str) -> SimulationError:
            self.note_stop()
            return on_stop(reason)

        VirtualLoop.create_task = create_task  # type: ignore[assignment, method-assign]
        self._world.on_stop = stopped
        try:
            with self._guards.noted():
                yield
        finally:
            self._world.on_stop = on_stop
            VirtualLoop.create_task = original  # type: ignore[method-assign]


def _left_task(task: AnyTask) -> Left:
    where = shown(stack_of(task))
    return Left(f"the task {name_of(task)} unfinished", where, f"task {coroutine_of(task)}")


@contextlib.contextmanager
def cancelling(world: World, at: int | None, *, own: bool) -> Iterator[Canceller | None]:
    """Let the block run a program in which a task is cancelled at a suspension.

    Args:
        world: Where it runs.
        at: The number of the suspension; None lets the program alone.
        own: Whether to cancel the task that is suspended there, and not the main task.
    """
    if at is None:
        yield None
        return
    canceller = Canceller(world, at, own=own)
    world.on_step = canceller.step_ended
    with canceller.listening():
        yield canceller
        canceller.finish()
