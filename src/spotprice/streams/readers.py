"""The kinds of message that most streams have, as data: prices, refusals, farewells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from spotprice.errors import BadResponseError, RateLimitedError
from spotprice.exchanges.base import Json, Moment, Reply
from spotprice.exchanges.body import MISSING, look_up, read_moment, read_price, read_volume
from spotprice.exchanges.refusal import clean
from spotprice.streams.base import (
    UNSAID,
    Event,
    Farewell,
    Reject,
    Side,
    Update,
    Words,
)

_NO_HEADERS = Reply(200, {}, b"")

_USUAL_WORDS: Words = {
    "too many": RateLimitedError,
    "too frequent": RateLimitedError,
    "rate limit": RateLimitedError,
}


def matches(message: Json, marks: Mapping[str, object]) -> bool:
    """Whether a message has these values at these paths."""
    return all(look_up(message, path) == value for path, value in marks.items())


def read_time(moment: Moment | None, body: Json, now_ns: int) -> int | None:
    """Read the exchange's time out of a message; None if there is none that can be."""
    return read_moment(moment, body, _NO_HEADERS, now_ns)


@dataclass(frozen=True, slots=True)
class Named:
    """Where a message names its market: a path, and what stands around the market there.

    ``Named("ch", "market.", ".ticker")`` finds ``btcusdt`` in ``market.btcusdt.ticker``.
    """

    path: str
    before: str = ""
    after: str = ""

    def find(self, body: Json) -> str | None:
        """Return the market, or None where there is none (it is another kind of message)."""
        text = look_up(body, self.path)
        if not isinstance(text, str) or len(text) < len(self.before) + len(self.after):
            return None
        if not (text.startswith(self.before) and text.endswith(self.after)):
            return None
        return text[len(self.before) : len(text) - len(self.after)]


@dataclass(frozen=True, slots=True)
class Tick:
    """Messages with prices. Paths are as in ``exchanges.base.Fields``; "" where it has none.

    Attributes:
        market: Where the market is named.
        marks: What else tells this kind of message from others: values by their paths.
        rows: Path of a list; every entry is then read by itself, ``marks`` on the whole.
        last: Path of the last trade's price.
        bid: Path of the best bid.
        ask: Path of the best ask.
        volume: Path of the volume of 24 hours.
        moment: The exchange's time.
    """

    market: Named
    marks: Mapping[str, object]
    rows: str = ""
    last: str = ""
    bid: str = ""
    ask: str = ""
    volume: str = ""
    moment: Moment | None = None

    def __call__(self, message: Json, now_ns: int) -> Sequence[Event]:
        """Read the updates in a message."""
        if not matches(message, self.marks):
            return ()
        rows = look_up(message, self.rows) if self.rows else [message]
        if not isinstance(rows, list):
            return ()
        return [event for row in rows if (event := self._read(row, now_ns)) is not None]

    def _read(self, row: Json, now_ns: int) -> Update | Reject | None:
        market = self.market.find(row)
        if market is None:
            return None
        last = read_price(look_up(row, self.last)) if self.last else None
        if self.last and last is None:
            return Reject(market, BadResponseError, "it pushed a price that cannot be believed")
        return Update(
            market,
            last,
            _read_side(row, self.bid),
            _read_side(row, self.ask),
            read_volume(look_up(row, self.volume)) if self.volume else None,
            read_time(self.moment, row, now_ns),
        )


def _read_side(row: Json, path: str) -> Side:
    """A price, nobody there ("" or zero), or nothing said where the field is absent."""
    value = look_up(row, path) if path else MISSING
    return UNSAID if value is MISSING else read_price(value)


@dataclass(frozen=True, slots=True)
class Refused:
    """Messages that refuse a subscription.

    Attributes:
        marks: What tells this kind of message: values by their paths.
        text: Path of the reason, which is text in every refusal.
        market: Where the market is named; None where only the reason may name it.
        words: What the reason contains, in small letters, and what that means; read before what
            is usual. Anything else is a ``BadResponseError``.
    """

    marks: Mapping[str, object]
    text: str
    market: Named | None = None
    words: Words = field(default_factory=dict)

    def __call__(self, message: Json, now_ns: int) -> Sequence[Event]:  # noqa: ARG002
        """Read the refusal in a message."""
        said = look_up(message, self.text)
        if not matches(message, self.marks) or not isinstance(said, str):
            return ()
        words = clean(said)
        small = words.lower()
        known = {**self.words, **_USUAL_WORDS}
        kind = next((kind for part, kind in known.items() if part in small), BadResponseError)
        market = None if self.market is None else self.market.find(message)
        return (Reject(market, kind, f'it answers "{words}"'),)


@dataclass(frozen=True, slots=True)
class Parting:
    """A message by which the exchange announces that it will close the connection."""

    marks: Mapping[str, object]

    def __call__(self, message: Json, now_ns: int) -> Sequence[Event]:  # noqa: ARG002
        """Read the farewell in a message."""
        return (Farewell(),) if matches(message, self.marks) else ()
