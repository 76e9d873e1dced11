"""Where a virtual loop waits: it stands in the place of the selector of asyncio's own loops."""

from collections.abc import Mapping, Sequence
from select import POLLIN, POLLOUT
from selectors import EVENT_READ, EVENT_WRITE, SelectorKey
from typing import Protocol

from loopscope.simulator.network.files import File
from loopscope.simulator.world import World
from loopscope.simulator.world_parts import Gate


class Loop(Protocol):
    """What is asked of the loop that waits."""

    def has_news(self) -> bool:
        """Whether there may be something for the loop to do."""

    def news(self) -> Sequence[object]:
        """Return what has come from outside: handles, and descriptors that may be ready."""


class WorldSelector:
    """Stands where asyncio's loops have their selector, and the recorder listens.

    Args:
        world: The world to wait in.
        gate: Where the loop waits.

    Attributes:
        watched: What the loop watches, as its poller has it.
    """

    __slots__ = ("__dict__", "_gate", "_world", "watched")  # the dictionary is for who listens
    watched: Mapping[int, tuple[File, int]]

    def __init__(self, world: World, gate: Gate) -> None:
        self._world = world
        self._gate = gate

    def select(self, loop: Loop, until_ns: int | None) -> Sequence[object]:
        """Let the world go on, and return what has happened outside.

        Args:
            loop: The loop that asks.
            until_ns: 0 not to wait; else until when at most, None for as long as it takes.
        """
        world = self._world
        if world.agenda:
            world.run_due()
        if world.runnable:
            world.let_others_run()
        if until_ns != 0 and not loop.has_news():
            world.idle(self._gate, until_ns)
        return loop.news()

    def get_key(self, descriptor: int) -> SelectorKey:
        """Return what is waited for at a descriptor: asyncio asks when it prints a transport.

        Raises:
            KeyError: Nothing is.
        """
        _, bits = self.watched[descriptor]
        events = EVENT_READ * bool(bits & POLLIN) | EVENT_WRITE * bool(bits & POLLOUT)
        return SelectorKey(descriptor, descriptor, events, None)

    def close(self) -> None:
        """Nothing to close."""
