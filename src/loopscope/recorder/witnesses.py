"""What happens beside the ready queue: collector pauses, executor jobs, lost coroutines.

Each witness patches one place, and gives it back exactly as it was.
"""

import concurrent.futures.thread as thread_pool
import contextlib
import gc
import sys
import threading
import warnings
from collections.abc import Callable
from functools import partial
from types import CodeType, MethodType
from typing import Any, Final

from loopscope.recorder.interner import user_frame
from loopscope.recorder.registry import Registry
from loopscope.trace.layout import Kind

SHORTEST_PAUSE_NS: Final = 100_000
"""Collector pauses below this are not worth a record."""


class Patch:
    """One attribute replaced by another for a while.

    Args:
        owner: The class or module that has the attribute.
        name: The attribute.
        replacement: What stands there between ``install`` and ``remove``.
    """

    def __init__(self, owner: Any, name: str, replacement: Any) -> None:
        self._owner = owner
        self._name = name
        self._replacement = replacement
        self._original = getattr(owner, name)
        self._was_own = name in vars(owner)

    def install(self) -> None:
        """Put the replacement in place."""
        setattr(self._owner, self._name, self._replacement)

    def remove(self) -> None:
        """Put the original back, unless somebody else has replaced ours meanwhile."""
        if vars(self._owner).get(self._name) is not self._replacement:
            return
        if self._was_own:
            setattr(self._owner, self._name, self._original)
        else:
            # An instance that had none of its own: past any __delattr__ of its class.
            del vars(self._owner)[self._name]


class CollectorWitness:
    """Records pauses of the garbage collector.

    Args:
        registry: The recording's registry.
        now: Returns the time since the origin.
        loop_here: Returns the number of the loop on the calling thread, 0 for none.
        on_collection: Called after every collection.
    """

    def __init__(
        self,
        registry: Registry,
        now: Callable[[], int],
        loop_here: Callable[[], int],
        on_collection: Callable[[], None],
    ) -> None:
        self._on_collection = on_collection
        self._writer = registry.writer
        self._now = now
        self._loop_here = loop_here
        self._began = 0

    def install(self) -> None:
        """Begin to listen."""
        gc.callbacks.append(self._collected)

    def remove(self) -> None:
        """Stop listening."""
        with contextlib.suppress(ValueError):
            gc.callbacks.remove(self._collected)

    def _collected(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._began = self._now()
            return
        self._on_collection()
        began, ended = self._began, self._now()
        if began and ended - began >= SHORTEST_PAUSE_NS:
            generation, freed = info["generation"], info["collected"]
            self._writer.fact(Kind.GC, ended, self._loop_here(), freed, u=began, code=generation)


def job_witness(registry: Registry, now: Callable[[], int]) -> Patch:
    """Return the patch that records what worker threads of executors do."""
    original = thread_pool._WorkItem.run

    def run(item: Any, *args: Any) -> None:
        local = registry.current_job
        outer = registry.job()
        entity = local.entity = registry.new_entity()
        node, began = registry.interner.node(0, function_of(item.fn, item.args), -1), now()
        try:
            original(item, *args)
        finally:
            local.entity = outer
            name = registry.interner.string(threading.current_thread().name)
            registry.writer.fact(Kind.JOB, now(), entity, node, name, u=began)

    return Patch(thread_pool._WorkItem, "run", run)


def never_awaited_witness(
    registry: Registry, now: Callable[[], int], task_here: Callable[[], int]
) -> Patch:
    """Return the patch that records coroutines which are dropped without being awaited."""
    original: Callable[[Any], None] = warnings._warn_unawaited_coroutine  # type: ignore[attr-defined]

    def warn(coroutine: Any) -> None:
        with contextlib.suppress(Exception):
            dropped = user_frame(sys._getframe(1))
            where = registry.interner.node(0, *dropped) if dropped else 0
            made = registry.interner.node(0, coroutine.cr_code, -1)
            registry.writer.fact(Kind.NEVER_AWAITED, now(), task_here(), made, where)
        original(coroutine)

    # The warning names the frame above its caller, and skips frames that look like the import
    # system's: so this function stays invisible, and the warning names the user's line.
    warn.__code__ = warn.__code__.replace(co_filename="<loopscope, as importlib._bootstrap>")
    return Patch(warnings, "_warn_unawaited_coroutine", warn)


def function_of(function: Any, args: tuple[Any, ...] = ()) -> object:
    """Return the code (or else the callable) behind partials, methods and ``Context.run``."""
    while True:
        if isinstance(function, partial):
            function, args = function.func, (*function.args, *args)
        elif isinstance(function, MethodType):
            function = function.__func__
        elif getattr(function, "__qualname__", "") == "Context.run" and args:
            function, args = args[0], args[1:]
        else:
            break
    code = getattr(function, "__code__", None)
    return code if isinstance(code, CodeType) else function
