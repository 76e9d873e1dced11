"""What is known of all watched markets: the last quotes, the latest errors, recent prices."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from spotprice.consensus import RULES, Tether
from spotprice.consensus.medians import median
from spotprice.errors import ExchangeError, TimedOutError
from spotprice.quote import Answer, Quote
from spotprice.symbol import Symbol
from spotprice.views.market import make_market
from spotprice.views.watch_view import Row, Sheet

TETHER_IN_DOLLARS = Symbol("USDT", "USD")

_SECOND = 1_000_000_000
_RECENT = 60  # prices that are kept
_TETHER_KEPT_NS = 300 * _SECOND  # it hardly moves, and some markets for it are quiet


@dataclass(slots=True)
class _Trail:
    """The last price of every interval, and the way it went from one to the next."""

    interval_ns: int
    recent: deque[Decimal] = field(default_factory=lambda: deque(maxlen=_RECENT))
    number: int = -1  # of the interval
    before: Decimal | None = None  # the last price of the interval before

    def add(self, price: Decimal, now_ns: int) -> None:
        number = now_ns // self.interval_ns
        if number == self.number and self.recent:
            self.recent[-1] = price
            return
        self.number = number
        self.before = self.recent[-1] if self.recent else None
        self.recent.append(price)

    @property
    def change(self) -> int:
        """1 for risen, -1 for fallen, 0 for neither."""
        if self.before is None:
            return 0
        return (self.recent[-1] > self.before) - (self.recent[-1] < self.before)


@dataclass(slots=True)
class _Cell:
    """One market at one exchange."""

    trail: _Trail
    quote: Quote | None = None
    error: ExchangeError | None = None


class Board:
    """Takes answers as they come, and says how things stand.

    Args:
        exchanges: Ids, in the order in which they are shown.
        symbols: The markets, in the order in which they are shown.
        interval_s: The time from one round of answers to the next. A quote is stale when it is
            older than that by more than the usual limit: it counts until the next one is due.
    """

    def __init__(
        self, exchanges: Sequence[str], symbols: Sequence[Symbol], interval_s: float
    ) -> None:
        interval_ns = round(interval_s * _SECOND)
        self._rules = replace(RULES, stale_ns=RULES.stale_ns + interval_ns)
        self._cells = {
            symbol: {name: _Cell(_Trail(interval_ns)) for name in exchanges} for symbol in symbols
        }
        self._agreed = {symbol: _Trail(interval_ns) for symbol in symbols}
        self._tether: dict[str, Quote] = {}

    def put(self, symbol: Symbol, exchange: str, answer: Answer, now_ns: int) -> None:
        """Take an answer. What nobody watches is passed over, but for the price of the tether."""
        if symbol == TETHER_IN_DOLLARS and isinstance(answer, Quote) and answer.currency == "USD":
            self._tether[exchange] = answer
        cell = self._cells.get(symbol, {}).get(exchange)
        if cell is None:
            return
        if isinstance(answer, Quote):
            cell.quote, cell.error = answer, None
            cell.trail.add(answer.last, now_ns)
        else:
            cell.error = answer

    def sheets(self, now_ns: int) -> list[Sheet]:
        """Return every market as it stands now, with its consensus."""
        tether = self._tether_rate(now_ns)
        return [self._sheet(symbol, tether, now_ns) for symbol in self._cells]

    def _sheet(self, symbol: Symbol, tether: Tether | None, now_ns: int) -> Sheet:
        cells = self._cells[symbol]
        answers = {name: self._answer(name, cell, now_ns) for name, cell in cells.items()}
        market = make_market(symbol, answers, tether, now_ns, self._rules)
        trail = self._agreed[symbol]
        if market.consensus.price is not None:
            trail.add(market.consensus.price, now_ns)
        rows = tuple(
            Row(name, cell.quote, cell.error, cell.trail.change, tuple(cell.trail.recent))
            for name, cell in cells.items()
        )
        return Sheet(market, rows, trail.change, tuple(trail.recent))

    def _answer(self, exchange: str, cell: _Cell, now_ns: int) -> Answer:
        """Return what counts: the last quote, unless it is stale and there is an error since."""
        if cell.quote is None:
            return cell.error or TimedOutError(exchange, "no answer has come yet")
        if cell.error is not None and cell.quote.age_ns(now_ns) > self._rules.stale_ns:
            return cell.error
        return cell.quote

    def _tether_rate(self, now_ns: int) -> Tether | None:
        fresh: Mapping[str, Quote] = {
            name: quote
            for name, quote in self._tether.items()
            if now_ns - quote.received_ns <= _TETHER_KEPT_NS
        }
        if not fresh:
            return None
        return Tether(median([quote.last for quote in fresh.values()]), tuple(fresh))
