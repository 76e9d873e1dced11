"""What the Python probe's queues share: numbers of tasks and stacks, and the watch for stalls.

Twin of ``_probe_tables.h``, ``_probe_tasks.h`` and ``_probe_watch.h``.
"""

import _thread
import itertools
from collections.abc import Callable
from functools import partial
from types import BuiltinMethodType, CodeType, CoroutineType, FrameType, MethodType
from typing import TYPE_CHECKING, Any, Protocol

from loopscope.recorder.interner import OWNER_FLAG
from loopscope.recorder.registry import AnyTask, Registry
from loopscope.recorder.stacks import await_frames

if TYPE_CHECKING:
    import weakref

_LEAST_PAUSE_NS = 20_000_000


class Queue(Protocol):
    """What the watch needs to know of a loop's queue."""

    def running_step(self) -> tuple[int, int] | None:
        """Return ordinal and begin of the running step."""


class Tables:
    """What all loops of a recording share: the clock and the numbers of tasks and stacks.

    Args:
        registry: Told of everything that happens once a task, object or place.
        clock: Returns nanoseconds; must never go backwards.
        origin_ns: The clock at time 0 of the trace.
        lost_cell: Eight writable bytes that count the records that could not be written.
    """

    def __init__(
        self,
        registry: Registry,
        clock: Callable[[], int],
        origin_ns: int,
        lost_cell: memoryview,
    ) -> None:
        self.registry = registry
        self.clock = clock
        self.origin_ns = origin_ns
        self.lost_cell = lost_cell
        self.active = True
        self.unsettled: set[int] = set()
        """Tasks whose first step has not ended: a name may still be given to them."""
        self.queues: list[weakref.ref[Any]] = []
        self._new_entities = itertools.count(1)
        self._interrupt = _thread.allocate_lock()
        self._interrupt.acquire()
        self._next_look: dict[int, tuple[int, int]] = {}
        self._entities: dict[int, int] = {}
        self._former: dict[int, int] = {}
        self._nodes: dict[tuple[int, object, int], int] = {}

    def stop(self) -> None:
        """Make every queue of this recording an ordinary one."""
        self.active = False

    def now(self) -> int:
        """Return the time since the origin."""
        return self.clock() - self.origin_ns

    def entity_of(self, task: object) -> int:
        """Return a task's number, 0 if it is unknown."""
        return self._entities.get(id(task), 0)

    def bind(self, task: object, entity: int) -> None:
        """Remember a task's number by its address."""
        self._entities[id(task)] = entity
        self._former.pop(id(task), None)
        self.unsettled.add(entity)

    def forget(self, address: int) -> None:
        """Note that the task at this address has died."""
        entity = self._entities.pop(address, 0)
        self.unsettled.discard(entity)
        self._former[address] = entity

    def entity_ever(self, task: object) -> int:
        """Return a task's number, also of one that is just dying; 0 if it never had one."""
        return self.entity_of(task) or self._former.get(id(task), 0)

    def alive(self) -> list[tuple[int, AnyTask]]:
        """Return the living tasks which the probe itself introduced: here the registry does."""
        return []

    def new_entity(self) -> int:
        """Return a number for a task, object or job."""
        return next(self._new_entities)

    def wait_for_stall(self, stall_ns: int, look_every_ns: int, growth: int) -> bool:
        """Wait until some loop's step has run for too long, and it is time to look at it.

        Args:
            stall_ns: A step that has run this long is a stall.
            look_every_ns: How often to see whether there is one.
            growth: A stall is worth another look whenever it has grown by 1/growth, or by
                ``stall_ns``.

        Returns:
            False when ``interrupt_wait`` was called, or the recording has ended.
        """
        # Each look takes the interpreter from the program, so there are fewer than in C.
        pause_s = max(look_every_ns, _LEAST_PAUSE_NS) / 1e9
        while not self._interrupt.acquire(timeout=pause_s):
            if not self.active:
                return False
            now = self.now()
            for ref in self.queues.copy():
                queue = ref()
                if queue is not None and self._is_worth_a_look(queue, now, stall_ns, growth):
                    return True
        return False

    def interrupt_wait(self) -> None:
        """Make ``wait_for_stall``, in whatever thread, return False."""
        self._interrupt.release()

    def _is_worth_a_look(self, queue: Queue, now: int, stall_ns: int, growth: int) -> bool:
        step = queue.running_step()
        if step is None or now - step[1] < stall_ns:
            return False
        looked, due = self._next_look.get(id(queue), (-1, 0))
        if looked == step[0] and now < due:
            return False
        self._next_look[id(queue)] = step[0], now + max(stall_ns, (now - step[1]) // growth)
        return True

    def node(self, parent: int, where: object, offset: int) -> int:
        """Return the number of a stack, from memory where it was seen before."""
        key = (parent, where, offset)
        number = self._nodes.get(key)
        if number is None:
            number = self._nodes[key] = self.registry.node(parent, where, offset)
        return number

    def await_stack(self, task: AnyTask) -> tuple[int, FrameType | None]:
        """Return a suspended task's await stack, and its innermost frame if that has an owner."""
        node = 0
        frame: FrameType | None = None
        awaited: Any = task.get_coro()
        nodes = self._nodes
        while type(awaited) is CoroutineType:  # nearly always, so without a call a level
            inner = awaited.cr_frame
            if inner is None:
                break
            key = (node, awaited.cr_code, inner.f_lasti)
            node = nodes.get(key) or self.node(*key)
            frame = inner if node & OWNER_FLAG else None
            awaited = awaited.cr_await
        if awaited is not None:
            for code, inner in await_frames(awaited):
                node = self.node(node, code, inner.f_lasti)
                frame = inner if node & OWNER_FLAG else None
        return node & ~OWNER_FLAG, frame

    def callback_node(self, callback: object) -> int:
        """Return the place of a callback that belongs to no task."""
        while True:
            if isinstance(callback, partial):
                callback = callback.func
            elif isinstance(callback, MethodType):
                callback = callback.__func__
            else:
                break
        code = getattr(callback, "__code__", None)
        if isinstance(code, CodeType):
            return self.node(0, code, -1) & ~OWNER_FLAG
        if isinstance(callback, BuiltinMethodType):
            # Not kept in memory: that would keep alive what the method is bound to.
            return self.registry.node(0, callback, -1) & ~OWNER_FLAG
        return self.node(0, type(callback), -1) & ~OWNER_FLAG
