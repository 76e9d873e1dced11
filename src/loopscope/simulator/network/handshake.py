"""The two messages that stand for a TLS handshake; what follows is sent as it is.

A client's hello names the server and the protocols it speaks, a server's hello the protocol chosen.
They look like TLS records of the type *handshake*, so that an end that expects TLS and gets
something else notices it, as with real TLS.
"""

from typing import Final

RECORD: Final = b"\x16\x03\x03"
"""What a handshake record begins with; no HTTP request, Redis command or line of text does."""

_HEAD_SIZE: Final = 5


class NotTLSError(Exception):
    """The other end does not speak TLS."""


class Hello:
    """One message of the handshake as it arrives, in pieces of any size.

    Attributes:
        server_name: The host that the client wants, or an empty text.
        protocols: The protocols for ALPN: what the client offers, or the one the server chose.
        rest: What came after it.
    """

    def __init__(self) -> None:
        self.server_name = ""
        self.protocols: list[str] = []
        self.rest = b""
        self._arrived = bytearray()

    def feed(self, data: bytes) -> bool:
        """Take bytes; returns whether the message is complete.

        Raises:
            NotTLSError: This is no handshake.
        """
        self._arrived += data
        if not RECORD.startswith(self._arrived[: len(RECORD)]):
            raise NotTLSError
        if len(self._arrived) < _HEAD_SIZE:
            return False
        end = _HEAD_SIZE + int.from_bytes(self._arrived[3:_HEAD_SIZE])
        if len(self._arrived) < end:
            return False
        name, *protocols = (
            bytes(self._arrived[_HEAD_SIZE:end]).decode("utf-8", "replace").split("\0")
        )
        self.server_name, self.protocols = name, protocols
        self.rest = bytes(self._arrived[end:])
        return True


def make_hello(server_name: str = "", protocols: list[str] | None = None) -> bytes:
    """Return the message of one side."""
    body = "\0".join([server_name, *(protocols or [])]).encode("utf-8", "replace")
    return RECORD + len(body).to_bytes(2) + body


def choose_protocol(own: list[str], offered: list[str]) -> list[str]:
    """Return the first protocol of the server's own that the client offers, or nothing."""
    return next(([name] for name in own if name in offered), [])
