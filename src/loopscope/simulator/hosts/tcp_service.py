"""What a host of the kind ``tcp`` does: a handler answers bytes with bytes, or they are echoed."""

from functools import partial

from loopscope.simulator.hosts.calling import HandlerFailedError, call_handler, report_failure
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
            answer = call_handler(self._host, handler, data)
            if answer is not None and not isinstance(answer, bytes | bytearray | memoryview):
                wrong = TypeError(f"it returned {type(answer).__name__}, not bytes.")
                raise report_failure(self._host, handler, wrong)
        except HandlerFailedError:
            self._remote.reset()
            return b""
        return bytes(answer or b"")
