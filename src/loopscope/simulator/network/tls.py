"""TLS without cryptography: a handshake of two messages, then everything is sent as it is.

The classes of the ssl module stay; what is replaced is the object of OpenSSL inside them. What a
program can ask of a connection (version, cipher, certificate, ALPN) has answers that verify.
Certificates are neither loaded nor checked: every described host is who it says it is.
"""

import socket
import ssl
from typing import Any, Final, Protocol

from loopscope.simulator.network.handshake import Hello, NotTLSError, choose_protocol, make_hello
from loopscope.simulator.network.sockets import Data, SimulatedSocket

VERSION: Final = "TLSv1.3"
CIPHER: Final = ("TLS_AES_256_GCM_SHA384", VERSION, 256)
EMPTY_DER: Final = b"\x30\x00"
_READ_SIZE: Final = 65536
_NOT_COMPLETE: Final = "The operation did not complete"


class Handshake:
    """One side of a handshake.

    Args:
        is_server: Which side.
        server_name: The host that the client wants.
        protocols: What this side speaks, for ALPN.

    Attributes:
        is_done: Whether data can be exchanged.
        protocol: The protocol agreed on; None if none was.
        peer: What the other side said.
    """

    def __init__(self, protocols: list[str], server_name: str, *, is_server: bool) -> None:
        self.is_server = is_server
        self.is_done = False
        self.protocol: str | None = None
        self.peer = Hello()
        self._protocols = protocols
        self._server_name = server_name
        self._has_begun = False

    def begin(self) -> bytes:
        """Return what a client sends first; nothing a second time, and nothing from a server."""
        if self.is_server or self._has_begun:
            return b""
        self._has_begun = True
        return make_hello(self._server_name, self._protocols)

    def feed(self, data: bytes) -> bytes:
        """Take what arrived; returns what to send. What follows the handshake is in ``peer.rest``.

        Raises:
            ssl.SSLError: The other side does not speak TLS, or hung up.
        """
        if not data:
            text = "[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol"
            raise ssl.SSLEOFError(ssl.SSL_ERROR_EOF, text)
        try:
            self.is_done = self.peer.feed(data)
        except NotTLSError:
            reason = "HTTP_REQUEST" if self.is_server else "WRONG_VERSION_NUMBER"
            text = reason.replace("_", " ").lower()
            raise ssl.SSLError(ssl.SSL_ERROR_SSL, f"[SSL: {reason}] {text}") from None
        if not self.is_done:
            return b""
        if not self.is_server:
            self.protocol = next(iter(self.peer.protocols), None)
            return b""
        chosen = choose_protocol(self._protocols, self.peer.protocols)
        self.protocol = next(iter(chosen), None)
        return make_hello(protocols=chosen)


class Channel(Protocol):
    """Where the bytes of a connection come from and go to."""

    def read(self, size: int, what: str) -> bytes:
        """Return up to ``size`` bytes, nothing at the end; SSLWantReadError if none are there."""

    def write(self, data: Data) -> int:
        """Send bytes; returns how many; SSLWantWriteError if there is no room."""


class BufferChannel:
    """Two memory buffers, as ``SSLContext.wrap_bio`` takes them."""

    def __init__(self, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO) -> None:
        self._incoming = incoming
        self._outgoing = outgoing

    def read(self, size: int, what: str) -> bytes:  # noqa: ARG002 - the interface
        """Return what has arrived."""
        data = self._incoming.read(size)
        if not data and not self._incoming.eof:
            raise ssl.SSLWantReadError(ssl.SSL_ERROR_WANT_READ, f"{_NOT_COMPLETE} (read)")
        return data

    def write(self, data: Data) -> int:
        """Let bytes be sent."""
        return self._outgoing.write(data)


class SocketChannel:
    """A simulated socket, blocking or not."""

    def __init__(self, sock: SimulatedSocket) -> None:
        self._socket = sock

    def read(self, size: int, what: str) -> bytes:
        """Wait for bytes."""
        try:
            return SimulatedSocket.recv(self._socket, size)
        except BlockingIOError:
            raise ssl.SSLWantReadError(ssl.SSL_ERROR_WANT_READ, f"{_NOT_COMPLETE} (read)") from None
        except TimeoutError:
            raise TimeoutError(f"The {what} operation timed out") from None

    def write(self, data: Data) -> int:
        """Wait for room, and send."""
        try:
            return SimulatedSocket.send(self._socket, data)
        except BlockingIOError:
            raise ssl.SSLWantWriteError(
                ssl.SSL_ERROR_WANT_WRITE, f"{_NOT_COMPLETE} (write)"
            ) from None
        except TimeoutError:
            raise TimeoutError("The write operation timed out") from None


class Connection:
    """Stands in for what OpenSSL keeps of one connection (``_ssl._SSLSocket``).

    Args:
        context: The context it was made by.
        channel: Where bytes come from and go to.
        shaking: Its side of the handshake.
        server_hostname: The host that the client wants.
        owner: The ``SSLSocket`` or ``SSLObject`` around it.
    """

    session = None
    session_reused = False

    def __init__(
        self,
        context: ssl.SSLContext,
        channel: Channel,
        shaking: Handshake,
        server_hostname: str | None,
        owner: object,
    ) -> None:
        self.context = context
        self.server_hostname = server_hostname
        self.server_side = shaking.is_server
        self.owner = owner
        self._channel = channel
        self._shaking = shaking
        self._early = b""

    def do_handshake(self) -> None:
        """Go on with the handshake as far as what has arrived allows."""
        shaking = self._shaking
        self._send(shaking.begin())
        while not shaking.is_done:
            self._send(shaking.feed(self._channel.read(_READ_SIZE, "handshake")))
            self._early = shaking.peer.rest

    def _send(self, data: bytes) -> None:
        if data:
            self._channel.write(data)

    def read(self, size: int, buffer: Data = None) -> Any:
        """Return up to ``size`` bytes, or read them into a buffer; nothing at the end."""
        if not self._shaking.is_done:
            self.do_handshake()
        if buffer is not None:
            size = size if 0 < size < len(buffer) else len(buffer)
        if self._early:
            data, self._early = self._early[:size], self._early[size:]
        else:
            data = self._channel.read(size, "read")
        if buffer is None:
            return data
        buffer[: len(data)] = data
        return len(data)

    def write(self, data: Data) -> int:
        """Send bytes; returns how many."""
        if not self._shaking.is_done:
            self.do_handshake()
        return self._channel.write(data)

    def pending(self) -> int:
        """Return how many bytes can be read without waiting."""
        return len(self._early)

    def shutdown(self) -> object:
        """End TLS; nothing is exchanged for that. Returns the socket underneath."""
        return getattr(self._channel, "_socket", None)

    def verify_client_post_handshake(self) -> None:
        """Clients have no certificates here."""

    # -------------------------------------------------------------------- what a program can ask

    def version(self) -> str | None:
        """Return the version of the protocol; None before the handshake."""
        return VERSION if self._shaking.is_done else None

    def cipher(self) -> tuple[str, str, int] | None:
        """Return name, version and bits of the cipher; None before the handshake."""
        return CIPHER if self._shaking.is_done else None

    def shared_ciphers(self) -> list[tuple[str, str, int]] | None:
        """Return to a server the ciphers that both know."""
        return [CIPHER] if self.server_side and self._shaking.is_done else None

    def compression(self) -> None:
        """TLS 1.3 does not compress."""

    def selected_alpn_protocol(self) -> str | None:
        """Return the protocol that both agreed on."""
        return self._shaking.protocol

    def get_channel_binding(self, _kind: str = "tls-unique") -> None:
        """There is nothing to bind to."""

    def getpeercert(self, binary_form: bool = False, /) -> Any:
        """Return the certificate of a host, made out to the name that the client asked for."""
        if not self._shaking.is_done:
            raise ValueError("handshake not done yet")
        if self.server_side:
            return None
        if binary_form:
            return EMPTY_DER
        if self.context.verify_mode == ssl.CERT_NONE:
            return {}
        name = self.server_hostname or "localhost"
        return {
            "subject": ((("commonName", name),),),
            "issuer": ((("commonName", "loopscope"),),),
            "version": 3,
            "serialNumber": "01",
            "notBefore": "Jan  1 00:00:00 1970 GMT",
            "notAfter": "Dec 31 23:59:59 9999 GMT",
            "subjectAltName": (("DNS", name),),
        }

    def get_verified_chain(self) -> list[Any]:
        """There is no chain to show."""
        return []

    get_unverified_chain = get_verified_chain


class SimulatedSSLSocket(ssl.SSLSocket, SimulatedSocket):  # type: ignore[misc]
    """The standard library's ``SSLSocket`` on a simulated socket in place of a real one."""

    @classmethod
    def _create(cls, sock: socket.socket, *args: Any, **kwargs: Any) -> ssl.SSLSocket:
        kind = cls if issubclass(type(sock), SimulatedSocket) else ssl.SSLSocket
        create: Any = vars(ssl.SSLSocket)["_create"].__func__
        made: ssl.SSLSocket = create(kind, sock, *args, **kwargs)
        return made
