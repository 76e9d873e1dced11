"""Reads the description of one host."""

import re
from typing import Any, Final

from loopscope.simulator.hosts import fields
from loopscope.simulator.hosts.description import Answer, Description
from loopscope.simulator.hosts.fields import Place, Table
from loopscope.simulator.hosts.read_answer import read_answer
from loopscope.simulator.hosts.read_failures import read_failures
from loopscope.simulator.hosts.read_latency import read_latency

KINDS: Final = ("http", "redis", "tcp")
KEYS: Final = (
    "name",
    "port",
    "kind",
    "latency",
    "connect",
    "dns",
    "tls",
    "capacity",
    "failures",
    "answer",
    "handler",
    "data",
    "forward",
)
MOST_ANSWERS: Final = 10_000
MOST_PORT: Final = 65535
_NAME: Final = re.compile(r"[A-Za-z0-9*_.:-]{1,253}")
_OWNERS: Final = {"answer": ("http",), "handler": ("redis", "tcp"), "data": ("redis",)}
"""Keys that not every kind of host has."""

_NOT_FORWARDED: Final = ("kind", "capacity", "answer", "handler", "data", "tls")


def read_host(value: object, place: Place, number: int) -> Description:
    """Return the description of a host.

    Args:
        value: A table.
        place: Where it stands: the file.
        number: Which host of the file it is, from 1, as long as its name is not known.

    Raises:
        WorldError: It is none.
    """
    here = place.at(f"host {number}")
    given = fields.table(value, here, KEYS)
    name = given.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        here.refuse(
            'the key name is missing; write name = "api.example.com".'
            if name is None
            else f'name: {fields.shown(name)} is no name of a host; write "api.example.com", an '
            'address, or a pattern as in "*.example.com".',
            key="name",
        )
    here = place.at(f"host {name}", "host", str(number))
    kind = fields.choice(given.get("kind", "http"), here.at("kind"), KINDS)
    if "forward" in given:
        kind = "forward"
    _check_keys(given, here, kind)
    common: dict[str, Any] = {"name": name.lower()}
    for key in ("latency", "connect", "dns", "tls"):
        if key in given:
            common[key] = read_latency(given[key], here.at(key))
    for key, most in (("port", MOST_PORT), ("capacity", 1_000_000)):
        if key in given:
            common[key] = fields.whole(given[key], here.at(key), 1, most)
    if "failures" in given:
        common["failures"] = read_failures(given["failures"], here.at("failures"), kind)
    common |= _what_it_does(given, here)
    return Description(**common, kind="tcp" if kind == "forward" else kind)


def _check_keys(given: Table, place: Place, kind: str) -> None:
    for key, owners in _OWNERS.items():
        if key in given and kind not in (*owners, "forward"):
            kinds = " or ".join(f'"{one}"' for one in owners)
            place.at(key).refuse(f"only a host of kind = {kinds} has this key.")
    if kind == "forward":
        for key in _NOT_FORWARDED:
            if key in given:
                place.at(key).refuse("a host with forward has this from the server behind it.")


def _what_it_does(given: Table, place: Place) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "answer" in given:
        found["answers"] = _answers(given["answer"], place)
    if "handler" in given:
        found["handler"] = fields.function(given["handler"], place.at("handler"))
    if "data" in given:
        found["data"] = _data(given["data"], place.at("data"))
    if "forward" in given:
        found["forward"] = _address(given["forward"], place.at("forward"))
    return found


def _answers(value: object, place: Place) -> tuple[Answer, ...]:
    if isinstance(value, dict):
        return (read_answer(value, place.at("answer")),)
    every = fields.rows(value, place.at("answer"), MOST_ANSWERS)
    return tuple(
        one if isinstance(one, Answer) else read_answer(one, place.at(f"answer {number}"))
        for number, one in enumerate(every, 1)
    )


def _data(value: object, place: Place) -> dict[str, str]:
    if not isinstance(value, dict):
        place.refuse(f'{fields.shown(value)} is no table; write {{ key = "value" }}.')
    for key, content in value.items():
        if not isinstance(content, str):
            place.at(str(key)[: fields.SHOWN]).refuse(f"{fields.shown(content)} is no text.")
    return dict(value)


def _address(value: object, place: Place) -> tuple[str, int]:
    """Return the address of a server of the program."""
    name, colon, port = fields.text(value, place).rpartition(":")
    is_port = port.isascii() and port.isdigit() and 0 < int(port[:6]) <= MOST_PORT
    if not colon or not is_port or name not in ("127.0.0.1", "localhost"):
        place.refuse(
            f"{fields.shown(value)} is no address of a server of the program; write "
            '"127.0.0.1:8080".'
        )
    return "127.0.0.1", int(port)
