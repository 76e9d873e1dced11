"""One end of a stream connection: bytes both ways, half-close, resets, bounded buffers."""

import errno
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from loopscope.simulator.network.files import (
    FAILED,
    HUNG_UP,
    PEER_SHUT,
    READABLE,
    WRITABLE,
    File,
)
from loopscope.simulator.world import World

if TYPE_CHECKING:
    from loopscope.simulator.world_parts import Action, Event

CAPACITY = 256 * 1024
"""How many bytes a connection holds in each direction before the sender has to wait."""

LOW_WATER = CAPACITY // 4
"""A sender that had to wait goes on when there is this much room."""


class FarEnd(Protocol):
    """What an end of a connection talks to: another end, or a service of a described host."""

    def room(self) -> int:
        """How many bytes it would take now."""

    def made_room(self) -> None:
        """Where its bytes go, there is room again."""

    def receive(self, data: bytes) -> None:
        """Take bytes."""

    def receive_end(self) -> None:
        """No more bytes will come."""

    def receive_reset(self) -> None:
        """The connection is gone."""


class End(File):
    """One end of a connection, from the making of the socket on.

    Attributes:
        local: Its own address; None before it is bound.
        remote: The address it is connected to, or is being connected to.
        far: What it talks to; None while it is not connected.
        delay: Draws how long a piece it sends is under way, in ns; None = not at all.
        is_unix: Both ends are Unix sockets: when one closes, the other can send no more.
        is_news: It was connected, and the program has not been told.
        is_rude: Closing resets the connection (``SO_LINGER`` with a time of zero).
        error: An errno that the next operation reports, once; 0 = none.
        has_ended: No more bytes come in.
        is_shut: No more bytes go out.
    """

    __slots__ = (
        "_arrives_ns",
        "_is_stuck",
        "_under_way",
        "attempt",
        "delay",
        "error",
        "far",
        "has_ended",
        "incoming",
        "is_news",
        "is_rude",
        "is_shut",
        "is_unix",
        "local",
        "on_close",
        "remote",
    )

    def __init__(self, world: World, name: str) -> None:
        super().__init__(world, name)
        self.local: Any = None
        self.remote: Any = None
        self.far: FarEnd | None = None
        self.attempt: Event | None = None
        self.on_close: Action | None = None
        self.incoming = bytearray()
        self.delay: Callable[[], int] | None = None
        self.is_unix = False
        self.is_news = False
        self.is_rude = False
        self.error = 0
        self.has_ended = False
        self.is_shut = False
        self._under_way = 0
        self._arrives_ns = 0
        self._is_stuck = False

    def mask(self) -> int:
        """Return what poll(2) would report now."""
        if self.far is None and not self.has_ended:
            if self.error:
                return READABLE | WRITABLE | FAILED | HUNG_UP
            return 0 if self.attempt else WRITABLE | HUNG_UP
        mask = 0
        if self.has_ended:
            mask = READABLE | PEER_SHUT
            if self.is_shut:
                mask |= HUNG_UP
        elif self.incoming:
            mask = READABLE
        if self.is_shut or self._send_room() >= (LOW_WATER if self._is_stuck else 1):
            mask |= WRITABLE
        if self.error:
            mask |= READABLE | WRITABLE | FAILED
        return mask

    # --------------------------------------------------------------------------------- connecting

    def is_connecting(self) -> bool:
        """Whether an attempt to connect is under way."""
        return self.attempt is not None

    def established(self, far: FarEnd) -> None:
        """The connection stands."""
        self.attempt = None
        self.far = far
        self.is_news = True
        self.changed()

    def failed(self, code: int) -> None:
        """Connecting failed with an errno."""
        self.attempt = None
        self.error = code
        self.changed()

    def take_error(self) -> int:
        """Return the errno that waits to be reported, and forget it."""
        code, self.error = self.error, 0
        return code

    # ------------------------------------------------------------------------------------ sending

    def send(self, data: Any) -> int:
        """Send as much as there is room for.

        Returns:
            How many bytes were taken; 0 if there is no room now.

        Raises:
            OSError: The connection is reset, was never made, or is shut for sending.
        """
        far = self.far
        if self.error:
            raise os_error(self.take_error())
        if far is None or self.is_shut:
            raise os_error(errno.EPIPE)
        room = self._send_room()
        if len(data) > room:
            self._is_stuck = True
            if room <= 0:
                return 0
            data = data[:room]
        data = bytes(data)
        if self.delay is None:
            far.receive(data)
        else:
            self._under_way += len(data)
            self._carry(self.delay, far.receive, data)
        return len(data)

    def _send_room(self) -> int:
        return 0 if self.far is None else self.far.room() - self._under_way

    def _carry(self, delay: Callable[[], int], deliver: Callable[..., None], *data: bytes) -> None:
        """Let something arrive later, and never before what was sent earlier."""

        def arrive() -> None:
            self._under_way -= sum(map(len, data))
            deliver(*data)

        self._arrives_ns = max(self._arrives_ns, self.world.now_ns + delay())
        self.world.at(self._arrives_ns, arrive)

    def shut(self) -> None:
        """Send nothing any more; what was sent still arrives."""
        if self.is_shut or self.far is None:
            return
        self.is_shut = True
        self._pass_on(self.far.receive_end)
        self.changed()

    def _pass_on(self, deliver: Callable[[], None]) -> None:
        if self.delay is None:
            deliver()
        else:
            self._carry(self.delay, deliver)

    # ---------------------------------------------------------------------------------- receiving

    def room(self) -> int:
        """How many bytes it would take now."""
        return CAPACITY - len(self.incoming)

    def made_room(self) -> None:
        """The far end has read something: who had to wait may send again."""
        if self._is_stuck and self._send_room() >= LOW_WATER:
            self._is_stuck = False
            self.changed()

    def receive(self, data: bytes) -> None:
        """Take bytes from the far end; an end that is closed answers with a reset."""
        if self.is_closed:
            self._refuse()
        elif not self.has_ended:
            self.incoming += data
            self.changed()

    def receive_end(self) -> None:
        """No more bytes will come."""
        if self.is_closed:
            self.far = None
        elif not self.has_ended:
            self.has_ended = True
            self.changed()

    def receive_close(self) -> None:
        """The far end of a Unix connection has closed."""
        self.is_shut = True
        self.receive_end()

    def receive_reset(self) -> None:
        """The connection is gone; what came before can still be read."""
        if not self.is_closed and self.far is not None:
            self.error = errno.EPIPE if self.has_ended else errno.ECONNRESET
            self.has_ended = self.is_shut = True
            self.far = None
            self.changed()

    def take(self, size: int, *, peek: bool = False) -> bytes | None:
        """Return up to ``size`` bytes, ``b""`` at the end of the stream, None if none are there.

        Raises:
            OSError: The connection was reset, or never made.
        """
        incoming = self.incoming
        if incoming:
            data = bytes(incoming[:size])
            if not peek:
                del incoming[:size]
                if self.far is not None:
                    self.far.made_room()
            return data
        if self.error and not (self.has_ended and self.error == errno.EPIPE):
            raise os_error(self.take_error())
        if self.has_ended:
            return b""
        if self.far is None:
            raise os_error(errno.ENOTCONN)
        return None

    def stop_reading(self) -> None:
        """Read nothing any more (``shutdown(SHUT_RD)``)."""
        self.has_ended = True
        self.changed()

    # ------------------------------------------------------------------------------------ closing

    def close(self) -> None:
        """Say goodbye to the far end: rudely if something was left unread."""
        if self.attempt is not None:
            self.attempt.cancel()
            self.attempt = None
        if self.incoming or self.is_rude:
            self._refuse()
        else:
            if self.is_unix and isinstance(self.far, End):
                self.far.receive_close()
            self.shut()
            if self.has_ended:
                self.far = None
        if self.on_close is not None:
            self.on_close()

    def abort(self) -> None:
        """Reset the connection, as closing with a linger time of zero does."""
        self._refuse()

    def _refuse(self) -> None:
        far, self.far = self.far, None
        self.is_shut = True
        self.incoming.clear()
        if far is not None:
            self._pass_on(far.receive_reset)


def os_error(code: int) -> OSError:
    """Return the exception for an errno, of the right class (``ConnectionResetError`` ...)."""
    return OSError(code, os.strerror(code))
