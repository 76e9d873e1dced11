"""The event loop of a simulation: asyncio's own turns on a virtual clock.

A turn is what it is in asyncio: what came from outside, then the timers that are due, then
exactly the handles that were ready at that moment, first in, first out. Nothing is ever permuted.
Only the wait differs: where asyncio asks its selector, this loop waits in its world.
"""

import asyncio
import weakref
from asyncio import Handle, TimerHandle
from asyncio.base_events import _format_handle  # type: ignore[attr-defined]  # private
from asyncio.format_helpers import _format_callback_source
from asyncio.log import logger
from collections.abc import Callable, Coroutine, Generator, Sequence
from contextvars import Context, copy_context
from heapq import heapify, heappop, heappush
from typing import Any, Final, TypeVar, TypeVarTuple, Unpack

from loopscope.simulator.network.loop_io import NetworkLoop
from loopscope.simulator.repeatable import Task, WeakList
from loopscope.simulator.selector import WorldSelector
from loopscope.simulator.signals import SignalHandlers
from loopscope.simulator.world import LOOK_NS, NEVER_NS, World
from loopscope.simulator.world_parts import Gate, SimulationOver

# Their __init__ is a call, and another one for the debug mode: a tenth of a step.
_new_handle: Final = Handle.__new__
_new_timer: Final = TimerHandle.__new__
_T = TypeVar("_T")
_Ts = TypeVarTuple("_Ts")

MOST_SPINS: Final = 100_000
"""Where computing is free, a loop that never gets to wait would never see a timer. After so many
steps without a wait, while something is due later, each turn takes some time."""

FEW_CANCELLED: Final = 100
"""Cancelled timers are cleared away when they are more than this, and half of all."""

_LOST_TASK: Final = "Task was destroyed but it is pending!"
"""What asyncio says of a task that nothing can wake any more."""


class VirtualLoop(SignalHandlers, NetworkLoop):  # type: ignore[misc]  # it replaces their methods
    """An event loop that lives in a world.

    Args:
        world: Whose clock it goes by; its threads may run loops of their own.
    """

    is_virtual = True

    _closed: bool
    _debug: bool
    _stopping: bool
    _current_handle: Handle | None
    _selector: Any  # the recorder listens in between
    _scheduled: Any
    _task_factory: Any
    _timer_cancelled_count: int
    _check_thread: Callable[[], None]
    _check_callback: Callable[[object, str], None]

    def __init__(self, world: World) -> None:
        self._world = world
        self._gate = Gate("loop")
        self._is_measured = world.meter is not None
        super().__init__(WorldSelector(world, self._gate))
        self._selector.watched = self.poller.watched
        self._scheduled = []
        """Heap of (due in ns, deadline as it was given, order, handle)."""
        self._timer_count = 0
        self._check_at = min(world.steps + MOST_SPINS, world.step_limit)
        self._arrived: list[Handle] = []
        self._asyncgens = WeakList()
        world.loops.append(weakref.ref(self))

    # ------------------------------------------------------------------- what programs call

    def time(self) -> float:
        """Return the seconds since the simulation began."""
        return self._world.read_ns() / 1e9

    def call_soon(
        self,
        callback: Callable[[Unpack[_Ts]], object],
        *args: *_Ts,
        context: Context | None = None,
    ) -> Handle:
        """Add a callback to the end of the ready queue."""
        if self._is_measured:  # else it would be ready, it seems, since the step began
            self._world.charge()
        if self._closed or self._debug:
            return super().call_soon(callback, *args, context=context)
        handle: Any = _new_handle(Handle)
        handle._callback = callback
        handle._args = args
        handle._loop = self
        handle._context = copy_context() if context is None else context
        handle._cancelled = False
        handle._repr = handle._source_traceback = None
        self._ready.append(handle)
        return handle  # type: ignore[no-any-return]

    def call_later(
        self,
        delay: float,
        callback: Callable[[Unpack[_Ts]], object],
        *args: *_Ts,
        context: Context | None = None,
    ) -> TimerHandle:
        """Call back after a delay in seconds."""
        if delay is None:
            raise TypeError("delay must not be None")
        if self._world.meter is not None:
            self._world.charge()
        return self._set_timer(self._world.now_ns / 1e9 + delay, callback, args, context)

    def call_at(
        self,
        when: float,
        callback: Callable[[Unpack[_Ts]], object],
        *args: *_Ts,
        context: Context | None = None,
    ) -> TimerHandle:
        """Call back at a time in seconds; what is set for the same time is called in order.

        Deadlines are compared as they were given, and are due when the clock shows the
        nanosecond nearest to them.
        """
        if when is None:
            raise TypeError("when cannot be None")
        return self._set_timer(when, callback, args, context)

    def _set_timer(
        self, when: float, callback: object, args: tuple[object, ...], context: Context | None
    ) -> TimerHandle:
        if self._closed or self._debug:
            self._check_callable(callback)
        try:
            due_ns = round(when * 1e9)
        except (OverflowError, ValueError):
            due_ns = NEVER_NS if when > 0 else 0  # infinite; what is no number is due now
        timer: Any = _new_timer(TimerHandle)
        timer._when = when
        timer._scheduled = True
        timer._callback = callback
        timer._args = args
        timer._loop = self
        timer._context = copy_context() if context is None else context
        timer._cancelled = False
        timer._repr = timer._source_traceback = None
        self._timer_count += 1
        heappush(self._scheduled, (due_ns, when, self._timer_count, timer))
        return timer  # type: ignore[no-any-return]

    def create_task(
        self,
        coro: Generator[Any, None, _T] | Coroutine[Any, Any, _T],
        *,
        name: Any = None,
        **options: Any,
    ) -> asyncio.Task[_T]:
        """Make a task; one without a name is called after its number in this world."""
        if name is None:
            self._world.task_count += 1
            name = f"Task-{self._world.task_count}"
        if self._task_factory is not None:
            return super().create_task(coro, name=name, **options)
        self._check_closed()
        task: Any = Task(coro, loop=self, name=name, **options)
        if task._source_traceback:
            del task._source_traceback[-1]
        return task  # type: ignore[no-any-return]

    # -------------------------------------------------------------- what the world calls

    def arrive(self, handle: Handle) -> None:
        """Something came from outside: its handle becomes ready when the loop asks next."""
        self._arrived.append(handle)
        self.wake_up()

    def wake_up(self) -> None:
        """Let the loop look around, if it waits."""
        self._world.wake(self._gate)

    def has_news(self) -> bool:
        """Whether there may be something for the loop to do."""
        return bool(self._ready or self._arrived or self.poller.has_ready())

    def waits_for_time(self) -> bool:
        """Whether anything will happen only when time passes."""
        return bool(self._scheduled) or self._world.next_ns() is not None

    def news(self) -> Sequence[object]:
        """Return what has come from outside: handles, and descriptors that may be ready."""
        if self._arrived or self.poller.hot:
            return [*self._arrived, *self.poller.hot]
        return ()

    # ------------------------------------------------------------- what asyncio's base calls

    def run_forever(self) -> None:
        """Run until stopped. What was computed before does not belong to the first step."""
        self._world.charge()
        super().run_forever()

    def _run_once(self) -> None:
        """Run turns until the loop is stopped: asyncio calls this again and again till then."""
        world, waiting, timers, arrived = (
            self._world,
            self._selector,
            self._scheduled,
            self._arrived,
        )
        agenda, runnable, hot = world.agenda, world.runnable, self.poller.hot
        is_watched = world.meter is not None or world.on_step is not None
        while True:
            ready = self._ready
            # Most turns have nothing to ask the world.
            may_look = agenda or runnable or hot or arrived or waiting.__dict__
            if may_look or not (ready or self._stopping):
                self._look_around(is_quiet=not may_look)
            if timers and timers[0][0] <= world.now_ns:
                self._take_due_timers()
            count = self._run_in_debug_mode() if self._debug else len(ready)
            for _ in range(count):
                handle = ready.popleft()
                if not handle._cancelled:
                    # What Handle._run does, without the call.
                    try:
                        if handle._args:
                            handle._context.run(handle._callback, *handle._args)
                        else:  # nearly always, and quicker
                            handle._context.run(handle._callback)
                    except BaseException as error:  # noqa: BLE001  (told, or raised again)
                        self._note_failure(handle, error)
                    if is_watched:
                        self._end_step(handle)
            world.steps += count
            if (self._stopping or world.steps > self._check_at) and self._check():
                break

    def _run_in_debug_mode(self) -> int:
        """Run what is ready, and warn of steps that took long, as asyncio does; leave none over."""
        world, count = self._world, len(self._ready)
        for _ in range(count):
            handle = self._ready.popleft()
            if handle._cancelled:
                continue
            began_ns, self._current_handle = world.now_ns, handle
            try:
                handle._run()
            finally:
                self._current_handle = None
            self._end_step(handle)
            took_s = (world.now_ns - began_ns) / 1e9
            if took_s >= self.slow_callback_duration:
                logger.warning("Executing %s took %.3f seconds", _format_handle(handle), took_s)
        world.steps += count
        return 0

    def _end_step(self, handle: Handle) -> None:
        """A step is over, and somebody wants to know."""
        world = self._world
        if world.meter is not None:
            world.charge()
        if world.on_step is not None:
            world.on_step(handle)

    def _look_around(self, *, is_quiet: bool) -> None:
        """Do what asyncio does with its selector: ask it, and wait if nothing is ready."""
        timers, world = self._scheduled, self._world
        while timers and timers[0][3]._cancelled:
            heappop(timers)[3]._scheduled = False
            self._timer_cancelled_count -= 1
        until_ns: int | None = None
        if self._ready or self._stopping:
            until_ns = 0
        else:
            self._check_at = min(world.steps + MOST_SPINS, world.step_limit)
            if timers and timers[0][0] < NEVER_NS:
                until_ns = timers[0][0]
                if is_quiet and until_ns <= world.limit_ns:
                    world.now_ns = max(world.now_ns, until_ns)
                    return
        events = self._selector.select(self, until_ns)
        if events:
            self._process_events(events)

    def _take_due_timers(self) -> None:
        timers, ready, now_ns = self._scheduled, self._ready, self._world.now_ns
        while timers and timers[0][0] <= now_ns:
            timer = heappop(timers)[3]
            timer._scheduled = False
            if timer._cancelled:
                self._timer_cancelled_count -= 1
            else:
                ready.append(timer)

    def _check(self) -> bool:
        """Return whether the loop is to stop, if it may not go on for ever without a wait."""
        world = self._world
        if world.steps <= self._check_at:
            return self._stopping
        if world.steps > world.step_limit:
            world.stop("max-steps")
        if world.meter is None and self.waits_for_time():
            world.compute(LOOK_NS)
        return self._stopping

    def _process_events(self, _events: Sequence[object]) -> None:
        arrived = self._arrived
        while arrived:
            self._ready.append(arrived.pop(0))
        if self.poller.hot:
            self.collect_io()

    def _write_to_self(self) -> None:
        self.wake_up()

    def _timer_handle_cancelled(self, handle: Any) -> None:
        if not handle._scheduled:
            return
        self._timer_cancelled_count += 1
        timers = self._scheduled
        if self._timer_cancelled_count > max(FEW_CANCELLED, len(timers) // 2):
            timers[:] = [timer for timer in timers if not timer[3]._cancelled]
            heapify(timers)
            self._timer_cancelled_count = 1  # this handle, which is marked only after this

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Tell of what a program leaves behind, but not of the end of its simulation."""
        error = context.get("exception")
        if isinstance(error, SimulationOver) or self._is_left_over(context):
            return
        while error is not None:
            if isinstance(error.__context__, SimulationOver):
                error.__context__ = None
            error = error.__context__
        super().call_exception_handler(context)

    def _is_left_over(self, context: dict[str, Any]) -> bool:
        """Whether a task is told as lost that only waits still since the simulation ended."""
        return self._world.verdict is not None and context.get("message") == _LOST_TASK

    def _note_failure(self, handle: Any, error: BaseException) -> None:
        """Tell of the exception that a callback has just raised, as ``Handle._run`` does."""
        if isinstance(error, SystemExit | KeyboardInterrupt):
            raise  # noqa: PLE0704  (it is being handled where this is called)
        callback = _format_callback_source(handle._callback, handle._args)
        context = {
            "message": f"Exception in callback {callback}",
            "exception": error,
            "handle": handle,
        }
        if handle._source_traceback:
            context["source_traceback"] = handle._source_traceback
        self.call_exception_handler(context)

    def _check_callable(self, callback: object) -> None:
        self._check_closed()
        if self._debug:
            self._check_thread()
            self._check_callback(callback, "call_at")
