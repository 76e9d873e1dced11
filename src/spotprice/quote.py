"""What an exchange says a market is worth."""

from dataclasses import dataclass
from decimal import Decimal

from spotprice.errors import ExchangeError
from spotprice.symbol import Symbol


@dataclass(frozen=True, slots=True)
class Quote:
    """One exchange's price of one market. Times are nanoseconds since 1970, UTC.

    Attributes:
        exchange: The exchange's id.
        symbol: The market that was asked for.
        currency: What the price is really in. Six of the ten exchanges have no dollar market:
            asked for ``BTC-USD`` they quote ``USDT``, and this says so.
        last: Price of the last trade; positive.
        bid: Best price somebody buys at; None where the exchange gives none.
        ask: Best price somebody sells at, never below ``bid``; None where there is none.
        volume: Traded in 24 hours, in units of ``symbol.base``; None where it is not said.
        exchange_ns: The exchange's own time of the quote; None where it gives none.
        received_ns: When the answer was complete here.
        latency_ns: From the request that won to its complete answer; 0 on a stream.
    """

    exchange: str
    symbol: Symbol
    currency: str
    last: Decimal
    bid: Decimal | None
    ask: Decimal | None
    volume: Decimal | None
    exchange_ns: int | None
    received_ns: int
    latency_ns: int

    @property
    def spread(self) -> Decimal | None:
        """Ask less bid, or None where one of them is missing."""
        return None if self.bid is None or self.ask is None else self.ask - self.bid

    def age_ns(self, now_ns: int) -> int:
        """How old the quote is, by the exchange's clock if it has one; never negative."""
        since = self.received_ns if self.exchange_ns is None else self.exchange_ns
        return max(now_ns - since, 0)


Answer = Quote | ExchangeError
"""What every exchange that was asked gives: one of the two, never both, never neither."""
