"""HTTP/1.1 requests, read from bytes that come in pieces of any size."""

from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs

MOST_HEAD: Final = 64 * 1024
MOST_BODY: Final = 256 * 1024 * 1024
MOST_CHUNK_LINE: Final = 1024
_HEX: Final = frozenset(b"0123456789abcdefABCDEF")
_TOKEN: Final = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")


class BadRequestError(Exception):
    """What arrived is no HTTP request.

    Args:
        status: What a server answers: 400, 413, 431, 501 or 505.
        reason: Why, in words.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(slots=True)
class Request:
    """One request.

    Attributes:
        method: ``GET`` ...
        target: As it was sent: ``/path?query``.
        version: ``HTTP/1.1`` or ``HTTP/1.0``.
        headers: By name in small letters; what was sent twice is joined by a comma.
        body: The body without its transfer coding.
    """

    method: str
    target: str
    version: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def path(self) -> str:
        """The target without scheme, host and query."""
        target = self.target
        if target.startswith(("http://", "https://")):
            target = "/" + target.partition("://")[2].partition("/")[2]
        return target.partition("?")[0].partition("#")[0]

    @property
    def query(self) -> dict[str, list[str]]:
        """The values of each name in the query."""
        return parse_qs(self.target.partition("?")[2], keep_blank_values=True)

    def json(self) -> Any:
        """Return the body read as JSON."""
        import json  # noqa: PLC0415 - only handlers need it

        return json.loads(self.body)

    @property
    def keeps_alive(self) -> bool:
        """Whether the client means to use the connection again."""
        tokens = {word.strip().lower() for word in self.headers.get("connection", "").split(",")}
        if self.version == "HTTP/1.0":
            return "keep-alive" in tokens
        return "close" not in tokens

    @property
    def expects_continue(self) -> bool:
        """Whether the client waits for a go-ahead before it sends the body."""
        return self.headers.get("expect", "").lower() == "100-continue"


class RequestReader:
    """Cuts a stream into requests.

    ``feed`` takes bytes; ``head`` and ``take`` say what is there. The same requests come out
    whatever the pieces are.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._looked_at = 0
        self._head: Request | None = None
        self._needs: int | None = 0
        self._chunks: bytearray = bytearray()

    def feed(self, data: bytes) -> None:
        """Take bytes."""
        self._buffer += data

    def is_empty(self) -> bool:
        """Whether every byte was taken."""
        return not self._buffer and self._head is None

    def head(self) -> Request | None:
        """Return the request whose head is there but whose body is not read yet, if any.

        Raises:
            BadRequestError: It is no request.
        """
        if self._head is None:
            self._head = self._read_head()
        return self._head

    def take(self) -> Request | None:
        """Return the next complete request, or None if more bytes are needed.

        Raises:
            BadRequestError: It is no request.
        """
        request = self.head()
        if request is None:
            return None
        body = self._read_chunks() if self._needs is None else self._read_sized(self._needs)
        if body is None:
            return None
        request.body = body
        self._head = None
        return request

    def rest(self) -> bytes:
        """Return what was not read yet, and forget it: the connection changes its protocol."""
        rest = bytes(self._buffer)
        self._buffer.clear()
        return rest

    # --------------------------------------------------------------------------------------- head

    def _read_head(self) -> Request | None:
        buffer = self._buffer
        while buffer.startswith(b"\r\n"):
            del buffer[:2]
        end = buffer.find(b"\r\n\r\n", max(self._looked_at - 3, 0))
        if end < 0:
            self._looked_at = len(buffer)
            if len(buffer) > MOST_HEAD + 3:
                raise BadRequestError(431, "the head is longer than 64 KiB")
            return None
        self._looked_at = 0
        if end > MOST_HEAD:
            raise BadRequestError(431, "the head is longer than 64 KiB")
        lines = buffer[:end].decode("latin-1").split("\r\n")
        del buffer[: end + 4]
        request = _read_request_line(lines[0])
        _read_headers(lines, request.headers)
        self._needs = _body_size(request)
        return request

    # --------------------------------------------------------------------------------------- body

    def _read_sized(self, size: int) -> bytes | None:
        buffer = self._buffer
        if len(buffer) < size:
            return None
        if not size:
            return b""
        body = bytes(buffer[:size])
        del buffer[:size]
        return body

    def _read_chunks(self) -> bytes | None:
        while (line_end := self._find_line_end()) >= 0:
            size = _chunk_size(self._buffer[:line_end])
            if not size:
                return self._read_trailer(line_end)
            start = line_end + 2
            if len(self._chunks) + size > MOST_BODY:
                raise BadRequestError(413, "the body is longer than 256 MiB")
            if len(self._buffer) < start + size + 2:
                return None
            if self._buffer[start + size : start + size + 2] != b"\r\n":
                raise BadRequestError(400, "a chunk is longer than it says")
            self._chunks += self._buffer[start : start + size]
            del self._buffer[: start + size + 2]
        return None

    def _find_line_end(self) -> int:
        end = self._buffer.find(b"\r\n", 0, MOST_CHUNK_LINE)
        if end < 0 and len(self._buffer) >= MOST_CHUNK_LINE:
            raise BadRequestError(400, "a chunk does not begin with its size")
        return end

    def _read_trailer(self, line_end: int) -> bytes | None:
        """Skip what comes after the last chunk, up to the empty line."""
        end = self._buffer.find(b"\r\n\r\n", line_end)
        if end < 0:
            end = len(self._buffer) - 3
        if end - line_end > MOST_HEAD:
            raise BadRequestError(431, "the trailer is longer than 64 KiB")
        if not self._buffer.startswith(b"\r\n\r\n", end):
            return None
        del self._buffer[: end + 4]
        body = bytes(self._chunks)
        self._chunks.clear()
        return body


def _read_request_line(line: str) -> Request:
    words = line.split(" ")
    if len(words) != 3:  # noqa: PLR2004 - method, target, version
        raise BadRequestError(400, "the first line is no request")
    method, target, version = words
    if not method or not _TOKEN.issuperset(method.lower()):
        raise BadRequestError(400, "the method is no word")
    if version not in ("HTTP/1.1", "HTTP/1.0"):
        raise BadRequestError(505 if version.startswith("HTTP/") else 400, "not HTTP/1")
    return Request(method, target, version)


def _read_headers(lines: list[str], headers: dict[str, str]) -> None:
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        name = name.lower()
        if not colon or not name or not _TOKEN.issuperset(name):
            raise BadRequestError(400, "a header has no name")
        value = value.strip(" \t")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value


def _body_size(request: Request) -> int | None:
    """Return how long the body is; None if it comes in chunks."""
    coding = request.headers.get("transfer-encoding")
    length = request.headers.get("content-length")
    if coding is not None:
        if coding.lower() != "chunked":
            raise BadRequestError(501, "the transfer coding is not known")
        if length is not None:
            raise BadRequestError(400, "a length and chunks exclude each other")
        return None
    if length is None:
        return 0
    if not length.isascii() or not length.isdigit() or len(length) > 18:  # noqa: PLR2004 - 64 bits
        raise BadRequestError(400, "the length is no number")
    if int(length) > MOST_BODY:
        raise BadRequestError(413, "the body is longer than 256 MiB")
    return int(length)


def _chunk_size(line: bytearray) -> int:
    digits = line.partition(b";")[0].strip(b" \t")
    if not digits or len(digits) > 16 or not _HEX.issuperset(digits):  # noqa: PLR2004 - 64 bits
        raise BadRequestError(400, "the size of a chunk is no number")
    return int(digits, 16)
