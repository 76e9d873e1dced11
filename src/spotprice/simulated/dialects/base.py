"""What a dialect is: how a venue speaks on its stream, in both directions."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from spotprice.simulated.market import Ticker
from spotprice.simulated.voices.base import SECOND
from spotprice.symbol import Symbol

Said = Any
"""A client's message: decoded JSON, or its text where it is none."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A market that a client wants on one channel.

    Attributes:
        channel: Which of the venue's channels; "" where it has one.
        market: As the client wrote it.
        granted: What is said where the venue has the market; None for nothing.
        refused: What is said where it has not. None for a venue that does not tell: it grants
            the wish and stays silent.
    """

    channel: str
    market: str
    granted: str | None
    refused: str | None


Heard = Wish | str
"""What a client's message amounts to: a wish, or what is said back at once."""


@dataclass(frozen=True, slots=True)
class Push:
    """What is pushed about a market at one moment.

    Attributes:
        channel: Of the wish.
        market: As the client wrote it in its wish.
        ticker: What the venue would say.
        turn: How often it was pushed before over this connection.
    """

    channel: str
    market: str
    ticker: Ticker
    turn: int


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one venue speaks on its stream, as data.

    Attributes:
        id: The exchange's id.
        path: Where it listens.
        read: Understands its spelling of a market; None for what is no market of its form.
        hear: Understands a client's message, given the time in nanoseconds since 1970.
        push: Says prices.
        greet: What it says to everybody who connects.
        ask: Reads the wishes out of the address's query, for a venue that takes them there. A
            market that it has not makes it refuse the connection.
        beat: What it says by itself now and then, given the time; None for nothing.
        is_gzip: Whether it compresses every message.
    """

    id: str
    path: str
    read: Callable[[str], Symbol | None]
    hear: Callable[[Said, int], Sequence[Heard]]
    push: Callable[[Push], str]
    greet: tuple[str, ...] = ()
    ask: Callable[[Mapping[str, str]], Sequence[Wish]] = lambda query: ()  # noqa: ARG005
    beat: Callable[[int], str] | None = None
    is_gzip: bool = False


def write(content: object) -> str:
    """Write a message in JSON."""
    return json.dumps(content, separators=(",", ":"))


def timestamp(at_ns: int) -> str:
    """Write a moment to the microsecond: ``2026-01-01T12:00:00.000000Z``."""
    at = datetime.fromtimestamp(at_ns // SECOND, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at_ns % SECOND // 1000:06d}Z"


def texts(value: object) -> list[str]:
    """Return the texts in a list out of a client's message; none where it is no list."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
