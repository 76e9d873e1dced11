"""Watches running loops from a thread of its own and photographs a step that takes too long.

The stack is read only while a step is over the threshold, so a healthy loop costs one look every
few milliseconds. Each photograph also holds the thread's scheduler state and its count of
voluntary context switches: computing never waits, blocking does. (Wall time against CPU time
tells them apart only on an idle machine.)
"""

import _thread
import os
from collections.abc import Callable, Sequence
from types import CodeType
from typing import Any, Final, Protocol

from loopscope.frames import Stack, stack_of
from loopscope.model.kinds import Origin
from loopscope.recorder.interner import Interner, origin_of
from loopscope.trace.layout import Kind
from loopscope.trace.writer import TraceWriter

STALL_NS: Final = 10_000_000
"""A step that holds the loop this long is a stall."""

LOOK_EVERY_NS: Final = 5_000_000
MOST_YIELDS: Final = 1000

SAMPLE_GROWTH: Final = 20
"""The longer a step has run, the rarer the photographs: one each time it grew by 1/20."""


class Watched(Protocol):
    """What the watchdog needs to know of a loop."""

    loop: int
    thread: int
    native_thread: int

    def running_step(self) -> tuple[int, int] | None:
        """Return ordinal and begin of the running step."""


class Watchdog:
    """A thread that samples the stacks of stalled loops.

    It waits in the probe, which looks without taking the interpreter from the program where it
    can. It is started below ``threading``, so that a program which counts its threads sees no
    other number than without the recorder.

    Args:
        loops: Returns the loops that run now.
        tables: The probe's tables.
        writer: The trace.
        interner: The places of that trace.
        on_failure: Told of an exception in the watchdog.
    """

    def __init__(
        self,
        loops: Callable[[], Sequence[Watched]],
        tables: Any,
        writer: TraceWriter,
        interner: Interner,
        on_failure: Callable[[BaseException], None],
    ) -> None:
        self._loops = loops
        self._tables = tables
        self._writer = writer
        self._interner = interner
        self._failed = on_failure
        self._ended = _thread.allocate_lock()
        self._is_started = False
        self._may_start = True
        self._native_thread = 0

    def ensure_started(self) -> None:
        """Start watching, unless the thread is there already or has been stopped for good."""
        if not self._may_start:
            return
        self._may_start = False
        self._is_started = True
        self._ended = _thread.allocate_lock()
        self._ended.acquire()
        _thread.start_new_thread(self._watch, ())

    def rest(self) -> None:
        """Stop watching until ``ensure_started`` is called again."""
        self.stop()
        self._may_start = True

    def stop(self) -> None:
        """Stop watching, and wait until the thread is gone. Stopping twice does nothing."""
        # The collector may run in here, and its witness calls ensure_started.
        self._may_start = False
        if not self._is_started:
            return
        self._tables.interrupt_wait()
        self._ended.acquire()
        self._is_started = False
        _wait_for_end(self._native_thread)

    def _watch(self) -> None:
        self._native_thread = _thread.get_native_id()
        try:
            while self._tables.wait_for_stall(STALL_NS, LOOK_EVERY_NS, SAMPLE_GROWTH):
                for watched in self._loops():
                    self._look(watched)
        except Exception as error:  # noqa: BLE001  (must never reach the program)
            self._failed(error)
        finally:
            self._ended.release()

    def _look(self, watched: Watched) -> None:
        step = watched.running_step()
        if step is None:
            return
        now = self._tables.now()
        if now - step[1] < STALL_NS:
            return
        state, switches = thread_state(watched.native_thread)
        stack = stack_of(watched.thread)
        if not stack or watched.running_step() != step:
            return
        node = self._stack_node(stack)
        if not node:
            return
        ordinal = step[0] & 0xFFFFFFFF
        self._writer.fact(Kind.SAMPLE, now, watched.loop, node, ordinal, u=switches, code=state)

    def _stack_node(self, stack: Stack) -> int:
        """Return the stack from the step's first frame to its innermost."""
        node = 0
        for code, offset in step_part(stack):
            node = self._interner.node(node, code, offset)
        return node


def _wait_for_end(native_thread: int) -> None:
    """Wait until the system, too, has forgotten a thread: 3.12 counts threads at a fork."""
    for _ in range(MOST_YIELDS):
        if not os.path.exists(f"/proc/self/task/{native_thread}"):  # noqa: PTH110  (cheaper)
            return
        os.sched_yield()


def thread_state(native_thread: int) -> tuple[int, int]:
    """Return a thread's scheduler state letter (as a code point) and voluntary switches.

    Both are 0 where the system does not tell (anything but Linux).
    """
    try:
        fd = os.open(f"/proc/self/task/{native_thread}/status", os.O_RDONLY)
    except OSError:
        return 0, 0
    try:
        text = os.read(fd, 4096)
    finally:
        os.close(fd)
    state, switches = 0, 0
    for line in text.splitlines():
        if line.startswith(b"State:"):
            state = line.split()[1][0]
        elif line.startswith(b"voluntary_ctxt_switches:"):
            switches = int(line.split()[1])
    return state, switches


def step_part(stack: Stack) -> Stack:
    """Return the frames of the step, outermost first, without loopscope's own innermost ones."""
    end = next((at for at, (code, _) in enumerate(stack) if _runs_handles(code)), len(stack))
    begin = 0
    while begin < end and origin_of(stack[begin][0].co_filename) is Origin.LOOPSCOPE:
        begin += 1
    return stack[begin:end][::-1]


def _runs_handles(code: CodeType) -> bool:
    """Whether this code is the loop's, which a step begins above."""
    if code.co_name == "_run_once":
        return True
    return code.co_name == "_run" and code.co_filename.endswith(("events.py", "events.pyc"))
