"""What a world is made of: events to come, threads, and the gates where they wait."""

import _thread
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

Action = Callable[[], None]


class SimulationOver(SystemExit):
    """Raised where a thread waits when the simulation ends, so that it unwinds.

    A ``SystemExit``, since asyncio lets only that and ``KeyboardInterrupt`` out of the loop.
    """

    def __init__(self) -> None:
        super().__init__(1)


def is_of_the_end(error: BaseException | None) -> bool:
    """Whether something was raised only because the simulation ended.

    Tasks that wait for each other in a circle cannot be cancelled, as ``asyncio.run`` does with
    all that are left: each passes it on to the next, until the interpreter gives up.
    """
    if not isinstance(error, RecursionError):
        return isinstance(error, SimulationOver)
    while error is not None and not isinstance(error, SimulationOver):
        error = error.__context__
    return error is not None


@dataclass(slots=True, eq=False)
class Event:
    """Something that will happen; ``cancel`` makes it not happen."""

    when_ns: int
    action: Action | None

    def cancel(self) -> None:
        """Take it off the agenda. Cancelling twice, or too late, does nothing."""
        self.action = None


@dataclass(slots=True, eq=False)
class VirtualThread:
    """A thread of the simulated program.

    Attributes:
        name: For reports.
        ident: ``threading.get_ident()`` of the real thread under it.
        native_id: What the system knows that thread as.
        gate: What it waits at; None while it runs or could run.
        since_ns: Since when it waits.
        was_woken: Whether its last wait ended because somebody opened the gate.
        measured_ns: Up to where its computing has been charged (a meter's own mark).
        unwindings: How often it was told that the simulation is over, and waited again.
        computed_ns: How much computing it was charged.
        cores: What it computes on if it stands for a process of its own; None: under the
            interpreter lock of the program.
        baton: A lock at which the real thread waits until it is its turn.
    """

    name: str
    ident: int = 0
    native_id: int = 0
    gate: "Gate | None" = None
    since_ns: int = 0
    was_woken: bool = False
    measured_ns: int = 0
    unwindings: int = 0
    computed_ns: int = 0
    cores: "Cores | None" = None
    baton: _thread.LockType = field(default_factory=_thread.allocate_lock)


@dataclass(slots=True, eq=False)
class Gate:
    """Where threads wait until somebody opens it for them: one for each lock, socket, loop ...

    Attributes:
        what: What is waited for, for reports: ``lock``, ``recv api.example.com:443``.
        holder: For a lock, the thread that has it.
        waiting: Who waits there, first come first.
    """

    what: str
    holder: VirtualThread | None = None
    waiting: deque[VirtualThread] = field(default_factory=deque)


class Cores(Protocol):
    """Processors on which processes compute beside the program."""

    def compute(self, cost_ns: int) -> None:
        """Let the calling thread compute: time passes while it has a processor."""


class Meter(Protocol):
    """Measures what the calling thread computes."""

    def take(self, thread: VirtualThread) -> int:
        """Return the cost in ns of what was computed since the last ``take`` or ``skip``."""

    def skip(self, thread: VirtualThread) -> None:
        """What was computed since then is not the program's: it is not charged."""
