"""What a host of the kind ``tcp`` does: a handler answers bytes with bytes, or they are echoed."""

from functools import partial

from loopscope.simulator.hosts.calling import HandlerFailedError, call_handler, report_failure
from loopscope.simulator.hosts.description import Failure
from loopscope.simulator.hosts.in_order import InOrder
from loopscope.simulator.hosts.model import LiveHost
from loopscope.simulator.hosts.steer import Asked
from loopscope.simulator.network.remote import RemoteEnd


class TCPService:
    """One connection. Every piece that arrives is a request.

    Args:
        host: Whose connection it is.
        remote: The host's end.
    """

    __slots__ = ("_answers", "_has_ended", "_host", "_remote")

    def __init__(self, host: LiveHost, remote: RemoteEnd) -> None:
        self._host = host
        self._remote = remote
        self._answers = InOrder()
        self._has_ended = False

    def receive(self, data: bytes) -> None:
        """Bytes arrived."""
        host = self._host
        delay_ns, failure = host.begin()
        if host.steer is not None:
            asked = Asked("", data, is_read=False)
            delay_ns, failure = host.steer.arrived(host.name, asked, delay_ns, failure)
        self._host.work(delay_ns, self._answers.add(partial(self._answer, data, failure)))

    def receive_end(self) -> None:
        """The client will send no more; what it sent is still answered."""
        self._has_ended = True
        self._finish_if_done()

    def receive_reset(self) -> None:
        """The connection is gone."""

    def _answer(self, data: bytes, failure: Failure | None) -> None:
        if failure is not None:
            if failure.kind == "reset":
                self._remote.reset()
            self._answers.is_held = True  # whatever comes after it is lost as well
        elif self._remote.is_open:
            self._remote.send(self._made(data))
            self._finish_if_done()

    def _finish_if_done(self) -> None:
        if self._has_ended and self._answers.is_empty():
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
