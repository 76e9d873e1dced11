"""A datagram socket: messages that arrive whole, from anybody."""

import errno
from collections import deque
from typing import TYPE_CHECKING

from loopscope.simulator.network.addresses import Address
from loopscope.simulator.network.files import FAILED, READABLE, WRITABLE, File
from loopscope.simulator.world import World

if TYPE_CHECKING:
    from loopscope.simulator.world_parts import Action

MOST_MESSAGES = 256
"""How many messages wait to be read; what comes on top of them is lost, as in UDP."""


class Mailbox(File):
    """Where the messages to one socket arrive.

    Attributes:
        local: Its address; None before it has one.
        remote: Whom it is connected to; None if to nobody.
        on_close: Called when it is closed, to give the address back.
        error: The errno that waits to be reported: nobody was there for a message.
    """

    __slots__ = ("arrived", "error", "local", "on_close", "remote")

    def __init__(self, world: World) -> None:
        super().__init__(world, "a datagram socket")
        self.local: Address = None
        self.remote: Address = None
        self.on_close: Action | None = None
        self.error = 0
        self.arrived: deque[tuple[bytes, Address]] = deque()

    def mask(self) -> int:
        """Return what poll(2) would report now."""
        failed = FAILED if self.error else 0
        return WRITABLE | failed | (READABLE if self.arrived else 0)

    def take_error(self) -> int:
        """Return the errno that waits to be reported, and forget it."""
        code, self.error = self.error, 0
        return code

    def refused(self) -> None:
        """Nobody was there: who is connected is told, as the kernel does on one machine."""
        if self.remote is not None:
            self.error = errno.ECONNREFUSED
            self.changed()

    def receive(self, message: bytes, sender: Address) -> None:
        """Take a message, or lose it."""
        is_welcome = self.remote is None or self.remote[:2] == sender[:2]
        if is_welcome and not self.is_closed and len(self.arrived) < MOST_MESSAGES:
            self.arrived.append((message, sender))
            self.changed()

    def close(self) -> None:
        """Give the address back."""
        if self.on_close is not None:
            self.on_close()
