"""From the partial updates of a stream to whole quotes. Pure: the time comes in."""

from decimal import Decimal

from spotprice.errors import BadResponseError
from spotprice.exchanges.base import Exchange
from spotprice.quote import Answer, Quote
from spotprice.streams.base import Unsaid, Update
from spotprice.symbol import Symbol


class Market:
    """What is known of one market of one exchange, as a stream goes on saying it.

    Args:
        exchange: Whose market it is.
        symbol: The market that was asked for.
        known: A quote from elsewhere to begin with. A stream that has no ticker says the last
            price only with the next trade.
    """

    def __init__(self, exchange: Exchange, symbol: Symbol, known: Quote | None = None) -> None:
        self._exchange = exchange
        self._symbol = symbol
        self._last = None if known is None else known.last
        self._volume = None if known is None else known.volume
        self._bid: Decimal | None = None
        self._ask: Decimal | None = None

    def forget_book(self) -> None:
        """Forget both sides of the book: after an interruption they are not true any more."""
        self._bid = self._ask = None

    def take(self, update: Update, received_ns: int) -> Answer | None:
        """Add what a message says.

        Args:
            update: What it says of this market.
            received_ns: When it came, since 1970.

        Returns:
            The quote as it stands now; an error where the message cannot be believed, which
            changes nothing; None as long as no price is known.
        """
        if _is_crossed(update.bid, update.ask):
            reason = f"its book is crossed: bid {update.bid} above ask {update.ask}"
            return BadResponseError(self._exchange.id, reason)
        self._last = update.last or self._last
        self._volume = self._volume if update.volume is None else update.volume
        self._take_book(update)
        return None if self._last is None else self._quote(self._last, update, received_ns)

    def _take_book(self, update: Update) -> None:
        """Take the sides that are said, and drop one that they have overtaken.

        Some exchanges push each side by itself. Between the two messages of a move the book
        looks crossed; the side that was said last is the true one.
        """
        if not isinstance(update.bid, Unsaid):
            self._bid = update.bid
            if _is_crossed(self._bid, self._ask) and isinstance(update.ask, Unsaid):
                self._ask = None
        if not isinstance(update.ask, Unsaid):
            self._ask = update.ask
            if _is_crossed(self._bid, self._ask):
                self._bid = None

    def _quote(self, last: Decimal, update: Update, received_ns: int) -> Quote:
        return Quote(
            exchange=self._exchange.id,
            symbol=self._symbol,
            currency=self._exchange.spelling.currency(self._symbol),
            last=last,
            bid=self._bid,
            ask=self._ask,
            volume=self._volume,
            exchange_ns=update.exchange_ns,
            received_ns=received_ns,
            latency_ns=0,
        )


def _is_crossed(bid: object, ask: object) -> bool:
    return isinstance(bid, Decimal) and isinstance(ask, Decimal) and bid > ask
