"""What a host of the kind ``tcp`` does: a handler answers bytes with bytes, or they are echoed."""

from functools import partial

from loopscope.errors import SimulationError
from loopscope.simulator.hosts.description import Failure
from loopscope.simulator.hosts.model import LiveHost
from loopscope.simulator.network.remote import RemoteEnd


class TCPService:
    """One connection. Every piece that arrives is a request.

    Args:
        host: Whose connection it is.
        remote: The host's end.
    """

    __slots__ = ("_has_ended", "_host", "_pending", "_remote")

    def __init__(self, host: LiveHost, remote: RemoteEnd) -> None:
        self._host = host
        self._remote = remote
        self._pending = 0
        self._has_ended = False

    def receive(self, data: bytes) -> None:
        """Bytes arrived."""
        self._pending += 1
        delay_ns, failure = self._host.begin()
        self._host.work(delay_ns, partial(self._answer, data, failure))

    def receive_end(self) -> None:
        """The client will send no more; what it sent is still answered."""
        self._has_ended = True
        if not self._pending:
            self._remote.finish()

    def receive_reset(self) -> None:
        """The connection is gone."""

    def _answer(self, data: bytes, failure: Failure | None) -> None:
        if failure is not None and failure.kind == "black-hole":
            return
        self._pending -= 1
        if failure is not None:
            self._remote.reset()
            return
        self._remote.send(self._made(data))
        if self._has_ended and not self._pending:
            self._remote.finish()

    def _made(self, data: bytes) -> bytes:
        handler = self._host.description.handler
        if handler is None:
            return data
        try:
            return bytes(handler(data) or b"")
        except Exception as error:  # noqa: BLE001 - whatever the user's handler raises
            name = getattr(handler, "__qualname__", repr(handler))
            problem = SimulationError(
                f"The handler {name} of the host {self._host.name} failed on {len(data)} bytes: "
                f"{type(error).__name__}: {error}. The program got a reset.",
                slug="handler-failed",
            )
            problem.__cause__ = error
            self._host.report(problem)
            self._remote.reset()
            return b""
