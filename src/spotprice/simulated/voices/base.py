"""What a venue's voice is: where it is asked, how it answers, how it says what is wrong."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from urllib.parse import urlencode

from spotprice.simulated.market import Ticker
from spotprice.simulated.plan import Failure
from spotprice.symbol import Symbol

MICROSECOND, MILLISECOND, SECOND = 1_000, 1_000_000, 1_000_000_000

_NOTHING: Mapping[str, str] = MappingProxyType({})
_JSON = "application/json"
_encode = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Speech:
    """A whole HTTP answer. ``headers`` has the content type and no length."""

    status: int
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """What a request asks and brings along.

    Attributes:
        market: As it is spelled in the request: whatever somebody sent.
        at_ns: When it was asked, since 1970.
        agent: The client's ``User-Agent``; empty where it sent none.
        has_body: Whether it came with a body, which no GET should.
    """

    market: str
    at_ns: int
    agent: str
    has_body: bool


Shape = Callable[[Question], Speech]
"""One way in which a venue says one thing."""

Shapes = Mapping[Failure, tuple[Shape, ...]]


@dataclass(frozen=True, slots=True)
class Voice:
    """How one venue speaks, as data.

    Attributes:
        id: The exchange's id.
        path: Path of its ticker; ``{market}`` in it where the market is part of the path.
        example: How it spells Bitcoin in the dollars that it has.
        read: Understands its spelling of a market; None for what is no market of its form.
        tell: Says the ticker.
        shapes: All its ways to say each of the five failures that are said.
        parameter: The query parameter that names the market, where the path does not.
        fixed: Query parameters without which it does not answer.
        has_dollars: Whether it has markets in USD, and not only in tether.
        objects: What it has against a request, whatever is asked; None if nothing.
    """

    id: str
    path: str
    example: str
    read: Callable[[str], Symbol | None]
    tell: Callable[[Ticker], Speech]
    shapes: Shapes
    parameter: str = ""
    fixed: Mapping[str, str] = field(default_factory=dict)
    has_dollars: bool = False
    objects: Callable[[Question], Speech | None] = lambda question: None  # noqa: ARG005

    def target(self, market: str) -> str:
        """Return path and query of one market's ticker."""
        path = self.path.replace("{market}", market)
        query = {**self.fixed, **({self.parameter: market} if self.parameter else {})}
        return f"{path}?{urlencode(query)}" if query else path


def say(status: int, content: object, headers: Mapping[str, str] = _NOTHING) -> Speech:
    """Say something in JSON."""
    return Speech(status, _encode(content).encode(), {"Content-Type": _JSON, **headers})


def says(status: int, content: object, headers: Mapping[str, str] = _NOTHING) -> Shape:
    """Make a shape that is always the same JSON."""
    speech = say(status, content, headers)
    return lambda question: speech  # noqa: ARG005


def writes(status: int, text: str, kind: str = "text/plain") -> Shape:
    """Make a shape that is always the same text: plain, or a page with ``kind`` text/html."""
    speech = Speech(status, text.encode(), {"Content-Type": f"{kind}; charset=utf-8"})
    return lambda question: speech  # noqa: ARG005


def shows(status: int, title: str, text: str) -> Shape:
    """Make a shape that is a web page, as the networks in front of the venues send them."""
    page = (
        f"<!DOCTYPE html>\n<html><head><title>{title}</title></head>\n"
        f"<body><h1>{title}</h1><p>{text}</p></body></html>\n"
    )
    return writes(status, page, "text/html")


_FORBIDDEN = shows(403, "403 Forbidden", "Access from your address is denied.")
_CLOSED = shows(503, "We'll be back soon", "Down for scheduled maintenance.")
_BROKEN = shows(502, "502 Bad Gateway", "The host gave no valid answer.")
_UNREACHABLE = shows(522, "Connection timed out", "The origin did not answer in time.")


def shapes(
    *,
    unknown: tuple[Shape, ...],
    limited: tuple[Shape, ...],
    blocked: tuple[Shape, ...] = (),
    maintenance: tuple[Shape, ...] = (),
    server: tuple[Shape, ...] = (),
) -> Shapes:
    """Collect a venue's own shapes, and add the pages that stand in front of every venue."""
    return MappingProxyType(
        {
            Failure.UNKNOWN_SYMBOL: unknown,
            Failure.RATE_LIMITED: limited,
            Failure.BLOCKED: (*blocked, _FORBIDDEN),
            Failure.MAINTENANCE: (*maintenance, _CLOSED),
            Failure.SERVER: (*server, _BROKEN, _UNREACHABLE),
        }
    )


def plain(number: Decimal) -> str:
    """Write a number without an exponent and without zeros at its end."""
    return f"{number.normalize():f}"


def bare(number: Decimal) -> str:
    """Write a number as it stands in JSON: never without a fraction."""
    text = plain(number)
    return text if "." in text else f"{text}.0"


def padded(number: Decimal, places: int) -> str:
    """Write a number with at least so many digits after the point."""
    whole, _, fraction = plain(number).partition(".")
    return f"{whole}.{fraction:0<{places}}"
