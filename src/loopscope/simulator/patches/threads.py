"""Threads of the program: real threads that belong to the world, so that one runs at a time.

Only what starts and joins a thread is replaced; ``threading`` and ``concurrent.futures`` are built
on it and on locks.
"""

import _thread
import itertools
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import thread as pools
from concurrent.futures._base import LOGGER
from types import SimpleNamespace
from typing import Any, Final

from loopscope.simulator.patches.escape import Escapes
from loopscope.simulator.patches.install import Replacement, can_redirect, real, real_method
from loopscope.simulator.patches.locks import PATIENCE_S, Waits
from loopscope.simulator.patches.seconds import to_ns
from loopscope.simulator.redirect import Function, why_not_here
from loopscope.simulator.waiting import end_of
from loopscope.simulator.world import World
from loopscope.simulator.world_parts import Gate, VirtualThread

HAS_HANDLES: Final = sys.version_info >= (3, 13)
"""Since 3.13 a thread is joined through a handle, before through a lock that its end releases."""

_real_submit: Final[Function] = pools.ThreadPoolExecutor.submit


class ThreadEnd:
    """The end of one thread, for those who join it.

    Args:
        world: The world it lives in.
        thread: The thread.
        join: Waits, really, until the system has done with a thread that ends.
    """

    def __init__(self, world: World, thread: VirtualThread, join: Callable[[], object]) -> None:
        self._world = world
        self._thread = thread
        self._join = join
        self._gate = Gate(end_of(thread), holder=thread)
        self.is_over = False

    def come(self) -> None:
        """The thread has run its last line."""
        self.is_over = True
        self._world.wake(self._gate, len(self._gate.waiting))

    def wait(self, timeout: float) -> bool:
        """Wait for it, for some seconds or (-1) for ever; False if the time was over first."""
        world = self._world
        if timeout == 0 and not self.is_over:
            world.read_ns()  # a program may wait by asking again and again
            return False
        until_ns = None if timeout < 0 else world.now_ns + to_ns(timeout)
        while not self.is_over:
            left_ns = None if until_ns is None else until_ns - world.now_ns
            if not world.block(self._gate, left_ns) and not self.is_over:
                return False
        self._join()
        return True


class Threads:
    """Starts and joins the threads of one simulation."""

    def __init__(self, world: World, waits: Waits, escapes: Escapes) -> None:
        self._world = world
        self._waits = waits
        self._escapes = escapes
        self._ends: dict[VirtualThread, ThreadEnd] = {}
        self._kept: list[object] = []  # what is known by its id must live as long as the world

    def patches(self) -> Iterator[Replacement]:
        """Yield what replaces the start and the end of threads."""
        if not can_redirect(_thread.LockType, "acquire"):
            yield from self._refusals()
            return
        yield _thread, "start_new_thread", self._start_new
        yield _thread, "start_new", self._start_new
        yield threading, "_counter", itertools.count(1).__next__  # names repeat: Thread-1 ...
        yield pools.ThreadPoolExecutor, "_counter", itertools.count().__next__
        yield pools.ThreadPoolExecutor, "submit", self._submit
        if HAS_HANDLES:
            yield from self._handles()
        else:
            self._real_sentinel = real(_thread._set_sentinel)  # type: ignore[attr-defined]
            yield _thread, "_set_sentinel", self._set_sentinel

    def _refusals(self) -> Iterator[Replacement]:
        def refuse(*_: Any, **__: Any) -> Any:
            raise self._escapes.refuse("starts a thread", why_not_here() or "")

        for name in ("start_new_thread", "start_joinable_thread"):
            if hasattr(_thread, name):
                yield _thread, name, refuse

    def _run(self, function: Function, args: Any, kwargs: Any) -> Callable[[], None]:
        """Return what the new thread does, from its first line to its last."""

        def run() -> None:
            try:
                function(*args, **kwargs)
            except SystemExit:
                pass
            except BaseException:  # noqa: BLE001  (as for any thread: it is reported)
                _report(function)
            finally:
                end = self._ends.pop(self._world.current, None)
                if end is not None:
                    end.come()

        return run

    def _start_new(self, function: Any, args: Any, kwargs: Any = None, /) -> int:
        kwargs = {} if kwargs is None else kwargs
        if not (callable(function) and isinstance(args, tuple) and isinstance(kwargs, dict)):
            real(_thread.start_new_thread)(function, args, kwargs)  # raises what it raises
        return self._world.spawn(self._run(function, args, kwargs), _name_of(function)).ident

    # ------------------------------------------------------------------ up to 3.12: a lock

    def _set_sentinel(self) -> Any:
        lock = self._real_sentinel()
        acquire = real_method(_thread.LockType, "acquire")
        end = ThreadEnd(self._world, self._world.current, lambda: acquire(lock))
        self._ends[self._world.current] = end
        self._waits.ends[id(lock)] = end
        self._kept.append(lock)
        return lock

    # ----------------------------------------------------------------- since 3.13: a handle

    def _handles(self) -> Iterator[Replacement]:
        handle_type = _thread._ThreadHandle  # type: ignore[attr-defined]
        real_join = real_method(handle_type, "join")
        real_is_done = real_method(handle_type, "is_done")
        real_start = real(_thread.start_joinable_thread)  # type: ignore[attr-defined]
        ends = self._waits.ends

        def start(function: Any, handle: Any = None, daemon: bool = True) -> Any:
            handle = handle_type() if handle is None else handle
            if not callable(function) or handle.ident:
                real_start(function, handle, daemon)  # raises what it raises

            def start_real(live: Callable[[], None]) -> int:
                real_start(live, handle=handle, daemon=True)
                ident: int = handle.ident
                return ident

            run = self._run(function, (), {})
            thread = self._world.spawn(run, _name_of(function), start_real)
            end = ThreadEnd(self._world, thread, lambda: real_join(handle))
            self._ends[thread] = end
            ends[id(handle)] = end
            self._kept.append(handle)
            return handle

        def join(self_: Any, timeout: float | None = None) -> None:
            end = ends.get(id(self_))
            if end is not None:
                end.wait(-1 if timeout is None else max(timeout, 0))
            elif timeout is None or timeout > PATIENCE_S:
                self._join_outsider(real_join, real_is_done, self_)
            else:
                real_join(self_, timeout)

        def is_done(self_: Any) -> bool:
            end = ends.get(id(self_))
            return end.wait(0) if end is not None else real_is_done(self_)

        yield _thread, "start_joinable_thread", start
        yield handle_type, "join", join
        yield handle_type, "is_done", is_done

    def _join_outsider(self, real_join: Function, real_is_done: Function, handle: Any) -> None:
        real_join(handle, PATIENCE_S)
        if not real_is_done(handle):
            raise self._escapes.refuse(
                "joins a thread that was started before the simulation",
                "Start the thread inside the simulated program.",
            )

    # ----------------------------------------------------------------------------- pools

    def _submit(self, pool: pools.ThreadPoolExecutor, /, *args: Any, **kwargs: Any) -> Any:
        inside = {thread.ident for thread in self._world.threads}
        if any(thread.ident not in inside for thread in pool._threads):
            raise self._escapes.refuse(
                "submits to a thread pool that was started before the simulation",
                "Make the pool inside the simulated program.",
            )
        return _real_submit(pool, *args, **kwargs)

    def finish(self) -> None:
        """Wait for the threads that a program would wait for at its end.

        As the interpreter does: pools finish what was submitted to them, then all threads that
        are no daemons are joined.
        """
        pools._shutdown = True
        try:
            workers = [
                (thread, queue)
                for thread, queue in pools._threads_queues.items()
                if self._is_inside(thread)
            ]
            for _, queue in workers:
                queue.put(None)
            for thread, _ in workers:
                thread.join()
        finally:
            pools._shutdown = False
        while others := [
            thread
            for thread in threading.enumerate()
            if self._is_inside(thread) and not thread.daemon
        ]:
            others[0].join()

    def close(self) -> None:
        """End the threads that are left, in silence.

        A worker of a pool would log that as a failure, and hooks of others (pytest's) report every
        exception.
        """
        was_disabled, LOGGER.disabled = LOGGER.disabled, True
        hook, threading.excepthook = threading.excepthook, lambda _: None
        try:
            self._world.close()
        finally:
            LOGGER.disabled, threading.excepthook = was_disabled, hook

    def _is_inside(self, thread: threading.Thread) -> bool:
        return any(
            thread.ident == one.ident and one is not self._world.current
            for one in self._world.threads
        )


def _name_of(function: Any) -> str:
    thread = getattr(function, "__self__", None)
    if isinstance(thread, threading.Thread):
        return thread.name
    return getattr(function, "__qualname__", None) or repr(function)


def _report(function: Any) -> None:
    """Report what a thread raised, as for a thread started below ``threading``."""
    kind, value, trace = sys.exc_info()
    what = "Exception ignored in thread started by"
    if sys.unraisablehook is sys.__unraisablehook__:  # which takes nothing but its own arguments
        sys.stderr.write(f"{what}: {function!r}\n")
        traceback.print_exception(kind, value, trace)
    else:
        details = {"exc_type": kind, "exc_value": value, "exc_traceback": trace}
        sys.unraisablehook(SimpleNamespace(**details, err_msg=what, object=function))
