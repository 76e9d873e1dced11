"""What the recorder knows of tasks and other objects: their numbers, and facts told once."""

import asyncio
import sys
import threading
import weakref
from collections.abc import Callable
from functools import partial
from types import CodeType, FrameType
from typing import Any, Final, Protocol

from loopscope.model.kinds import Lapse
from loopscope.recorder.interner import (
    OWNER_FLAG,
    Interner,
    user_frame,
    whose_code,
)
from loopscope.recorder.stacks import await_frames
from loopscope.trace.layout import TASK_EAGER, TASK_EXISTED, BlockKind, Kind, stamp
from loopscope.trace.writer import TraceWriter

AnyTask = asyncio.Task[Any]

MOST_DIGITS = 12
"""A longer number in a task's name was not given by asyncio."""

_SIMULATOR: Final = "loopscope.simulator."
"""Where exceptions come from with which a simulation that is over ends what still runs."""


class Tables(Protocol):
    """The part of a probe that maps task objects to numbers."""

    def node(self, parent: int, where: object, offset: int) -> int:
        """Return the number of a stack, from memory where it was seen before."""

    def entity_of(self, task: object) -> int:
        """Return a task's number, 0 if it is unknown."""

    def bind(self, task: object, entity: int) -> None:
        """Remember a task's number by its address."""

    def forget(self, address: int) -> None:
        """Note that the task at this address has died."""

    def entity_ever(self, task: object) -> int:
        """Return a task's number, also of one that is just dying; 0 if it never had one."""

    def alive(self) -> list[tuple[int, AnyTask]]:
        """Return the living tasks which the probe itself introduced, with their numbers."""

    def new_entity(self) -> int:
        """Return a number for a task, object or job."""


class Registry:
    """The slow side of the probes: everything that happens once a task, object or place.

    A probe calls the methods below from its hooks; times are nanoseconds since the origin.

    Args:
        writer: The trace.
        interner: The places and strings of that trace.
        on_failure: Told of an exception inside the recorder itself.
    """

    def __init__(
        self,
        writer: TraceWriter,
        interner: Interner,
        on_failure: Callable[[BaseException], None],
    ) -> None:
        self.writer = writer
        self.interner = interner
        self.failed = on_failure
        self.node = interner.flagged_node
        self.tables: Tables
        self._tasks: dict[int, tuple[weakref.ref[AnyTask], str]] = {}
        self._objects: dict[int, tuple[int, weakref.ref[object]]] = {}
        self._cut_short: set[int] = set()
        self._nameless: list[tuple[int, weakref.ref[AnyTask]]] = []
        self._lock = threading.RLock()
        self.current_job = threading.local()

    def next_block(self, loop: int) -> memoryview | None:
        """Return a fresh block for a loop's records, None when the trace is full."""
        return self.writer.next_block(BlockKind.LOOP, loop)

    def new_entity(self) -> int:
        """Return a number for a task, object or job."""
        return self.tables.new_entity()

    def new_task(  # noqa: PLR0913, PLR0917  (called from C, positionally)
        self,
        task: AnyTask,
        now: int,
        parent: int,
        flags: int = 0,
        entity: int = 0,
        coroutine: object = None,
        write: Callable[[int, int, int, int, int, int], None] | None = None,
    ) -> int:
        """Introduce a task seen for the first time, and return its number.

        Args:
            task: The task; only a weak reference is kept.
            now: When it was created.
            parent: The task whose step created it, 0 for none.
            flags: ``TASK_EXISTED`` or ``TASK_EAGER``.
            entity: Its number, when one was given out already.
            coroutine: Its coroutine, when the task may be over: 3.12.1 crashes when it is asked
                for the coroutine of an eager task that has ended.
            write: Takes the record; by default it goes among the facts.
        """
        entity = entity or self.new_entity()
        name = task.get_name()
        number = _default_number(name)
        creator = None if flags & TASK_EXISTED else user_frame(sys._getframe(1))
        (write or self.writer.record)(
            stamp(Kind.TASK, now),
            stamp(flags, number),
            entity,
            self._coroutine_node(coroutine or task.get_coro()),
            self._place(*creator) if creator else 0,
            parent,
        )
        if not number:
            self._name(entity, name, now)
        self.tables.bind(task, entity)
        died = partial(self._task_died, entity, id(task))
        self._tasks[entity] = (weakref.ref(task, died), name)
        return entity

    def eager_task(
        self, task: AnyTask, coroutine: object, entity: int, created: int, parent: int
    ) -> None:
        """Introduce a task whose first step has run already, inside its creator's step."""
        if entity not in self._tasks:
            self.new_task(task, created, parent, TASK_EAGER, entity, coroutine)

    def settled(self, entity: int, task: AnyTask, now: int) -> None:
        """Look at a task's name again: it may be given after the task was made."""
        self._update_name(entity, task, now)
        while self._nameless:
            entity, ref = self._nameless.pop()
            nameless = ref()
            if nameless is not None:
                self._update_name(entity, nameless, now)

    def look_again(self, entity: int, task: AnyTask, creator: AnyTask | None) -> None:
        """Look at an eager task's name when its creator's step ends: 3.12 gives it that late."""
        if creator is not None:
            self._nameless.append((entity, weakref.ref(task)))
            self.tables.bind(creator, self.tables.entity_of(creator))

    def _update_name(self, entity: int, task: AnyTask, now: int) -> None:
        known = self._tasks.get(entity)
        name = task.get_name()
        if known is None:
            # The C probe introduced it, and has told of any name but a default one.
            if not _default_number(name):
                self._name(entity, name, now)
        elif known[1] != name:
            self._tasks[entity] = (known[0], name)
            self._name(entity, name, now)

    def named(self, entity: int, task: AnyTask, now: int) -> None:
        """Note a task's name (called by the C probe for a task it introduced itself)."""
        self._name(entity, task.get_name(), now)

    def whose_code(self, code: CodeType) -> int:
        """Tell for the C probe whose code this is: 1 the user's, 2 a library's, 3 to be skipped."""
        return whose_code(code)

    def raised(self, entity: int, task: AnyTask, now: int) -> None:
        """Note which exception ended a task, without marking it as retrieved."""
        error = task._exception
        if error is None:
            return
        kind = type(error)
        if kind.__module__.startswith(_SIMULATOR):
            self._cut_short.add(entity)
            return
        plain = kind.__module__ in ("builtins", "__main__")
        name = kind.__qualname__ if plain else f"{kind.__module__}.{kind.__qualname__}"
        self.writer.fact(
            Kind.RAISED,
            now,
            entity,
            self.interner.string(name),
            self.interner.string(_message(error)),
            self._raising_node(error),
        )

    def lapse(self, entity: int, lapse: Lapse, now: int) -> None:
        """Note something that went silently wrong with a task, if it is the program's doing."""
        if entity in self._cut_short:
            return
        self.writer.fact(Kind.LAPSE, now, entity, lapse)

    def awaited_object(self, waiter: object, frame: FrameType | None, now: int) -> int:
        """Return the number of what a task waits for, 0 where that is a nameless future.

        Args:
            waiter: The future the task waits for, None if it only yielded.
            frame: The innermost frame of the await stack if its ``self`` is a lock or the like.
            now: When the wait began.
        """
        entity = self.tables.entity_of(waiter) if waiter is not None else 0
        if entity:
            return entity
        if type(waiter).__name__ == "_GatheringFuture":
            return self.object_id(waiter, now)
        return self.object_id(frame.f_locals.get("self"), now) if frame is not None else 0

    def waiting_task(self, task: AnyTask, now: int, parent: int, flags: int) -> None:
        """Introduce a task whose steps so far nobody saw, and what it waits for now."""
        entity = self.new_task(task, now, parent, flags)
        node, owner = 0, None
        for code, frame in await_frames(task.get_coro()):
            node = self.node(node, code, frame.f_lasti)
            owner = frame if node & OWNER_FLAG else None
        waits_for = self.awaited_object(task._fut_waiter, owner, now)  # type: ignore[attr-defined]
        self.writer.fact(Kind.WAITING, now, entity, node & ~OWNER_FLAG, waits_for)

    def entity_ever(self, task: object) -> int:
        """Return the number of a task that may just be dying, 0 if it never had one."""
        return self.tables.entity_ever(task)

    def object_id(self, thing: object, now: int) -> int:
        """Return the number of a lock, queue or gathering; 0 where it cannot be told apart."""
        with self._lock:
            known = self._objects.get(id(thing))
            if known is not None and known[1]() is thing:
                return known[0]
            try:
                alive = weakref.ref(thing, partial(self._object_died, id(thing)))
            except TypeError:
                return 0
            entity = self.new_entity()
            self._objects[id(thing)] = entity, alive
        kind = self.interner.string(type(thing).__name__.lstrip("_"))
        self.writer.fact(Kind.OBJECT, now, entity, kind, _size_of(thing))
        return entity

    def job(self) -> int:
        """Return the executor job the calling thread is working on, 0 for none."""
        return getattr(self.current_job, "entity", 0)

    def alive(self) -> list[tuple[int, AnyTask]]:
        """Return the tasks that still exist, with their numbers."""
        living = ((entity, ref()) for entity, (ref, _) in list(self._tasks.items()))
        own = [(entity, task) for entity, task in living if task is not None]
        return own + self.tables.alive()

    def _name(self, entity: int, name: str, now: int) -> None:
        self.writer.fact(Kind.NAME, now, entity, self.interner.string(name))

    def _coroutine_node(self, coroutine: object) -> int:
        for attribute in ("cr_code", "gi_code", "ag_code"):
            code = getattr(coroutine, attribute, None)
            if isinstance(code, CodeType):
                return self._place(code, -1)
        return self.interner.node(0, coroutine, -1)

    def _place(self, code: CodeType, offset: int) -> int:
        return self.tables.node(0, code, offset) & ~OWNER_FLAG

    def _raising_node(self, error: BaseException) -> int:
        at = error.__traceback__
        node = 0
        while at is not None:
            code = at.tb_frame.f_code
            node = self.interner.node(node, code, at.tb_lasti)
            at = at.tb_next
        return node

    def _task_died(self, entity: int, address: int, _ref: object) -> None:
        self._tasks.pop(entity, None)
        self.tables.forget(address)

    def _object_died(self, address: int, ref: object) -> None:
        known = self._objects.get(address)
        if known is not None and known[1] is ref:
            del self._objects[address]


def _default_number(name: str) -> int:
    """Return N for the default task name ``Task-N``, else 0."""
    prefix, dash, number = name.partition("-")
    plain = prefix == "Task" and dash and number.isascii() and number.isdigit()
    return int(number) if plain and number[0] != "0" and len(number) <= MOST_DIGITS else 0


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001  (the user's __str__ may do anything)
        return "(its message could not be read)"


def _size_of(thing: object) -> int:
    """Capacity, value or number of children: what a wait on this thing is limited by."""
    for attribute in ("_maxsize", "_bound_value", "_value", "_parties"):
        size = getattr(thing, attribute, None)
        if isinstance(size, int):
            return max(0, min(size, 0xFFFFFFFF))
    children = getattr(thing, "_children", None)
    return len(children) if isinstance(children, list) else 0
