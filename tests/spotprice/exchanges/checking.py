"""All samples, and what every answer must hold to whatever came in."""

import importlib
import pkgutil
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from tests.spotprice.exchanges.sample import NOW_NS, SECOND, Good, Venue

from spotprice.errors import ExchangeError
from spotprice.exchanges.answer import Times, read_quote
from spotprice.exchanges.base import Exchange, Reply
from spotprice.quote import Answer, Quote
from spotprice.symbol import Symbol

TIMES = Times(received_ns=NOW_NS, latency_ns=123_456_789)
_SAMPLES = "tests.spotprice.exchanges.samples"


def _load() -> Mapping[str, Venue]:
    names = [one.name for one in pkgutil.iter_modules([str(Path(__file__).parent / "samples")])]
    return {name: importlib.import_module(f"{_SAMPLES}.{name}").VENUE for name in names}


VENUES = _load()
"""The samples by the exchange's id."""


def ask(exchange: Exchange, reply: Reply, symbol: str = "BTC-USD") -> Answer:
    """Read an answer as a client does: an error of the exchange is a result too."""
    try:
        return read_quote(exchange, Symbol.parse(symbol), reply, TIMES)
    except ExchangeError as error:
        return error


def quote_of(exchange_id: str, good: Good) -> Quote:
    """The quote that must come out of a good answer."""
    return Quote(
        exchange=exchange_id,
        symbol=Symbol.parse(good.symbol),
        currency=good.currency,
        last=Decimal(good.last),
        bid=None if good.bid is None else Decimal(good.bid),
        ask=None if good.ask is None else Decimal(good.ask),
        volume=None if good.volume is None else Decimal(good.volume),
        exchange_ns=good.exchange_ns,
        received_ns=TIMES.received_ns,
        latency_ns=TIMES.latency_ns,
    )


def describe(answer: Answer) -> object:
    """Make errors comparable: kind, exchange, words and time to stay away."""
    if isinstance(answer, Quote):
        return answer
    return (type(answer), answer.exchange, answer.reason, answer.retry_after_s)


def assert_sound(exchange: Exchange, answer: Answer) -> None:
    """Whatever came in: what comes out can be computed with, kept and printed."""
    if isinstance(answer, Quote):
        prices = [one for one in (answer.last, answer.bid, answer.ask) if one is not None]
        assert all(0 < price <= 10**12 for price in prices)
        assert answer.spread is None or answer.spread >= 0
        assert answer.volume is None or 0 <= answer.volume <= 10**24
        assert answer.exchange_ns is None or 0 < answer.exchange_ns <= NOW_NS + 60 * SECOND
    else:
        text = str(answer)
        assert text == f"{exchange.id}: {answer.reason}."
        assert text.isprintable()
        assert len(text) <= 300
        assert answer.retry_after_s is None or 0 < answer.retry_after_s <= 3 * 86_400
