"""What a host does on one HTTP/1.1 connection: one request after the other, in order."""

from functools import partial
from typing import Final

from loopscope.simulator.hosts.description import Answer, Failure, ScriptStep
from loopscope.simulator.hosts.http_answers import Answers
from loopscope.simulator.hosts.http_reply import Reply, encode
from loopscope.simulator.hosts.http_request import BadRequestError, Request, RequestReader
from loopscope.simulator.hosts.model import LiveHost
from loopscope.simulator.hosts.steer import Asked
from loopscope.simulator.hosts.websocket import WebSocket, accept_upgrade, wants_upgrade
from loopscope.simulator.network.remote import RemoteEnd

READING: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""Methods that are meant to change nothing (RFC 9110, section 9.2.1)."""

SLOW_PIECES: Final = 10
"""In how many pieces a slow body comes, at equal distances."""


class HTTPService:
    """One connection.

    Requests that are sent before the answer to an earlier one are served when that is done, so
    answers come in order.

    Args:
        host: Whose connection it is.
        answers: What the host answers.
        remote: The host's end.
    """

    __slots__ = ("_answers", "_has_ended", "_host", "_is_busy", "_reader", "_remote", "_socket")

    def __init__(self, host: LiveHost, answers: Answers, remote: RemoteEnd) -> None:
        self._host = host
        self._answers = answers
        self._remote = remote
        self._reader = RequestReader()
        self._is_busy = False
        self._has_ended = False
        self._socket: WebSocket | None = None

    def receive(self, data: bytes) -> None:
        """Bytes arrived."""
        if self._socket is not None:
            self._socket.receive(data)
            return
        self._reader.feed(data)
        self._go_on()

    def receive_end(self) -> None:
        """The client will send no more; what it asked is still answered."""
        self._has_ended = True
        if self._socket is not None:
            self._remote.finish()
        else:
            self._go_on()

    def receive_reset(self) -> None:
        """The connection is gone."""

    def _go_on(self) -> None:
        """Begin with the next request, if there is one."""
        if self._is_busy or not self._remote.is_open:
            return
        if self._reader.is_empty():
            if self._has_ended:
                self._remote.finish()
            return
        try:
            request = self._reader.take()
            if request is None:
                self._wait_for_more()
                return
        except BadRequestError as error:
            reply = Reply(f"This is no request: {error}.\n", error.status)
            self._send(*encode(reply, closes=True), then_close=True)
            return
        self._is_busy = True
        answer = self._answers.find(request)
        delay_ns, failure = self._host.begin(answer.latency if answer else None)
        if self._host.steer is not None:
            asked = Asked(
                f"{request.method} {request.target}", request.body, request.method in READING
            )
            delay_ns, failure = self._host.steer.arrived(self._host.name, asked, delay_ns, failure)
        self._host.work(delay_ns, partial(self._answer, request, answer, failure))

    def _wait_for_more(self) -> None:
        head = self._reader.head()
        if self._has_ended:
            self._remote.finish()
        elif head is not None and head.expects_continue:
            head.headers.pop("expect")
            self._remote.send(b"HTTP/1.1 100 Continue\r\n\r\n")

    # ---------------------------------------------------------------------------------- answering

    def _answer(self, request: Request, answer: Answer | None, failure: Failure | None) -> None:
        """The time has come to answer a request."""
        if not self._remote.is_open or (failure and failure.kind == "black-hole"):
            return
        if failure is None and answer is not None and answer.websocket is not None:
            self._upgrade(request, answer.websocket)
            return
        if failure and failure.kind == "reset":
            self._remote.reset()
            return
        closes = not request.keeps_alive
        if failure and failure.kind == "status":
            head, body = encode(Reply("", failure.status), closes=closes)
        else:
            head, body = self._answers.reply(request, answer, closes=closes)
        if request.method == "HEAD":
            body = b""
        if failure and body and failure.kind in ("truncated-body", "slow-body"):
            self._send_badly(head, body, failure, closes)
        else:
            self._send(head, body, then_close=closes)

    def _send_badly(self, head: bytes, body: bytes, failure: Failure, closes: bool) -> None:
        if failure.kind == "truncated-body":
            self._send(head, body[: len(body) // 2], then_close=True)
            return
        self._remote.send(head)
        pieces = cut(body, SLOW_PIECES)
        self._drip(pieces, failure.takes_ns // len(pieces), closes)

    def _send(self, head: bytes, body: bytes, *, then_close: bool) -> None:
        self._remote.send(head + body)
        self._done(then_close=then_close)

    def _drip(self, pieces: list[bytes], pause_ns: int, closes: bool) -> None:
        """Send the pieces of a body, a pause before each."""

        def send_next() -> None:
            self._remote.send(pieces.pop(0))
            if pieces:
                self._host.world.after(pause_ns, send_next)
            else:
                self._done(then_close=closes)

        self._host.world.after(pause_ns, send_next)

    def _done(self, *, then_close: bool) -> None:
        self._is_busy = False
        if then_close:
            self._remote.finish()
        else:
            self._go_on()

    def _upgrade(self, request: Request, script: tuple[ScriptStep, ...]) -> None:
        """Become a WebSocket, if that is what was asked for."""
        if not wants_upgrade(request):
            reply = Reply("This path is a WebSocket.\n", 426, {"upgrade": "websocket"})
            self._send(*encode(reply, closes=True), then_close=True)
            return
        self._remote.send(accept_upgrade(request))
        self._socket = WebSocket(self._host, self._remote, script)
        self._socket.receive(self._reader.rest())


def cut(body: bytes, count: int) -> list[bytes]:
    """Return a body in up to ``count`` pieces of about equal size; at least one."""
    size = max(-(-len(body) // count), 1)
    return [body[at : at + size] for at in range(0, len(body), size)]
