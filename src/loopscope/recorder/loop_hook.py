"""Hooks one event loop: ready queue, selector, and tasks that start inside ``create_task``."""

import asyncio
import functools
import sys
import threading
import weakref
from collections import deque
from types import ModuleType
from typing import Any, Final

from loopscope.recorder.registry import Registry
from loopscope.recorder.witnesses import Patch
from loopscope.trace.layout import TASK_EXISTED, Kind

HAS_EAGER_TASKS: Final = sys.version_info >= (3, 12)


class LoopHook:
    """One recorded loop: its queue, its selector and its task factory while it is recorded.

    Args:
        loop: The event loop; only a weak reference is kept.
        number: Its number in the trace.
        probe: The module of the probe.
        registry: The recording's registry.
        tables: The probe's tables.
    """

    def __init__(
        self, loop: Any, number: int, probe: ModuleType, registry: Registry, tables: Any
    ) -> None:
        self._registry = registry
        self._tables = tables
        self._loop = weakref.ref(loop)
        self.loop = number
        self.thread = 0
        self.native_thread = 0
        self.queue = probe.ReadyQueue(tables, number, loop._ready)
        loop._ready = self.queue
        self._select: Patch | None = None
        self.starting: list[object] = []
        """Coroutines of the eager tasks that are being made, outermost first."""
        self.running_step = self.queue.running_step
        if HAS_EAGER_TASKS:
            self.watch_factory()

    def begin_run(self) -> None:
        """The loop begins to run on the calling thread."""
        self._enter_thread()
        self._wrap_selector()
        self.queue.begin_run()

    def end_run(self) -> None:
        """The loop has stopped running."""
        if self._select is not None:
            self._select.remove()
        if self._tables.active:
            self.queue.end_run()

    def begin_inside(self) -> None:
        """Recording begins while the loop runs, on its own thread."""
        loop = self._loop()
        self._enter_thread()
        self._wrap_selector()
        tables, registry = self._tables, self._registry
        now = tables.now()
        current = asyncio.current_task(loop)
        for task in asyncio.all_tasks(loop):
            if not tables.entity_of(task):
                if task is current:
                    registry.new_task(task, now, 0, TASK_EXISTED)
                else:
                    registry.waiting_task(task, now, 0, TASK_EXISTED)
        self.queue.begin_inside(current, now)

    def remove(self, *, running_here: bool) -> None:
        """Give the loop its own queue and selector back."""
        loop = self._loop()
        running = loop is not None and loop.is_running()
        if running_here:
            self.queue.end_inside()
        if loop is None or (running and not running_here):
            return  # its own thread is using the queue; stopped tables make it an ordinary one
        if loop._ready is self.queue:
            loop._ready = deque(self.queue)
            self.queue.clear()
        if self._select is not None:
            self._select.remove()
        loop.__dict__.pop("create_task", None)

    def watch_factory(self) -> None:
        """See tasks that start inside ``create_task``: only a task factory can make such."""
        loop = self._loop()
        if loop is None:
            return
        if loop.get_task_factory() is None:
            loop.__dict__.pop("create_task", None)
        else:
            loop.create_task = functools.partial(self._create_task, type(loop).create_task, loop)

    def _create_task(self, original: Any, loop: Any, coro: Any, **kwargs: Any) -> Any:
        registry = self._registry
        queue = self.queue
        parent, created = queue.running_task(), self._tables.now()
        entity = registry.new_entity()
        if not (self._tables.active and queue.push_eager(entity, coro)):
            return original(loop, coro, **kwargs)
        eager = None
        self.starting.append(coro)
        try:
            task = original(loop, coro, **kwargs)
            if has_started(coro) and self._tables.entity_of(task) in (0, entity):
                registry.eager_task(task, coro, entity, created, parent)
                eager = task
        finally:
            self.starting.pop()
            queue.pop_eager(eager)
        if eager is not None:
            registry.look_again(entity, eager, asyncio.current_task(loop))
        return task

    def _enter_thread(self) -> None:
        self.thread = threading.get_ident()
        native = threading.get_native_id()
        if native == self.native_thread:
            return
        self.native_thread = native
        loop, string = self._loop(), self._registry.interner.string
        self._registry.writer.fact(
            Kind.LOOP,
            self._tables.now(),
            self.loop,
            string(threading.current_thread().name),
            string(type(loop).__name__),
        )

    def _wrap_selector(self) -> None:
        """See when the loop is idle, as long as it runs; any selector will do."""
        loop: Any = self._loop()
        selector = loop._selector
        self._select = Patch(selector, "select", self.queue.wrap_select(selector.select))
        self._select.install()


def has_started(coroutine: Any) -> bool:
    """Whether a coroutine has run its first piece of code."""
    frame = getattr(coroutine, "cr_frame", None)
    return frame is None or frame.f_lasti >= 0
