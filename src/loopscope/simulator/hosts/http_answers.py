"""Which answer a request gets: the first that matches, from a file or from a handler."""

from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from loopscope.simulator.hosts.calling import HandlerFailedError, call_handler, report_failure
from loopscope.simulator.hosts.description import Answer
from loopscope.simulator.hosts.http_reply import Reply, encode, reply_of
from loopscope.simulator.hosts.http_request import Request
from loopscope.simulator.hosts.model import LiveHost
from loopscope.simulator.hosts.wildcard import matches

STUB: Final = Answer(body=b"{}", headers=(("content-type", "application/json"),))

CONTENT_TYPES: Final = {
    ".css": "text/css",
    ".csv": "text/csv",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml",
}
_TRIED: Final = ("", ".json", ".html", "/index.json", "/index.html")
"""What is added to a path until there is a file of that name."""

Encoded = tuple[bytes, bytes]
"""The head and the body of a reply."""


class Answers:
    """The answers of one host."""

    def __init__(self, host: LiveHost) -> None:
        self._host = host
        self._answers = host.description.answers or (STUB,)

    def find(self, request: Request) -> Answer | None:
        """Return the answer for a request; None if there is none."""
        path = request.path
        for answer in self._answers:
            if _takes(answer.method, request.method) and matches(answer.path, path):
                return answer
        return None

    def reply(self, request: Request, answer: Answer | None, *, closes: bool) -> Encoded:
        """Return the head and the body of an answer to a request."""
        if answer is None:
            text = f"No answer of {self._host.name} fits {request.method} {request.path}.\n"
            return encode(Reply(text, 404), closes=closes)
        if answer.handler is not None:
            return self._handled(answer, request, closes=closes)
        if answer.directory is not None:
            return encode(_from_directory(answer, answer.directory, request), closes=closes)
        return _encode_fixed(answer.body or b"", answer.status, answer.headers, closes)

    def _handled(self, answer: Answer, request: Request, *, closes: bool) -> Encoded:
        handler = answer.handler
        assert handler is not None  # noqa: S101 - the caller looked
        try:
            reply = reply_of(call_handler(self._host, handler, request))
            if answer.headers:
                reply = Reply(reply.body, reply.status, dict(answer.headers) | dict(reply.headers))
            try:
                return encode(reply, closes=closes)
            except (TypeError, ValueError, RecursionError) as error:
                raise report_failure(self._host, handler, error) from error
        except HandlerFailedError as error:
            return encode(Reply(f"{error}\n", 500), closes=closes)


@lru_cache(256)
def _encode_fixed(
    body: bytes, status: int, headers: tuple[tuple[str, str], ...], closes: bool
) -> Encoded:
    """Return what is always the same, in every connection and world."""
    return encode(Reply(body, status, dict(headers)), closes=closes)


def _takes(method: str, asked: str) -> bool:
    """Whether an answer for one method answers another: ``GET`` answers ``HEAD`` too."""
    return method in ("*", asked) or (method == "GET" and asked == "HEAD")


def _from_directory(answer: Answer, directory: Path, request: Request) -> Reply:
    """Return the file that a path names; never one outside the directory."""
    base = directory.resolve()
    path = unquote(request.path).strip("/")
    for ending in _TRIED:
        try:
            file = (base / f"{path}{ending}".lstrip("/")).resolve()
            if file.is_relative_to(base) and file.is_file():
                kind = CONTENT_TYPES.get(file.suffix.lower(), "application/octet-stream")
                headers = {"content-type": kind} | dict(answer.headers)
                return Reply(file.read_bytes(), answer.status, headers)
        except (OSError, ValueError):  # no such name can exist here
            continue
    return Reply(f"There is no file for {request.path} in the directory of answers.\n", 404)
