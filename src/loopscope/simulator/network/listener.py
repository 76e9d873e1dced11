"""A listening socket: connections that wait to be accepted."""

from collections import deque
from typing import Any

from loopscope.simulator.network.files import HUNG_UP, READABLE, File
from loopscope.simulator.network.stream import End
from loopscope.simulator.world import World
from loopscope.simulator.world_parts import Action


class Listener(File):
    """Where connections to an address arrive.

    Args:
        world: Whose clock it lives by.
        name: What a report calls it.
        local: The address it listens at.
        on_close: Called when it is closed, to give the address back.

    Attributes:
        is_shut: It takes no more connections.
    """

    __slots__ = ("_on_close", "arrived", "backlog", "is_shut", "local")

    def __init__(self, world: World, name: str, local: Any, on_close: Action) -> None:
        super().__init__(world, name)
        self.local = local
        self.backlog = 128
        self.is_shut = False
        self.arrived: deque[End] = deque()
        self._on_close = on_close

    def mask(self) -> int:
        """Return what poll(2) would report now."""
        if self.is_shut:
            return READABLE | HUNG_UP
        return READABLE if self.arrived else 0

    def is_full(self) -> bool:
        """Whether no more connections are taken; Linux lets one more in than it was told."""
        return len(self.arrived) > self.backlog

    def arrive(self, end: End) -> None:
        """A connection has been made and waits to be accepted."""
        self.arrived.append(end)
        self.changed()

    def shut(self) -> None:
        """Take no more connections; whoever waits for one is told."""
        self.is_shut = True
        self._on_close()
        self.changed()

    def close(self) -> None:
        """Stop listening; connections that nobody accepted are reset."""
        if not self.is_shut:
            self._on_close()
        while self.arrived:
            self.arrived.popleft().abort()
