"""Money, spreads and times as people read them. Plain ASCII."""

from collections.abc import Sequence
from decimal import Decimal

from spotprice.consensus.medians import median
from spotprice.quote import Quote

_SECOND, _MILLISECOND = 1_000_000_000, 1_000_000
_LEAST_DECIMALS = 2
_DIGITS = 8  # of a price, unless its two decimals make more
_AGES = ((86_400, 48 * 3_600, "d"), (3_600, 120 * 60, "h"), (60, 120, "min"))
_TENTHS_BELOW_S = 10
_WHOLE_FROM_BP, _LEAST_BP = 10, Decimal("0.1")


def price_decimals(prices: Sequence[Decimal]) -> int:
    """Return how many decimals a column of prices needs: as many as are quoted, within reason.

    At least two. At most those that give the median eight digits, so that one exchange with an
    absurd price or absurd precision does not widen the column.
    """
    if not prices:
        return _LEAST_DECIMALS
    most = max(_DIGITS - 1 - median(prices).adjusted(), _LEAST_DECIMALS)
    quoted = max(_quoted_decimals(price) for price in prices)
    return min(max(quoted, _LEAST_DECIMALS), most)


def _quoted_decimals(price: Decimal) -> int:
    exponent = price.normalize().as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def format_price(price: Decimal, decimals: int) -> str:
    """Return a price with its thousands apart: ``62,715.91``."""
    return f"{price:,.{decimals}f}"


def format_confidence(width: Decimal) -> str:
    """Return a confidence to two digits, or to the whole number: ``0.85``, ``12``, ``1,234``."""
    decimals = max(1 - width.adjusted(), 0) if width else 0
    return f"{width:,.{decimals}f}"


def format_spread(quote: Quote) -> str:
    """Return ask less bid in basis points of their middle: ``1.2 bp``; a dash without a book."""
    if quote.bid is None or quote.ask is None:
        return "-"
    points = 20_000 * (quote.ask - quote.bid) / (quote.ask + quote.bid)
    if 0 < points < _LEAST_BP:
        return f"<{_LEAST_BP} bp"
    return f"{points:,.{0 if points >= _WHOLE_FROM_BP else 1}f} bp"


def format_age(quote: Quote, now_ns: int) -> str:
    """Return a quote's age by the exchange's clock, or a dash where it gives no time."""
    if quote.exchange_ns is None:
        return "-"
    age_s = quote.age_ns(now_ns) / _SECOND
    for size_s, from_s, unit in _AGES:
        if age_s >= from_s:
            return f"{age_s / size_s:,.0f} {unit}"
    return f"{age_s:.{1 if age_s < _TENTHS_BELOW_S else 0}f} s"


def format_took(took_ns: int) -> str:
    """Return how long something took: ``503 ms``, ``12.3 s``."""
    if took_ns < _TENTHS_BELOW_S * _SECOND:
        return f"{took_ns / _MILLISECOND:,.0f} ms"
    return f"{took_ns / _SECOND:,.1f} s"


def format_latency(quote: Quote) -> str:
    """Return how long a quote took, or a dash for one that a stream brought."""
    return format_took(quote.latency_ns) if quote.latency_ns else "-"


def format_wait(seconds: float) -> str:
    """Return for how long to stay away: ``0.4 s``, ``120 s``."""
    return f"{seconds:,.{1 if seconds < _TENTHS_BELOW_S else 0}f} s"
