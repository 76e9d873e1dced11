"""Quotes at moments that tests choose."""

from decimal import Decimal

from spotprice.quote import Quote
from spotprice.symbol import Symbol

BITCOIN = Symbol("BTC", "USD")
SECOND = 1_000_000_000
NOW_NS = 1_795_345_200 * SECOND


def a_quote(
    exchange: str, price: object, at_s: float = 0.0, symbol: Symbol = BITCOIN, currency: str = "USD"
) -> Quote:
    """Make a quote that came so many seconds after NOW_NS."""
    last = Decimal(str(price))
    at_ns = NOW_NS + round(at_s * SECOND)
    return Quote(exchange, symbol, currency, last, last, last, None, at_ns, at_ns, 5)
