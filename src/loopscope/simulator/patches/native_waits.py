"""Notices a thread of the simulation that waits in C: a database driver, a lock of an extension.

Such a wait raises no audit event and passes no function of ours. A thread beside the simulation
looks every few milliseconds at the one thread that may run: one that sleeps, and has slept through
several looks without the system having switched to it, waits for something real. So does one that
is in ``nanosleep`` at each look: SQLite sleeps again and again while a database is locked, and
nothing of Python's or ours really sleeps there.

While the thread computes, a look makes next to no objects. It happens at any moment, and what it
made and gave back would move the program's own objects to other places in memory from run to run.
"""

import _thread
import atexit
import os
import time
from pathlib import Path
from typing import Final

from loopscope.frames import frame_of
from loopscope.simulator.patches.escape import Escapes
from loopscope.simulator.program_lines import program_line
from loopscope.simulator.redirect import real_twin
from loopscope.simulator.world import World

LOOK_EVERY_S: Final = 0.02
IDLE_LOOKS: Final = 5
"""So often it looks in vain after a simulation before it ends."""

LOOKS: Final = 5
"""A thread that is found asleep this often in a row, without a switch between, really waits."""

_READ: Final = ("0", "63")
_SELECT: Final = ("23", "270", "72")
"""The system calls ``read``, and ``select`` and ``pselect6``, on x86-64 and arm64: where a program
waits that asks its user something."""

_NANOSLEEP: Final = ("35", "230", "101", "115")
"""``nanosleep`` and ``clock_nanosleep``, on x86-64 and arm64."""

_AWAKE_SHARE: Final = 0.05
"""Who computed for this share of the time between two looks was not asleep all that time."""

_CPU_CLOCK: Final = 6
"""The lowest bits of Linux's number of the clock of a thread's CPU time; above them is that of
the thread, inverted. (``pthread_getcpuclockid`` finds it too, but crashes where a thread ended.)"""

_start_thread = real_twin(_thread.start_new_thread)
_acquire = _thread.LockType.acquire
_release = _thread.LockType.release
_clock_ns = real_twin(time.clock_gettime_ns)


class NativeWaits:
    """What is looked for in one simulation.

    Args:
        world: The world that is looked at.
        escapes: Told of every wait that is found.
    """

    def __init__(self, world: World, escapes: Escapes) -> None:
        self._world = world
        self._escapes = escapes
        self._asleep: tuple[int, str] | None = None
        self._looks = 0
        self._computed_ns = 0

    def start(self) -> None:
        """Begin to look."""
        _watcher.watch(self)

    def stop(self) -> None:
        """Look no more."""
        _watcher.watch(None)

    def look(self) -> None:
        """Look at the thread that may run."""
        thread = self._world.current
        if self._computes(thread.native_id):
            self._asleep = None
            return
        sleep = _sleep_of(thread.native_id)
        asleep = None if sleep is None else (thread.ident, sleep)
        if asleep is None or asleep != self._asleep:
            self._asleep, self._looks = asleep, 1
            return
        self._looks += 1
        if self._looks == LOOKS and not _asks_user(thread.native_id):
            line = program_line(frame_of(thread.ident))
            self._escapes.note(
                f"{line} waits in a C library, in real time, which the simulation cannot see."
                " Use a pure Python client, or let a stand-in take its place."
            )

    def _computes(self, native_id: int) -> bool:
        """Whether the thread has computed since the last look, or another was looked at then."""
        try:
            computed_ns = _clock_ns((~native_id << 3) | _CPU_CLOCK)
        except OSError:
            return False  # it has ended, or the system has no such clock
        before_ns, self._computed_ns = self._computed_ns, computed_ns
        most_ns = LOOK_EVERY_S * _AWAKE_SHARE * 1e9
        return bool(abs(computed_ns - before_ns) > most_ns)


class _Watcher:
    """The thread that looks. It outlives a simulation for a moment, since another may follow.

    To start a thread and to wait for its end costs more than the rest of a short simulation.
    """

    def __init__(self) -> None:
        self._watched: NativeWaits | None = None
        self._is_running = False
        self._changing = _thread.allocate_lock()
        self._looking = _thread.allocate_lock()
        self._begun = _thread.allocate_lock()
        self._end = _thread.allocate_lock()
        self._ended = _thread.allocate_lock()
        for lock in (self._begun, self._end, self._ended):
            _acquire(lock)

    def watch(self, watched: NativeWaits | None) -> None:
        """Look at a simulation from now on, None: at nothing.

        Nothing keeps the one before, once this returns: what is left of a program is collected at
        the same moments in every run.
        """
        _acquire(self._looking)
        self._watched = watched
        _release(self._looking)
        self.go_on()

    def go_on(self) -> None:
        """Let there be a thread if there is something to look at."""
        _acquire(self._changing)
        must_start = self._watched is not None and not self._is_running
        self._is_running |= must_start
        _release(self._changing)
        if must_start:
            _start_thread(self._run, ())
            _acquire(self._begun)

    def end(self) -> None:
        """Let the thread end, and wait until it has: before a process forks, or ends."""
        _acquire(self._changing)
        was_running, self._is_running = self._is_running, False
        _release(self._changing)
        if was_running:
            _release(self._end)
            _acquire(self._ended)

    def _run(self) -> None:
        _sleep_of(_thread.get_native_id())
        _release(self._begun)
        idle = 0
        while not _acquire(self._end, timeout=LOOK_EVERY_S):
            idle = 0 if self._look() else idle + 1
            if idle > IDLE_LOOKS and self._may_end():
                return
        _release(self._ended)

    def _look(self) -> bool:
        """Look at what is to be watched; returns whether there is anything."""
        _acquire(self._looking)
        try:
            if self._watched is None:
                return False
            self._watched.look()
        finally:
            _release(self._looking)
        return True

    def _may_end(self) -> bool:
        """Whether there is nothing to look at, and nobody waits for the end; then it is over."""
        _acquire(self._changing)
        may_end = self._watched is None and self._is_running
        if may_end:
            self._is_running = False
        _release(self._changing)
        return may_end


_watcher: Final = _Watcher()
atexit.register(_watcher.end)
os.register_at_fork(before=_watcher.end, after_in_parent=_watcher.go_on)


def _sleep_of(native_id: int) -> str | None:
    """Return what is the same at all looks at one wait of a thread, None if it does not sleep."""
    try:
        text = Path(f"/proc/self/task/{native_id}/status").read_text()
    except OSError:
        return None  # it has ended, or the system does not tell
    fields = dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)
    if not fields["State"].startswith("S"):
        return None
    is_nap = _system_call(native_id)[:1] in [[number] for number in _NANOSLEEP]
    return "nanosleep" if is_nap else fields["voluntary_ctxt_switches"]


def _asks_user(native_id: int) -> bool:
    """Whether a thread waits for somebody at the keyboard: that takes no virtual time."""
    call = _system_call(native_id)
    is_read = call[:2] in [[number, "0x0"] for number in _READ]
    return is_read or (call[:1] in [[number] for number in _SELECT] and os.isatty(0))


def _system_call(native_id: int) -> list[str]:
    """Return number and arguments of the system call a thread is in, nothing if none is told."""
    try:
        return Path(f"/proc/self/task/{native_id}/syscall").read_text().split()
    except OSError:
        return []
