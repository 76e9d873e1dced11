"""The local server of ``loopscope learn --web``: one learner, one machine."""

import sys
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import parse_qs

from loopscope.learn.web.app import App
from loopscope.learn.web.guard import Guard
from loopscope.learn.web.page import Reply, see

MOST_BYTES: Final = 256 * 1024
MOST_DIGITS: Final = len(str(MOST_BYTES))
MOST_FIELDS: Final = 1_000
FORM: Final = "application/x-www-form-urlencoded"
PATIENCE_S: Final = 20


def make_server(app: App) -> tuple[ThreadingHTTPServer, str]:
    """Return a server on a free port of this machine, and the address to open.

    The address holds a token. The browser gets a cookie for it, and an address without it.
    """
    server = _Server(("127.0.0.1", 0), BaseHTTPRequestHandler)
    guard = Guard.new(server.server_port)
    server.RequestHandlerClass = partial(_Handler, app, guard)
    return server, f"{guard.origin}/?token={guard.token}"


def _plain(status: int, text: str) -> Reply:
    return Reply(status, f"{text}\n".encode())


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that has gone away; all else is a fault of loopscope's."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    """Lets a request through to the application if everything about it is as it should be."""

    timeout = PATIENCE_S
    error_message_format = "%(code)d %(message)s\n"
    error_content_type = "text/plain; charset=utf-8"

    def __init__(self, app: App, guard: Guard, *args: object) -> None:
        self._app = app
        self._guard = guard
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        refused = self._refused_by_name()
        if refused is None and path == "/" and self._guard.has_token(parse_qs(query)):
            self._send(see("/"), {"Set-Cookie": self._guard.set_cookie()})
            return
        self._send(refused or self._without_cookie() or self._app.get(path))

    def do_POST(self) -> None:
        refused = self._refused_by_name() or self._without_cookie() or self._unfit_body()
        if refused is not None:
            self.close_connection = True
            self._send(refused)
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            form = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError:
            self._send(_plain(400, "This is no form."))
            return
        self._send(self._app.post(self.path.partition("?")[0], form))

    def _refused_by_name(self) -> Reply | None:
        if not self._guard.is_our_name(self.headers):
            return _plain(403, "This server has another name.")
        if not self._guard.is_our_page(self.headers):
            return _plain(403, "This request comes from a foreign page.")
        return None

    def _without_cookie(self) -> Reply | None:
        if self._guard.has_cookie(self.headers):
            return None
        return _plain(403, "Open the address that 'loopscope learn --web' has printed.")

    def _unfit_body(self) -> Reply | None:
        kind = (self.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        if kind != FORM:
            return _plain(415, "Only forms are taken.")
        length = self.headers.get("Content-Length") or ""
        if not (length.isascii() and length.isdigit()):
            return _plain(411, "The length is missing.")
        is_too_long = len(length) > MOST_DIGITS or int(length) > MOST_BYTES
        return _plain(413, "This is too long.") if is_too_long else None

    def _send(self, reply: Reply, more: dict[str, str] | None = None) -> None:
        self.send_response(reply.status)
        headers = {
            "Content-Type": reply.kind,
            "Content-Length": str(len(reply.body)),
            "Content-Security-Policy": reply.policy,
            **({"Location": reply.to} if reply.to else {}),
            **(more or {}),
        }
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)

    def end_headers(self) -> None:
        """Add what belongs to every answer, also to errors."""
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def version_string(self) -> str:
        """Say no more than who answers."""
        return "loopscope"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name that the standard library calls it by)
        """Say nothing: what goes on is on the page."""
