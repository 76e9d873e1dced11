"""What an exchange is: where it is asked, how it spells markets, where its answer says what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from spotprice.errors import ExchangeError
from spotprice.symbol import Symbol

_MOST_DIGITS = 20
MICROSECOND, MILLISECOND, SECOND = 1_000, 1_000_000, 1_000_000_000
ISO_8601 = 0
"""As the unit of a ``Moment``: it is written as text, like ``2026-11-22T10:00:00.123Z``."""

Json = Any
"""A body as ``read_json`` gives it: hostile until looked at. Its numbers are still text."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete HTTP answer. ``headers`` is asked for names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Spelling:
    """How an exchange writes a market.

    Attributes:
        separator: What stands between the two codes.
        is_lower: Whether the codes are in small letters.
        renamed: Codes that this exchange writes in its own way.
        dollars: What takes the place of ``USD``, for an exchange without dollar markets.
    """

    separator: str = ""
    is_lower: bool = False
    renamed: Mapping[str, str] = field(default_factory=dict)
    dollars: str = "USD"

    def currency(self, symbol: Symbol) -> str:
        """What this exchange's price of the market is in."""
        return self.dollars if symbol.quote == "USD" else symbol.quote

    def spell(self, symbol: Symbol) -> str | None:
        """Write the market, or return None where it cannot exist (USDT priced in USDT)."""
        base, quote = symbol.base, self.currency(symbol)
        if quote == base:
            return None
        text = f"{self.renamed.get(base, base)}{self.separator}{self.renamed.get(quote, quote)}"
        return text.lower() if self.is_lower else text


@dataclass(frozen=True, slots=True)
class Moment:
    """Where the exchange's time stands: a path into the body, or a header, and its unit.

    ``unit_ns`` is the number of nanoseconds of one unit since 1970, or ``ISO_8601``.
    """

    unit_ns: int
    path: str = ""
    header: str = ""


@dataclass(frozen=True, slots=True)
class Fields:
    """Where the answer has what. A path is keys and indices joined by dots.

    ``*`` is the one entry of an object, whatever its key; ``{base}`` is the market's base code;
    ``a|b`` is the first of several paths that leads anywhere; an empty path is the whole body.

    Attributes:
        last: Price of the last trade.
        bid: Best bid.
        ask: Best ask.
        volume: Traded in 24 hours, in units of the base.
        moment: The exchange's own time, if it gives one that belongs to the price.
        symbol: Where the answer repeats the market, if it does. What stands there is compared
            without regard to separators and to capital letters.
        symbol_form: What stands there.
    """

    last: str
    bid: str
    ask: str
    volume: str
    moment: Moment | None = None
    symbol: str = ""
    symbol_form: str = "{market}"


@dataclass(frozen=True, slots=True)
class Faults:
    """How an exchange says that something is wrong. What the body says counts first.

    Attributes:
        code: Path of the error's code, or of its words where there is no code. Something stands
            there only when something is wrong, unless it is ``fine``.
        text: Path of the message beside it.
        fine: The code that means success.
        codes: What a code means. Codes that can mean several things do not belong here.
        texts: What the body of an error contains, in small letters, and what that means. Read in
            this order where ``codes`` has no answer, also in bodies that are not JSON.
        statuses: What an HTTP status means here, where it differs from what it usually means.
        is_unknown: Whether a body that claims success says that there is no such market.
    """

    code: str
    text: str = ""
    fine: str | None = None
    codes: Mapping[str, type[ExchangeError]] = field(default_factory=dict)
    texts: Mapping[str, type[ExchangeError]] = field(default_factory=dict)
    statuses: Mapping[int, type[ExchangeError]] = field(default_factory=dict)
    is_unknown: Callable[[Json], bool] = lambda body: False  # noqa: ARG005 - a default that ignores


@dataclass(frozen=True, slots=True)
class Rate:
    """How often one address may ask, and how long to stay away after asking too often.

    Attributes:
        requests: How many calls of ours fit into any ``seconds``, all hosts together.
        seconds: The length of that window.
        penalty_s: How long to stay away where the refusal does not say it.
        wait_ns: Reads from a refusal how long to stay away, given the time now; None if it
            does not say. ``Retry-After`` is understood everywhere and comes first.
    """

    requests: int
    seconds: float
    penalty_s: float = 10.0
    wait_ns: Callable[[Reply, int], int | None] = lambda reply, now_ns: None  # noqa: ARG005 - same


@dataclass(frozen=True, slots=True)
class Exchange:
    """One exchange, as data. ``dataclasses.replace`` makes a variant: another host, a USD market.

    Attributes:
        id: Short name in small letters; the key in every answer.
        name: As people write it.
        hosts: Base addresses of the same interface: the usual one, then its mirrors.
        path: Path and query of one market's ticker, with ``{market}`` in it.
        spelling: How markets are written there.
        fields: Where the answer has what.
        faults: How it says that something is wrong.
        rate: How often it may be asked.
        may_hedge: Whether a second request may be sent before the first is answered.
        also: Other names people use for it, in small letters.
    """

    id: str
    name: str
    hosts: tuple[str, ...]
    path: str
    spelling: Spelling
    fields: Fields
    faults: Faults
    rate: Rate
    may_hedge: bool = True
    also: tuple[str, ...] = ()

    def target(self, symbol: Symbol) -> str | None:
        """Path and query for a market, or None where it cannot exist there."""
        market = self.spelling.spell(symbol)
        return None if market is None else self.path.format(market=market)


def header_after(name: str, unit_ns: int) -> Callable[[Reply, int], int | None]:
    """Make a ``Rate.wait_ns`` that reads a time span from a header."""

    def wait(reply: Reply, now_ns: int) -> int | None:  # noqa: ARG001 - a span needs no clock
        number = whole_number(reply.headers.get(name, ""))
        return None if number is None else number * unit_ns

    return wait


def header_at(name: str, unit_ns: int) -> Callable[[Reply, int], int | None]:
    """Make a ``Rate.wait_ns`` that reads a moment from a header."""

    def wait(reply: Reply, now_ns: int) -> int | None:
        number = whole_number(reply.headers.get(name, ""))
        return None if number is None else number * unit_ns - now_ns

    return wait


def whole_number(text: str) -> int | None:
    """Read a whole number from zero up, of at most 20 digits; None for anything else."""
    is_number = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if is_number else None
