"""The hot hooks in pure Python: ready queue and selector of one loop.

Twin of ``_probe.c``: same classes, same records, same tests. It serves where no C compiler was
at hand, and it is the readable statement of what the C does.

Two hooks see everything. ``ReadyQueue.append`` means that something became ready, and whatever
runs at that moment woke it. ``ReadyQueue.popleft`` means that a step begins and the one before
it ended. The wrapped ``select`` marks the end of a turn's last step, and the time in which the
loop was idle. One clock reading serves as one step's end and the next one's begin.
"""

import asyncio
import weakref
from asyncio import Future
from asyncio.tasks import _PyTask  # type: ignore[attr-defined]
from collections import deque
from collections.abc import Callable, Iterable
from threading import get_ident
from types import BuiltinMethodType, MethodType
from typing import Any

from loopscope.model.kinds import StepEnd, WakeKind
from loopscope.recorder.python_tables import Tables
from loopscope.recorder.registry import AnyTask
from loopscope.trace.layout import CODE_SHIFT, RECORD_BYTES, UNKNOWN_STEP, Kind, stamp
from loopscope.trace.records import pack_head, pack_tail

__all__ = ["ReadyQueue", "Tables"]

# Where the loop's thread is, between two hooks.
_OUTSIDE, _RUNNING, _IDLE, _DISPATCH = range(4)

# Plain integers: looking a member of an enumeration up takes longer than most of what is done
# with it here.
_STEP_HEAD = stamp(Kind.STEP, 0)
_BY_STEP, _BY_TIMER, _BY_IO = int(WakeKind.STEP), int(WakeKind.TIMER), int(WakeKind.IO)
_BY_THREAD, _BY_OUTSIDE = int(WakeKind.THREAD), int(WakeKind.OUTSIDE)
_RESUMED, _UNKNOWN = int(WakeKind.RESUMED), int(WakeKind.UNKNOWN)
_SUSPENDED, _RETURNED = int(StepEnd.SUSPENDED), int(StepEnd.RETURNED)
_RAISED, _CANCELLED = int(StepEnd.RAISED), int(StepEnd.CANCELLED)
_INTERRUPTED, _CALLBACK = int(StepEnd.INTERRUPTED), int(StepEnd.CALLBACK)


class _Ready:
    """What is known of one entry of the ready queue."""

    __slots__ = ("ready", "task", "wake", "waker")

    def __init__(self, ready: int, wake: int, waker: int, task: AnyTask | None) -> None:
        self.ready = ready
        self.wake = wake
        self.waker = waker
        self.task = task


_NOTHING = _Ready(0, _UNKNOWN, UNKNOWN_STEP, None)


class ReadyQueue(deque[asyncio.Handle]):
    """A loop's ready queue that records what passes through it.

    Args:
        tables: Shared by all loops of the recording.
        loop: The loop's number.
        handles: What was in the queue it replaces.
    """

    def __init__(self, tables: Tables, loop: int, handles: Iterable[asyncio.Handle]) -> None:
        super().__init__(handles)
        tables.queues.append(weakref.ref(self, tables.queues.remove))
        self._tables = tables
        self._registry = tables.registry
        self._loop = loop
        self._thread = 0
        self._runs = False
        self._phase = _OUTSIDE
        self._body = memoryview(b"")
        self._at = 0
        self._last_place = 0
        self._ready: dict[int, _Ready] = {}
        self._step_count = 0
        self._begin = 0
        self._step = _Ready(0, _UNKNOWN, UNKNOWN_STEP, None)
        self._task_id = 0
        self._callback_node = 0
        self._again: _Ready | None = None
        self._turn: tuple[int, int, int] | None = None
        self._idle_end = 0
        self._eager: list[tuple[_Ready, int, int, object]] = []
        self._eager_coroutine: object = None
        for handle in handles:
            self._note_ready(handle)

    # What asyncio calls. The queue's own work is done first, so that nothing that goes wrong
    # in recording, a KeyboardInterrupt included, can lose a handle.

    def append(self, handle: asyncio.Handle) -> None:
        """Add a handle: something became ready."""
        super().append(handle)
        if self._tables.active:
            try:
                self._note_ready(handle)
            except Exception as error:  # noqa: BLE001  (must never reach the program)
                self._registry.failed(error)

    def popleft(self) -> asyncio.Handle:
        """Take the next handle: its step begins, and the one before it has ended."""
        handle = super().popleft()
        if self._tables.active:
            try:
                self._turn_over(handle)
            except Exception as error:  # noqa: BLE001
                self._registry.failed(error)
            except BaseException:
                # A KeyboardInterrupt that came in here: the handle is the program's.
                self.appendleft(handle)
                raise
        return handle

    def clear(self) -> None:
        """Drop all handles: the loop is being closed."""
        super().clear()
        self._ready.clear()

    def wrap_select(self, select: Callable[..., Any]) -> Callable[..., Any]:
        """Return a ``select`` that also records when the loop is idle."""

        def recorded_select(*args: Any, **kwargs: Any) -> Any:
            if not self._tables.active:
                return select(*args, **kwargs)
            began = self._idle_begins()
            events: Any = ()
            try:
                events = select(*args, **kwargs)
            finally:
                self._idle_ended(began, events)
            return events

        return recorded_select

    # What the recorder calls.

    def begin_run(self) -> None:
        """The loop begins to run, on the calling thread."""
        self._thread = get_ident()
        self._runs = True
        self._phase = _OUTSIDE
        self._write(stamp(Kind.BEGIN, self._tables.now()))

    def end_run(self) -> None:
        """The loop has stopped running."""
        now = self._tables.now()
        if self._phase == _RUNNING:
            self._end_step(now)
        self._flush_turn(now, len(self))
        self._runs = False
        self._phase = _OUTSIDE
        self._write(stamp(Kind.PAUSE, now))

    def begin_inside(self, task: AnyTask | None, now: int) -> None:
        """Recording begins inside a running step of ``task`` (None: of a callback)."""
        self._thread = get_ident()
        self._runs = True
        self._write(stamp(Kind.BEGIN, now))
        self._begin = now
        self._start(_Ready(now, _UNKNOWN, UNKNOWN_STEP, task), 0)

    def end_inside(self) -> None:
        """Recording ends inside a running step, which goes on unrecorded."""
        now = self._tables.now()
        if self._phase == _RUNNING:
            self._write_step(now, _INTERRUPTED, 0, 0)
        self._runs = False
        self._phase = _OUTSIDE
        self._write(stamp(Kind.PAUSE, now))

    def running_step(self) -> tuple[int, int] | None:
        """Return ordinal and begin of the step that runs now, None when none does."""
        return (self._step_count, self._begin) if self._phase == _RUNNING else None

    def running_task(self) -> int:
        """Return the number of the task whose step runs now, 0 when none does."""
        return self._task_id if self._phase == _RUNNING else 0

    def push_eager(self, entity: int, coroutine: object) -> bool:
        """An eager task may start inside the running step; its number is ``entity``.

        Returns:
            False when no step runs on this thread: then ``pop_eager`` must not be called.
        """
        if self._phase != _RUNNING or get_ident() != self._thread:
            return False
        now = self._tables.now()
        outer = _Ready(now, _RESUMED, self._step_count, self._step.task)
        self._eager.append((outer, self._task_id, self._callback_node, self._eager_coroutine))
        self._write_step(now, _INTERRUPTED, 0, 0)
        self._step = _Ready(now, _RESUMED, self._step_count - 1, None)
        self._task_id, self._callback_node, self._again = entity, 0, None
        self._eager_coroutine = coroutine
        return True

    def pop_eager(self, task: AnyTask | None) -> None:
        """The inner step is over; ``task`` is the task it belonged to.

        None means that there was none: the time belongs to the step around it.
        """
        now = self._tables.now()
        outer, outer_id, outer_node, outer_coroutine = self._eager.pop()
        if task is None:
            self._task_id, self._callback_node = outer_id, outer_node
            self._write_step(now, _INTERRUPTED, 0, 0)
        else:
            self._step.task = task
            self._end_step(now)
        self._eager_coroutine = outer_coroutine
        outer.ready, outer.waker = now, self._step_count - 1
        self._step, self._task_id, self._callback_node = outer, outer_id, outer_node
        self._begin = now
        self._again = None
        self._phase = _RUNNING

    # How it is done.

    def _note_ready(self, handle: asyncio.Handle) -> None:
        callback = handle._callback  # type: ignore[attr-defined]
        if callback is None:
            return  # cancelled before it got here
        tables = self._tables
        task = _task_of(callback)
        waker = UNKNOWN_STEP
        parent = 0
        on_loop_thread = get_ident() == self._thread
        if not on_loop_thread and self._thread:
            now, wake, waker = tables.now(), _BY_THREAD, self._registry.job()
        elif self._phase == _RUNNING:
            now, wake, waker, parent = tables.now(), _BY_STEP, self._step_count, self._task_id
        elif self._phase == _DISPATCH:
            now, wake = self._idle_end, _BY_IO
            if isinstance(handle, asyncio.TimerHandle):
                due = int(handle.when() * 1e9 + 0.5) - tables.origin_ns
                now, wake = min(now, max(0, due)), _BY_TIMER
        else:
            now, wake = tables.now(), _BY_OUTSIDE
        entry = _Ready(now, wake, waker, task)
        if task is not None:
            self._note_task(task, now, parent)
            if task is self._step.task and self._phase == _RUNNING and on_loop_thread:
                self._again = entry
        self._ready[id(handle)] = entry

    def _note_task(self, task: AnyTask, now: int, parent: int) -> None:
        tables = self._tables
        if tables.entity_of(task):
            return
        if self._eager and task.get_coro() is self._eager_coroutine:
            tables.bind(task, self._task_id)
            self._step.task = task
        else:
            # Between two hooks of this thread nobody else writes this loop's records.
            own = self._phase == _RUNNING and get_ident() == self._thread
            self._registry.new_task(task, now, parent, write=self._write if own else None)

    def _turn_over(self, handle: asyncio.Handle) -> None:
        now = self._tables.now()
        if self._phase == _RUNNING:
            self._end_step(now)
        callback = handle._callback  # type: ignore[attr-defined]
        entry = self._ready.pop(id(handle), None)
        if callback is None or not self._runs:
            # Cancelled; or somebody turns the loop by hand, and nothing would end the step.
            return
        self._flush_turn(now, len(self) + 1)
        if entry is None:
            entry = _Ready(now, _UNKNOWN, UNKNOWN_STEP, _task_of(callback))
        self._begin = now
        self._start(entry, 0 if entry.task else self._tables.callback_node(callback))

    def _start(self, entry: _Ready, callback_node: int) -> None:
        self._step = entry
        self._task_id = self._tables.entity_of(entry.task) if entry.task is not None else 0
        self._callback_node = callback_node
        self._again = None
        self._phase = _RUNNING

    def _end_step(self, now: int) -> None:
        """Write the running step, which ended at ``now``."""
        self._phase = _DISPATCH if self._turn is not None else _OUTSIDE
        task, again = self._step.task, self._again
        if again is not None:
            # A task that made itself ready did so as the last thing in its step.
            again.ready = now
        if task is None:
            self._write_step(now, _CALLBACK, self._callback_node, 0)
            return
        waiter = task._fut_waiter  # type: ignore[attr-defined]
        if waiter is None and again is None and task.done():
            end = _end_of(task)
            self._write_step(now, end, 0, 0)
            if end == _RAISED:
                self._registry.raised(self._task_id, task, now)
        else:
            tables = self._tables
            stack, frame = tables.await_stack(task)
            waits_for = tables.entity_of(waiter)
            if not waits_for and (frame is not None or type(waiter) is not Future):
                waits_for = self._registry.awaited_object(waiter, frame, now)
            self._write_step(now, _SUSPENDED, stack, waits_for)
        if self._task_id in self._tables.unsettled:
            self._tables.unsettled.discard(self._task_id)
            self._registry.settled(self._task_id, task, now)
        self._step = _NOTHING
        self._again = None

    def _write_step(self, now: int, end: int, stack: int, waits_for: int) -> None:
        step, begin, at = self._step, self._begin, self._at
        how = (end | step.wake << 4) << CODE_SHIFT | (min(begin, step.ready))
        if at < self._last_place:
            self._at = at + RECORD_BYTES
            pack_tail(self._body, at + 8, how, self._task_id, stack, waits_for, step.waker)
            pack_head(self._body, at, _STEP_HEAD | now)
        else:
            self._write(_STEP_HEAD | now, how, self._task_id, stack, waits_for, step.waker)
        self._step_count += 1
        self._begin = now

    def _idle_begins(self) -> int:
        now = self._tables.now()
        try:
            if self._phase == _RUNNING:
                self._end_step(now)
            self._flush_turn(now, len(self))
        except Exception as error:  # noqa: BLE001
            self._registry.failed(error)
        self._phase = _IDLE
        return now

    def _idle_ended(self, began: int, events: Any) -> None:
        if self._phase == _IDLE:
            ended = self._tables.now()
            count = len(events) if hasattr(events, "__len__") else 0
            self._turn = (began, ended, count)
            self._idle_end = ended
            self._phase = _DISPATCH

    def _flush_turn(self, now: int, queued: int) -> None:
        """Write the pending turn: its first step begins now, with so many handles ready."""
        if self._turn is None:
            return
        began, ended, events = self._turn
        self._turn = None
        dispatch = min(now - ended, 0xFFFFFFFF)
        self._write(stamp(Kind.TURN, ended), began, dispatch, events, queued)

    def _write(  # noqa: PLR0913, PLR0917  (the fields of a record)
        self, head: int, second: int = 0, a: int = 0, b: int = 0, c: int = 0, d: int = 0
    ) -> None:
        if self._at >= self._last_place:
            body = self._registry.next_block(self._loop)
            if body is None:
                self._registry.writer.count_lost()
                return
            self._body, self._at, self._last_place = body, 0, len(body) - RECORD_BYTES + 1
        at = self._at
        self._at += RECORD_BYTES
        # The head, whose top byte says that something is there, is stored last: a process killed
        # in between leaves nothing half written.
        pack_tail(self._body, at + 8, second, a, b, c, d)
        pack_head(self._body, at, head)


def _task_of(callback: object) -> AnyTask | None:
    """Return the task whose step or wake-up a callback is, None for any other callback.

    A task's other methods (``loop.call_soon(task.cancel)``) are no steps.
    """
    kind = type(callback)
    if kind.__name__ == "TaskStepMethWrapper":
        return callback.__self__  # type: ignore[attr-defined,no-any-return]
    if kind is BuiltinMethodType:
        owner = callback.__self__  # type: ignore[attr-defined]
        if callback.__name__ in _WAKE_UPS and isinstance(owner, asyncio.Task):  # type: ignore[attr-defined]
            return owner
    elif kind is MethodType:
        owner = callback.__self__  # type: ignore[attr-defined]
        if isinstance(owner, _PyTask) and callback.__name__ in ("__step", "__wakeup"):  # type: ignore[attr-defined]
            return owner  # type: ignore[no-any-return]
    return None


# What the C task calls its wake-up.
_WAKE_UPS = frozenset({"task_wakeup", "TaskWakeup"})


def _end_of(task: AnyTask) -> int:
    if task.cancelled():
        return _CANCELLED
    raised = task._exception is not None
    return _RAISED if raised else _RETURNED
