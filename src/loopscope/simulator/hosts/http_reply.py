"""HTTP answers: what a handler may return, and the bytes that are sent."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

JSON: Final = "application/json"
_BODILESS: Final = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
_REASONS: Final = {int(status): status.phrase for status in HTTPStatus}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to a request.

    Attributes:
        body: Bytes, text, or anything that JSON can hold.
        status: The status code.
        headers: Beside those that every answer has. ``content-type`` is guessed if missing:
            text is ``text/plain``, bytes are ``application/octet-stream``, all else is JSON.
    """

    body: Any = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def reply_of(value: Any) -> Reply:
    """Return the reply that a handler meant by what it returned.

    A ``Reply`` is itself; None has no content; a pair of a number and something is a status and
    a body; all else is a body.
    """
    if isinstance(value, Reply):
        return value
    if value is None:
        return Reply(status=204)
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], int):  # noqa: PLR2004
        return Reply(value[1], value[0])
    return Reply(value)


def encode_body(body: Any) -> tuple[bytes, str]:
    """Return a body as bytes, and its content type."""
    if isinstance(body, bytes | bytearray | memoryview):
        return bytes(body), "application/octet-stream"
    if isinstance(body, str):
        return body.encode(), "text/plain; charset=utf-8"
    return json.dumps(body).encode(), JSON


def encode(reply: Reply, *, closes: bool = False) -> tuple[bytes, bytes]:
    """Return the head and the body of a reply as they are sent.

    Raises:
        TypeError, ValueError: The body is nothing that JSON can hold, or a header has a line end.
    """
    body, kind = encode_body(reply.body)
    headers = {name.lower(): str(value) for name, value in reply.headers.items()}
    lines = [f"HTTP/1.1 {int(reply.status)} {_REASONS.get(reply.status, 'Unknown')}"]
    if reply.status in _BODILESS:
        body = b""
    else:
        headers.setdefault("content-type", kind)
        headers.setdefault("content-length", str(len(body)))
    if closes:
        headers["connection"] = "close"
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("a header must not contain a line end")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"), body
