"""What a stream is: where an exchange pushes prices, how to ask for them, how to read them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

from spotprice.errors import ExchangeError
from spotprice.exchanges.base import Exchange, Json, Spelling
from spotprice.symbol import Symbol


class Unsaid(Enum):
    """Stands where a message says nothing. None is something else: there is no such price."""

    UNSAID = "unsaid"


UNSAID = Unsaid.UNSAID

Side = Decimal | Unsaid | None
"""Best price on one side of the book: a price, nothing said, or nobody there."""


@dataclass(frozen=True, slots=True)
class Update:
    """What one message says about one market; seldom everything that a quote has.

    Attributes:
        market: The market as the exchange writes it.
        last: Price of the last trade; None where the message is not about that.
        bid: Best price somebody buys at.
        ask: Best price somebody sells at.
        volume: Traded in 24 hours; None where the message is not about that.
        exchange_ns: The exchange's time of it, since 1970; None where it gives none.
    """

    market: str
    last: Decimal | None = None
    bid: Side = UNSAID
    ask: Side = UNSAID
    volume: Decimal | None = None
    exchange_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """A market that the exchange refuses, or a message about one that cannot be believed.

    Attributes:
        market: The market as the exchange writes it; None where it does not say which.
        kind: What it amounts to. ``UnknownSymbolError`` is final: it is not asked for again.
        reason: In words, beginning with a small letter and without a full stop.
    """

    market: str | None
    kind: type[ExchangeError]
    reason: str


@dataclass(frozen=True, slots=True)
class Send:
    """What the exchange wants to hear at once: the answer to its own ping."""

    message: Json


@dataclass(frozen=True, slots=True)
class Farewell:
    """The exchange is about to close the connection, and asks for a new one."""


Event = Update | Reject | Send | Farewell

Reader = Callable[[Json, int], Sequence[Event]]
"""Reads one kind of message, given the time now; empty for a message of another kind."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One exchange's stream, as data. ``dataclasses.replace`` makes a variant: another host.

    Attributes:
        id: The exchange's id.
        hosts: Base addresses of the same stream (``wss://...``): the usual one, then mirrors.
        path: Where on the host; ``{markets}`` becomes the markets, joined by commas.
        readers: The kinds of message that matter. The first that has something to say is taken.
        subscribe: The messages that ask for markets, given the time now.
        spelling: How markets are written; None where it is as in the exchange's HTTP answers.
        ping: What to say now and then so that the exchange answers; None where it speaks by
            itself at least every few seconds.
        ping_s: How often to say it.
        pong: An answer to a ping that is not JSON.
        silence_s: Longer than this without any message, the connection is taken for dead. A
            market of which nothing was heard for so long after subscribing is reported.
        gap_s: Least time between the beginnings of two connections.
        pause_s: Least time between two messages to the exchange.
        statuses: What an HTTP status instead of a connection means, where that is not the usual.
        most_markets: So many markets are asked for over one connection.
        is_gzip: Whether messages are compressed, each by itself.
    """

    id: str
    hosts: tuple[str, ...]
    path: str
    readers: tuple[Reader, ...]
    subscribe: Callable[[Sequence[str], int], Iterable[Json]] = lambda markets, now_ns: ()  # noqa: ARG005
    spelling: Spelling | None = None
    ping: Callable[[int], Json] | None = None
    ping_s: float = 10.0
    pong: str = ""
    silence_s: float = 25.0
    gap_s: float = 1.0
    pause_s: float = 0.0
    statuses: Mapping[int, type[ExchangeError]] = field(default_factory=dict)
    most_markets: int = 200
    is_gzip: bool = False

    def spell(self, exchange: Exchange, symbol: Symbol) -> str | None:
        """Write a market as the stream does, or return None where it cannot exist there."""
        own = exchange.spelling
        if self.spelling is None:
            return own.spell(symbol)
        return self.spelling.spell(Symbol(symbol.base, own.currency(symbol)))

    def address(self, markets: Sequence[str], attempt: int) -> str:
        """Where to connect for these markets; another mirror with every attempt."""
        host = self.hosts[attempt % len(self.hosts)]
        return host + self.path.format(markets=",".join(markets))

    def read(self, message: Json, now_ns: int) -> Sequence[Event]:
        """Say what a decoded message means; empty for one that does not matter."""
        for reader in self.readers:
            if events := reader(message, now_ns):
                return events
        return ()


Words = Mapping[str, type[ExchangeError]]
"""What a refusal contains, in small letters, and what that means."""
