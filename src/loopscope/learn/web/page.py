"""The frame of a page: its head, its style, its one small script."""

import secrets
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from loopscope.learn.web.markup import Html, Inside, joined, raw_element, tag

HTML: Final = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a request is answered with. ``policy`` is its Content-Security-Policy."""

    status: int
    body: bytes = b""
    kind: str = "text/plain; charset=utf-8"
    policy: str = "default-src 'none'; frame-ancestors 'none'"
    to: str = ""
    """Where the browser is sent instead."""


def page(title: str, *inside: Inside, status: int = 200) -> Reply:
    """Return a page. Only its own script and style run, and it asks nobody but this server."""
    nonce = secrets.token_urlsafe(16)
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width,initial-scale=1"),
        tag("link", rel="icon", href="data:,"),
        tag("title", f"{title} - loopscope learn"),
        raw_element("style", _asset("learn.css"), nonce),
    )
    home = tag("header", tag("a", "loopscope learn", href="/"))
    script = raw_element("script", _asset("learn.js"), nonce)
    body = tag("body", home, tag("main", *inside), script)
    whole = joined([Html("<!doctype html>\n"), tag("html", head, body, lang="en")])
    return Reply(status, whole.text.encode(errors="replace"), HTML, _policy(nonce))


def see(path: str) -> Reply:
    """Return an answer that sends the browser to another page."""
    return Reply(303, to=path)


def not_found() -> Reply:
    """Return the answer to a request for what is not there."""
    return page("Not found", tag("h1", "There is no such page."), status=404)


def _policy(nonce: str) -> str:
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
        "img-src data:; connect-src 'self'; frame-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def _asset(name: str) -> str:
    return files("loopscope.learn.web").joinpath("assets", name).read_text("utf-8")
