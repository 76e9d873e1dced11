"""The true price of every market at every moment, and what each venue makes of it. Pure."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from functools import lru_cache

from spotprice.simulated.chance import draw
from spotprice.symbol import Symbol

# Roughly what they cost in dollars; any other code gets a price from its name.
_DOLLARS = {
    "USD": "1",
    "USDT": "0.9995",
    "USDC": "0.9999",
    "EUR": "1.0842",
    "GBP": "1.2711",
    "BTC": "62716.5",
    "ETH": "3057.25",
    "BNB": "611.4",
    "SOL": "151.72",
    "LTC": "84.31",
    "XRP": "0.5921",
    "ADA": "0.4417",
    "DOGE": "0.1263",
    "DOT": "6.318",
    "LINK": "14.06",
    "TRX": "0.1344",
}
_STEADY = frozenset({"USD", "USDT", "USDC", "EUR", "GBP"})
QUOTES = ("USDT", "USDC", "USD", "EUR", "GBP", "BTC", "ETH")
"""What markets are priced in, none the ending of one before it."""

_NOWHERE = "NO"  # codes that begin so (NOSUCH) are traded nowhere

_SECOND = 1_000_000_000
_BEAT = 100_000_000  # prices change ten times a second
_DAY = 86_400 * _SECOND
_BILLION = 1_000_000_000
_DIGITS = 7  # of every price
_SMALLEST = Decimal("1e-8")  # of every amount
_STEADY_SHARE = 100  # a steady code moves by a hundredth of what others do

# A price wanders: (knots so far apart in seconds, by at most so many billionths at each).
_WANDERINGS = ((7, 60_000), (61, 300_000), (599, 1_500_000), (21_601, 8_000_000))
_OWN_WANDERING = (5, 20_000)  # of one venue around the truth
_MOST_OFFSET = 80_000  # billionths that a venue always lies above or below
_HALF_SPREADS = (5_000, 45_000)  # billionths


@dataclass(frozen=True, slots=True)
class Ticker:
    """One market at one venue at one moment: what its ticker could say.

    Prices are in ``symbol.quote``, volumes are those of 24 hours, ``at_ns`` is when the price was
    made, since 1970. ``low <= bid < ask <= high`` and ``bid <= last <= ask`` always.
    """

    symbol: Symbol
    at_ns: int
    last: Decimal
    bid: Decimal
    ask: Decimal
    bid_size: Decimal
    ask_size: Decimal
    open: Decimal
    high: Decimal
    low: Decimal
    average: Decimal
    volume: Decimal
    quote_volume: Decimal
    trades: int


def exists(symbol: Symbol) -> bool:
    """Whether a market is traded anywhere: not in itself, nor in or of what is named ``NO...``."""
    is_real = symbol.base != symbol.quote and not symbol.base.startswith(_NOWHERE)
    return is_real and symbol.quote in QUOTES


def true_price(seed: int, symbol: Symbol, at_ns: int) -> Decimal:
    """Return what a market is worth at a moment, to the last digit."""
    return _dollars(seed, symbol.base, at_ns) / _dollars(seed, symbol.quote, at_ns)


def ticker_at(seed: int, exchange: str, symbol: Symbol, at_ns: int) -> Ticker:
    """Return what one venue says about a market at a moment: its price of that tenth of a second.

    The market must exist.
    """
    return _ticker(seed, exchange, symbol, at_ns - at_ns % _BEAT)


@lru_cache(maxsize=16_384)
def _ticker(seed: int, exchange: str, symbol: Symbol, at_ns: int) -> Ticker:
    calm = _STEADY_SHARE if {symbol.base, symbol.quote} <= _STEADY else 1
    offset, half_spread = _manner(seed, exchange)
    wandering = _wandering(seed, f"{exchange} {symbol}", at_ns, _OWN_WANDERING)
    middle = true_price(seed, symbol, at_ns) * _with_billionths((offset + wandering) // calm)
    tick = Decimal(1).scaleb(middle.adjusted() + 1 - _DIGITS)
    bid = (middle * _with_billionths(-half_spread)).quantize(tick, ROUND_FLOOR)
    ask = (middle * _with_billionths(half_spread)).quantize(tick, ROUND_CEILING)
    last = ask if wandering & 1 else bid
    opened = true_price(seed, symbol, at_ns - _DAY).quantize(tick, ROUND_HALF_EVEN)
    average = ((opened + last) / 2).quantize(tick, ROUND_HALF_EVEN)
    volume = _volume(exchange, symbol)
    return Ticker(
        symbol=symbol,
        at_ns=at_ns,
        last=last,
        bid=bid,
        ask=ask,
        bid_size=(volume / 40_000).quantize(_SMALLEST),
        ask_size=(volume / 30_000).quantize(_SMALLEST),
        open=opened,
        high=(max(opened, ask) * Decimal("1.004")).quantize(tick, ROUND_CEILING),
        low=(min(opened, bid) * Decimal("0.996")).quantize(tick, ROUND_FLOOR),
        average=average,
        volume=volume,
        quote_volume=(volume * average).quantize(_SMALLEST),
        trades=100_000 + at_ns // _SECOND % 86_400,
    )


@lru_cache(maxsize=4096)
def _reference(code: str) -> Decimal:
    """What one of a code is worth in dollars before it wanders: 0.0001 to 9999 by its name."""
    known = _DOLLARS.get(code)
    if known is not None:
        return Decimal(known)
    digits, size, _, _ = draw("price", code)
    return Decimal(1_000 + digits % 9_000).scaleb(-(size % 8))


@lru_cache(maxsize=256)
def _manner(seed: int, exchange: str) -> tuple[int, int]:
    """Where a venue lies beside the truth, and half its spread, both in billionths."""
    offset, spread, _, _ = draw("manner", seed, exchange)
    least, most = _HALF_SPREADS
    return offset % (2 * _MOST_OFFSET + 1) - _MOST_OFFSET, least + spread % (most - least)


@lru_cache(maxsize=16_384)
def _volume(exchange: str, symbol: Symbol) -> Decimal:
    """What is traded in a day: more of what is known, more at some venues than at others."""
    share, _, _, _ = draw("volume", exchange, symbol)
    dollars = (900 if symbol.base in _DOLLARS else 4) * (100_000 + share % 900_000)
    return (dollars / _reference(symbol.base)).quantize(_SMALLEST)


@lru_cache(maxsize=16_384)
def _dollars(seed: int, code: str, at_ns: int) -> Decimal:
    """What one of a code is worth in dollars at a moment."""
    reference = _reference(code)
    if code == "USD":
        return reference
    moved = sum(_wandering(seed, code, at_ns, pace) for pace in _WANDERINGS)
    return reference * _with_billionths(moved // _STEADY_SHARE if code in _STEADY else moved)


def _wandering(seed: int, name: str, at_ns: int, pace: tuple[int, int]) -> int:
    """Billionths away from the reference: straight lines between knots, in whole numbers."""
    step_s, most = pace
    step_ns = step_s * _SECOND
    knot, since_ns = divmod(at_ns, step_ns)
    here = _knot(seed, name, step_s, knot) % (2 * most + 1) - most
    there = _knot(seed, name, step_s, knot + 1) % (2 * most + 1) - most
    return here + (there - here) * since_ns // step_ns


@lru_cache(maxsize=65_536)
def _knot(seed: int, name: str, step_s: int, knot: int) -> int:
    return draw("knot", seed, name, step_s, knot)[0]


def _with_billionths(billionths: int) -> Decimal:
    return Decimal(_BILLION + billionths).scaleb(-9)
