"""Notices a thread of the simulation that waits in C: a database driver, a lock of an extension.

Such a wait raises no audit event and passes no function of ours. A thread beside the simulation
looks every few milliseconds at the one thread that may run: one that sleeps, and has slept through
several looks without the system having switched to it, waits for something real.
"""

import _thread
import os
import sys
from pathlib import Path
from typing import Final

from loopscope.simulator.patches.escape import Escapes, program_line
from loopscope.simulator.redirect import real_twin
from loopscope.simulator.world import World

LOOK_EVERY_S: Final = 0.02
LOOKS: Final = 5
"""A thread that is found asleep this often in a row, without a switch between, really waits."""

_READ: Final = ("0", "63")
_SELECT: Final = ("23", "270", "72")
"""The system calls ``read``, and ``select`` and ``pselect6``, on x86-64 and arm64: where a program
waits that asks its user something."""

_start_thread = real_twin(_thread.start_new_thread)
_acquire = _thread.LockType.acquire
_release = _thread.LockType.release


class NativeWaits:
    """The thread that looks.

    Args:
        world: The world it looks at.
        escapes: Told of every wait that is found.
    """

    def __init__(self, world: World, escapes: Escapes) -> None:
        self._world = world
        self._escapes = escapes
        self._stop = _thread.allocate_lock()
        self._stopped = _thread.allocate_lock()
        self._asleep: tuple[int, str] | None = None
        self._looks = 0

    def start(self) -> None:
        """Begin to look."""
        for lock in (self._stop, self._stopped):
            _acquire(lock)
        _start_thread(self._watch, ())

    def stop(self) -> None:
        """Look no more, and wait until the thread is gone."""
        _release(self._stop)
        _acquire(self._stopped)

    def _watch(self) -> None:
        try:
            while not _acquire(self._stop, timeout=LOOK_EVERY_S):
                self._look()
        finally:
            _release(self._stopped)

    def _look(self) -> None:
        thread = self._world.current
        switches = _sleeping(thread.native_id)
        asleep = None if switches is None else (thread.ident, switches)
        if asleep is None or asleep != self._asleep:
            self._asleep, self._looks = asleep, 1
            return
        self._looks += 1
        if self._looks == LOOKS and not _asks_user(thread.native_id):
            line = program_line(sys._current_frames().get(thread.ident))
            self._escapes.note(
                f"{line} waits in a C library, in real time, which the simulation cannot see."
                " Use a pure Python client, or let a stand-in take its place."
            )


def _sleeping(native_id: int) -> str | None:
    """Return how often a thread gave up its processor, if it sleeps; else None."""
    try:
        text = Path(f"/proc/self/task/{native_id}/status").read_text()
    except OSError:
        return None  # it has ended, or the system does not tell
    fields = dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)
    return fields["voluntary_ctxt_switches"] if fields["State"].startswith("S") else None


def _asks_user(native_id: int) -> bool:
    """Whether a thread waits for somebody at the keyboard: that takes no virtual time."""
    try:
        call = Path(f"/proc/self/task/{native_id}/syscall").read_text().split()
    except OSError:
        return False
    is_read = call[0] in _READ and call[1] == "0x0"
    return is_read or (call[0] in _SELECT and os.isatty(0))
