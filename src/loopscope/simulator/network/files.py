"""What a simulated file descriptor stands for, and who is told when it may have become ready."""

import math
from collections.abc import Callable
from typing import Protocol

from loopscope.simulator.world import World
from loopscope.simulator.world_parts import Gate

READABLE = 0x001
WRITABLE = 0x004
FAILED = 0x008
HUNG_UP = 0x010
PEER_SHUT = 0x2000
ALWAYS = FAILED | HUNG_UP
"""The bits of poll(2) on Linux; those of ``ALWAYS`` are reported whether asked for or not."""

NS_PER_S = 1_000_000_000


class Poll(Protocol):
    """Whoever watches files: a loop, an epoll object, a call of select."""

    def mark(self, file: "File") -> None:
        """Something about a watched file has changed: it may be ready now."""

    def drop(self, file: "File") -> None:
        """A watched file is closed."""


class File:
    """An open file of the simulated system. Descriptors and sockets refer to it.

    Args:
        world: Whose clock it lives by.
        name: What a report calls it, ``api.example.com:443``.
    """

    __slots__ = ("gate", "is_closed", "name", "polls", "references", "world")

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.name = name
        self.gate = Gate(name)
        self.polls: list[Poll] = []
        self.references = 1
        self.is_closed = False

    def mask(self) -> int:
        """Return what poll(2) would report now, as a sum of bits."""
        raise NotImplementedError

    def changed(self) -> None:
        """Tell everybody who waits for this file to look again."""
        waiting = self.gate.waiting
        if waiting:
            self.world.wake(self.gate, len(waiting))
        for poll in self.polls:
            poll.mark(self)

    def release(self) -> None:
        """Take one reference away; the last one closes the file."""
        self.references -= 1
        if self.references == 0:
            self.is_closed = True
            self.close()
            self.changed()
            for poll in self.polls[:]:
                poll.drop(self)

    def close(self) -> None:
        """Do what closing means for this kind of file."""

    def wait(self, is_over: Callable[[], object], verb: str, timeout_ns: int | None) -> bool:
        """Block the calling thread until something is so; returns False if the time was over first.

        Args:
            is_over: What is waited for; asked at once, and again whenever the file changed.
            verb: What the thread does, for reports: ``recv``.
            timeout_ns: How long at most; None means without limit.
        """
        world, deadline_ns = self.world, 0
        if timeout_ns is not None:
            deadline_ns = world.now_ns + timeout_ns
        while not is_over():
            left_ns = None if timeout_ns is None else deadline_ns - world.now_ns
            if left_ns is not None and left_ns <= 0:
                return False
            self.gate.what = f"{verb} {self.name}"
            world.block(self.gate, left_ns)
        return True


def to_ns(seconds: float) -> int:
    """Turn seconds into nanoseconds, a fraction of one counting whole, as CPython does."""
    return math.ceil(seconds * NS_PER_S)
