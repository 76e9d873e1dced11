"""The far end of a connection to a described host: what arrives there goes to a service."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from loopscope.errors import SimulationError
from loopscope.simulator.network.handshake import RECORD, Hello, choose_protocol, make_hello
from loopscope.simulator.network.stream import CAPACITY, End
from loopscope.simulator.world import World


class Service(Protocol):
    """What a host does on one connection. Its methods are called when something arrives."""

    def receive(self, data: bytes) -> None:
        """Bytes arrived."""

    def receive_end(self) -> None:
        """The client will send no more."""

    def receive_reset(self) -> None:
        """The connection is gone."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What comes of one attempt to connect.

    Attributes:
        delay_ns: How long until the client knows.
        code: An errno if it fails; 0 if it succeeds; None if nothing ever comes back.
        serve: Makes the service of the connection.
        tls_ns: How long a TLS handshake takes.
        forward: The address of a server in the same simulation that answers instead.
        delay: Draws how long a piece is under way to that server, or from it, in ns.
    """

    delay_ns: int = 0
    code: int | None = 0
    serve: "Callable[[RemoteEnd], Service] | None" = None
    tls_ns: int = 0
    forward: tuple[str, int] | None = None
    delay: Callable[[], int] | None = None


class RemoteHost(Protocol):
    """A described host, as the network sees it."""

    @property
    def is_known_at_once(self) -> bool:
        """Whether finding its address never takes any time."""

    def look_up(self) -> tuple[int, bool]:
        """Return how long it takes to find its address, in ns, and whether it is found."""

    def open(self, port: int) -> Opening:
        """Somebody connects."""


class Hosts(Protocol):
    """Every described host."""

    def attach(self, world: World, report: Callable[[SimulationError], object]) -> None:
        """Let the hosts live in a world, and report what is wrong with their descriptions."""

    def find(self, name: str, port: int | None) -> RemoteHost | None:
        """Return who answers under a name at a port (None: at any port); None if nobody does."""

    def find_beside(self, port: int) -> RemoteHost | None:
        """Return who is described as running on the program's own machine, at a port."""


class RemoteEnd:
    """The host's end of one connection.

    A service behind TLS sees what is inside; TLS is recognised by its first byte.

    Args:
        world: The world.
        near: The end of the program that connected.
        serve: Makes the service.
        tls_ns: How long a TLS handshake takes.

    Attributes:
        is_open: Whether what is sent can still arrive.
        is_tls: Whether the client speaks TLS; known from its first byte on.
    """

    __slots__ = ("_hello", "_near", "_on_data", "_service", "_tls_ns", "is_open", "is_tls", "world")

    def __init__(
        self, world: World, near: End, serve: "Callable[[RemoteEnd], Service]", tls_ns: int
    ) -> None:
        self.world = world
        self.is_tls = False
        self.is_open = True
        self._near = near
        self._tls_ns = tls_ns
        self._hello = Hello()
        self._service = serve(self)
        self._on_data: Callable[[bytes], None] = self._begin

    # ------------------------------------------------------------------------ towards the program

    def send(self, data: bytes) -> None:
        """Let bytes arrive at the program now."""
        if self.is_open:
            self._near.receive(data)

    def finish(self) -> None:
        """Close it; the program sees the end of the stream."""
        if self.is_open:
            self.is_open = False
            self._near.receive_end()

    def reset(self) -> None:
        """Reset the connection."""
        if self.is_open:
            self.is_open = False
            self._near.receive_reset()

    # ---------------------------------------------------------------------- what the program sends

    def room(self) -> int:
        """A service takes everything at once."""
        return CAPACITY

    def made_room(self) -> None:
        """A service does not wait for room."""

    def receive(self, data: bytes) -> None:
        """Give what arrived to the service; a host that closed already answers with a reset."""
        if self.is_open:
            self._on_data(data)
        else:
            self._near.receive_reset()

    def receive_end(self) -> None:
        """Tell the service that no more comes."""
        self._service.receive_end()

    def receive_reset(self) -> None:
        """Tell the service that the connection is gone."""
        self.is_open = False
        self._service.receive_reset()

    def _begin(self, data: bytes) -> None:
        self.is_tls = data[:1] == RECORD[:1]
        self._on_data = self._shake_hands if self.is_tls else self._service.receive
        self._on_data(data)

    def _shake_hands(self, data: bytes) -> None:
        if not self._hello.feed(data):
            return
        self._on_data = self._service.receive
        protocols = choose_protocol(["http/1.1"], self._hello.protocols)
        answer = make_hello(protocols=protocols)
        if self._tls_ns:
            self.world.after(self._tls_ns, partial(self.send, answer))
        else:
            self.send(answer)
        if self._hello.rest:
            self._service.receive(self._hello.rest)
