"""Watches running loops from a thread of its own and photographs a step that takes too long.

The stack is read only while a step is over the threshold, so a healthy loop costs one look every
few milliseconds. Each photograph also holds the thread's scheduler state and its count of
voluntary context switches: computing never waits, blocking does. (Wall time against CPU time
tells them apart only on an idle machine.)
"""

import _thread
import os
import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Final, Protocol

from loopscope.recorder.interner import Interner
from loopscope.trace.layout import Kind
from loopscope.trace.writer import TraceWriter

STALL_NS: Final = 10_000_000
"""A step that holds the loop this long is a stall."""

LOOK_EVERY_S: Final = 0.005
DEEPEST_SAMPLE: Final = 200
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

    It is started below ``threading``, so that a program which counts its threads sees no other
    number than without the recorder.

    Args:
        loops: Returns the loops that run now.
        now: Returns the time since the origin.
        writer: The trace.
        interner: The places of that trace.
        on_failure: Told of an exception in the watchdog.
    """

    def __init__(
        self,
        loops: Callable[[], Sequence[Watched]],
        now: Callable[[], int],
        writer: TraceWriter,
        interner: Interner,
        on_failure: Callable[[BaseException], None],
    ) -> None:
        self._loops = loops
        self._now = now
        self._writer = writer
        self._interner = interner
        self._failed = on_failure
        self._stop = _thread.allocate_lock()
        self._ended = _thread.allocate_lock()
        self._is_started = False
        self._native_thread = 0
        self._next_sample: dict[int, tuple[int, int]] = {}

    def ensure_started(self) -> None:
        """Start watching, unless the thread is there already."""
        if self._is_started:
            return
        self._is_started = True
        self._stop, self._ended = _thread.allocate_lock(), _thread.allocate_lock()
        self._stop.acquire()
        self._ended.acquire()
        _thread.start_new_thread(self._watch, ())

    def stop(self) -> None:
        """Stop watching, and wait until the thread is gone. Stopping twice does nothing."""
        if not self._is_started:
            return
        self._is_started = False
        self._stop.release()
        self._ended.acquire()
        _wait_for_end(self._native_thread)

    def _watch(self) -> None:
        self._native_thread = _thread.get_native_id()
        try:
            while not self._stop.acquire(timeout=LOOK_EVERY_S):
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
        ordinal, begin = step
        now = self._now()
        held = now - begin
        sampled, due = self._next_sample.get(watched.loop, (-1, 0))
        if held < STALL_NS or (sampled == ordinal and held < due):
            return
        self._next_sample[watched.loop] = ordinal, held + max(STALL_NS, held // SAMPLE_GROWTH)
        state, switches = thread_state(watched.native_thread)
        frame = sys._current_frames().get(watched.thread)
        if frame is None or watched.running_step() != step:
            return
        node = self._stack_node(frame)
        self._writer.fact(
            Kind.SAMPLE, now, watched.loop, node, ordinal & 0xFFFFFFFF, u=switches, code=state
        )

    def _stack_node(self, frame: FrameType | None) -> int:
        """Return the stack from the step's first frame to its innermost."""
        frames: list[FrameType] = []
        while frame is not None and not _is_handle_run(frame) and len(frames) < DEEPEST_SAMPLE:
            frames.append(frame)
            frame = frame.f_back
        node = 0
        for one in reversed(frames):
            node = self._interner.node(node, one.f_code, one.f_lasti)
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


def _is_handle_run(frame: FrameType) -> bool:
    code = frame.f_code
    return code.co_name == "_run" and code.co_filename.endswith(("events.py", "events.pyc"))
