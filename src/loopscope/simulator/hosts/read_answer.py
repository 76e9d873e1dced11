"""Reads what a host answers."""

import json
import re
from typing import Any, Final

from loopscope.simulator.hosts import fields
from loopscope.simulator.hosts.description import Answer, ScriptStep
from loopscope.simulator.hosts.fields import Place, Table
from loopscope.simulator.hosts.http_answers import CONTENT_TYPES
from loopscope.simulator.hosts.http_reply import JSON, Reply, encode_body
from loopscope.simulator.hosts.read_latency import read_latency

BODIES: Final = ("body", "json", "file", "directory", "handler", "redirect", "websocket")
KEYS: Final = ("method", "path", "status", "headers", "latency", *BODIES)
METHODS: Final = ("*", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
MOST_STEPS: Final = 10_000

_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}")
_HEADER_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]{0,8000}")


def read_answer(value: object, place: Place) -> Answer:
    """Return an answer.

    Args:
        value: A table.
        place: Where it stands.

    Raises:
        WorldError: It is none.
    """
    given = fields.table(value, place, KEYS)
    bodies = [key for key in BODIES if key in given]
    if len(bodies) > 1:
        place.refuse(f"{' and '.join(bodies)} exclude each other; keep one of them.")
    path = fields.text(given.get("path", "*"), place.at("path"))
    if path[0] not in "/*":
        place.at("path").refuse(f'{fields.shown(path)} does not begin with "/".')
    common: dict[str, Any] = {
        "path": path,
        "method": fields.choice(given.get("method", "*"), place.at("method"), METHODS),
        "status": fields.whole(given.get("status", 200), place.at("status"), 200, 599),
        "headers": _headers(given.get("headers", {}), place.at("headers")),
    }
    if "latency" in given:
        common["latency"] = read_latency(given["latency"], place.at("latency"))
    if bodies:
        key = bodies[0]
        common |= _READERS[key](given[key], place.at(key), given)
    headers = common.pop("content", ()) + common["headers"]
    return Answer(**common | {"headers": tuple(dict(headers).items())})


def whole_answer(body: object, place: Place) -> Answer:
    """Return the one answer that Python code gives to all requests: a body or a handler."""
    if callable(body):
        return Answer(handler=fields.function(body, place))
    reply = body if isinstance(body, Reply) else Reply(body)
    try:
        data, kind = encode_body(reply.body)
    except (TypeError, ValueError, RecursionError) as error:
        place.refuse(f"{fields.shown(body)} cannot be written as JSON: {error}.")
    headers = {"content-type": kind} | _lower(reply.headers, place)
    return Answer(status=reply.status, headers=tuple(headers.items()), body=data)


def _lower(value: object, place: Place) -> dict[str, str]:
    return dict(_headers(value, place))


def _headers(value: object, place: Place) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        place.refuse(f'{fields.shown(value)} is no table; write {{ name = "value" }}.')
    headers: dict[str, str] = {}
    for name, text in value.items():
        if not isinstance(name, str) or not _HEADER_NAME.fullmatch(name):
            place.refuse(f"{fields.shown(name)} is no name of a header.")
        if not isinstance(text, str) or not _HEADER_VALUE.fullmatch(text):
            place.at(name).refuse(f"{fields.shown(text)} is no value of a header: a line of text.")
        if name.lower() in ("content-length", "transfer-encoding", "connection"):
            place.at(name).refuse("the host sets this header itself; leave it out.")
        headers[name.lower()] = text
    return tuple(headers.items())


def _body(value: object, place: Place, _: Table) -> dict[str, Any]:
    if not isinstance(value, str):
        place.refuse(f'{fields.shown(value)} is no text; write it in quotes, as in "text".')
    data, kind = encode_body(value)
    return {"body": data, "content": (("content-type", kind),)}


def _json(value: object, place: Place, _: Table) -> dict[str, Any]:
    try:
        data = json.dumps(value, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        place.refuse(f"{fields.shown(value)} cannot be written as JSON: {error}.")
    return {"body": data, "content": (("content-type", JSON),)}


def _file(value: object, place: Place, _: Table) -> dict[str, Any]:
    path = fields.existing(value, place, "file")
    kind = CONTENT_TYPES.get(path.suffix.lower(), "application/octet-stream")
    return {"body": fields.contents(path, place), "content": (("content-type", kind),)}


def _directory(value: object, place: Place, _: Table) -> dict[str, Any]:
    return {"directory": fields.existing(value, place, "directory")}


def _handler(value: object, place: Place, _: Table) -> dict[str, Any]:
    return {"handler": fields.function(value, place)}


def _redirect(value: object, place: Place, given: Table) -> dict[str, Any]:
    location = fields.text(value, place)
    if not _HEADER_VALUE.fullmatch(location):
        place.refuse(f"{fields.shown(location)} is no address.")
    status = given.get("status", 302)
    if status not in (301, 302, 303, 307, 308):
        place.refuse(f"the status of a redirect is 301, 302, 303, 307 or 308, not {status}.")
    return {"body": b"", "status": status, "content": (("location", location),)}


def _websocket(value: object, place: Place, _: Table) -> dict[str, Any]:
    if value == "echo":
        return {"websocket": ()}
    if not isinstance(value, list | tuple) or not value:
        place.refuse(
            f'{fields.shown(value)} is no script; write "echo", or steps as in '
            '[{ after = "1s", send = "text" }].'
        )
    steps = fields.rows(value, place, MOST_STEPS)
    return {
        "websocket": tuple(_step(step, place.at(f"step {i}")) for i, step in enumerate(steps, 1))
    }


def _step(value: object, place: Place) -> ScriptStep:
    given = fields.table(value, place, ("after", "send", "close"))
    after_ns = fields.duration(given["after"], place.at("after")) if "after" in given else 0
    send, close = given.get("send"), given.get("close")
    if send is not None and not isinstance(send, str):
        place.at("send").refuse(f"{fields.shown(send)} is no text.")
    if close is not None:
        close = fields.whole(close, place.at("close"), 1000, 4999)
    return ScriptStep(after_ns, send, close)


_READERS: Final = {
    "body": _body,
    "json": _json,
    "file": _file,
    "directory": _directory,
    "handler": _handler,
    "redirect": _redirect,
    "websocket": _websocket,
}
