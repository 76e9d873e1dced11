"""A WebSocket after its upgrade (RFC 6455): echo, or a script."""

import base64
import hashlib
import struct
from functools import partial
from typing import Final

from loopscope.simulator.hosts.description import ScriptStep
from loopscope.simulator.hosts.http_request import Request
from loopscope.simulator.hosts.in_order import InOrder
from loopscope.simulator.hosts.model import LiveHost
from loopscope.simulator.hosts.steer import Asked
from loopscope.simulator.network.remote import RemoteEnd

_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""The constant of RFC 6455, section 1.3."""

CONTINUATION: Final = 0x0
TEXT: Final = 0x1
BINARY: Final = 0x2
CLOSE: Final = 0x8
PING: Final = 0x9
PONG: Final = 0xA

PROTOCOL_ERROR: Final = 1002
TOO_BIG: Final = 1009
MOST_BYTES: Final = 16 * 1024 * 1024
"""The longest message that is taken."""


class _BadFrameError(Exception):
    """What arrived is no frame of a client; the argument is the code to close with."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self.code = code


def wants_upgrade(request: Request) -> bool:
    """Whether a request asks for a WebSocket."""
    return request.headers.get("upgrade", "").lower() == "websocket"


def accept_upgrade(request: Request) -> bytes:
    """Return the answer that makes a connection a WebSocket."""
    key = request.headers.get("sec-websocket-key", "").encode("latin-1")
    digest = base64.b64encode(hashlib.sha1(key + _GUID).digest()).decode()  # noqa: S324 - as the RFC says
    lines = [
        "HTTP/1.1 101 Switching Protocols",
        "upgrade: websocket",
        "connection: Upgrade",
        f"sec-websocket-accept: {digest}",
    ]
    protocol = request.headers.get("sec-websocket-protocol", "").partition(",")[0].strip()
    if protocol:
        lines.append(f"sec-websocket-protocol: {protocol}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def frame(opcode: int, payload: bytes) -> bytes:
    """Return a frame as a server sends it: whole, and not masked."""
    size = len(payload)
    if size < 126:  # noqa: PLR2004 - RFC 6455, section 5.2
        return bytes([0x80 | opcode, size]) + payload
    if size < 1 << 16:
        return struct.pack("!BBH", 0x80 | opcode, 126, size) + payload
    return struct.pack("!BBQ", 0x80 | opcode, 127, size) + payload


class WebSocket:
    """One WebSocket, seen from the host.

    Args:
        host: Whose it is; its latency is that of an echo.
        remote: The host's end of the connection.
        script: What it does by itself; without one it echoes every message.
    """

    __slots__ = ("_answers", "_buffer", "_echoes", "_host", "_message", "_opcode", "_remote")

    def __init__(self, host: LiveHost, remote: RemoteEnd, script: tuple[ScriptStep, ...]) -> None:
        self._host = host
        self._remote = remote
        self._echoes = not script
        self._answers = InOrder()
        self._buffer = bytearray()
        self._message = bytearray()
        self._opcode = TEXT
        due_ns = host.world.now_ns
        for step in script:
            due_ns += step.after_ns
            host.world.at(due_ns, partial(self._play, step))

    def receive(self, data: bytes) -> None:
        """Bytes arrived."""
        self._buffer += data
        try:
            while self._remote.is_open and (found := self._take()) is not None:
                self._handle(*found)
        except _BadFrameError as error:
            self._close(error.code)

    def _take(self) -> tuple[int, bool, bytes] | None:
        """Return (opcode, whether it is the last of a message, payload) of the next frame."""
        buffer = self._buffer
        if len(buffer) < 2:  # noqa: PLR2004 - the shortest head
            return None
        first, second = buffer[0], buffer[1]
        if not second & 0x80 or first & 0x70:
            raise _BadFrameError(PROTOCOL_ERROR)
        size, start = second & 0x7F, 2
        if size >= 126:  # noqa: PLR2004 - RFC 6455, section 5.2
            width = 2 if size == 126 else 8  # noqa: PLR2004
            start += width
            if len(buffer) < start:
                return None
            size = int.from_bytes(buffer[2:start])
        if size > MOST_BYTES:
            raise _BadFrameError(TOO_BIG)
        if len(buffer) < start + 4 + size:
            return None
        payload = _unmask(buffer[start : start + 4], buffer[start + 4 : start + 4 + size])
        del buffer[: start + 4 + size]
        return first & 0x0F, bool(first & 0x80), payload

    def _handle(self, opcode: int, is_last: bool, payload: bytes) -> None:
        if opcode == PING:
            self._remote.send(frame(PONG, payload))
        elif opcode == CLOSE:
            self._remote.send(frame(CLOSE, payload[:2]))
            self._remote.finish()
        elif opcode in (TEXT, BINARY, CONTINUATION):
            self._add(opcode, is_last, payload)
        elif opcode != PONG:
            raise _BadFrameError(PROTOCOL_ERROR)

    def _add(self, opcode: int, is_last: bool, payload: bytes) -> None:
        if opcode != CONTINUATION:
            self._opcode = opcode
        self._message += payload
        if len(self._message) > MOST_BYTES:
            raise _BadFrameError(TOO_BIG)
        if is_last:
            message, self._message = bytes(self._message), bytearray()
            if self._echoes:
                delay_ns, _ = self._host.begin()
                if self._host.steer is not None:
                    asked = Asked("message", message, is_read=False)
                    delay_ns, _ = self._host.steer.arrived(self._host.name, asked, delay_ns, None)
                echo = partial(self._remote.send, frame(self._opcode, message))
                self._host.work(delay_ns, self._answers.add(echo))

    def _play(self, step: ScriptStep) -> None:
        if not self._remote.is_open:
            return
        if isinstance(step.send, str):
            self._remote.send(frame(TEXT, step.send.encode()))
        elif step.send is not None:
            self._remote.send(frame(BINARY, step.send))
        if step.close is not None:
            self._close(step.close)

    def _close(self, code: int) -> None:
        self._remote.send(frame(CLOSE, struct.pack("!H", code)))
        self._remote.finish()


def _unmask(mask: bytearray, payload: bytearray) -> bytes:
    size = len(payload)
    repeated = int.from_bytes((mask * (size // 4 + 1))[:size])
    return (int.from_bytes(payload) ^ repeated).to_bytes(size)
