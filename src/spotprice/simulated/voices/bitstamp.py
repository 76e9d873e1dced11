"""How Bitstamp speaks: all strings, and all markets at once where one is not known."""

from functools import cache

from spotprice.simulated.market import Ticker, ticker_at
from spotprice.simulated.voices.base import (
    SECOND,
    Question,
    Shape,
    Speech,
    Voice,
    padded,
    plain,
    say,
    says,
    shapes,
)
from spotprice.simulated.voices.spelling import joined
from spotprice.symbol import Symbol

_MARKETS = 276  # make 80 KB
_LONG_AGO_NS = 1_795_345_200 * SECOND
_read_joined = joined()


def _read(market: str) -> Symbol | None:
    """The path is the same in capital and small letters."""
    return _read_joined(market.upper())


def _entry(ticker: Ticker) -> dict[str, str]:
    return {
        "timestamp": str(ticker.at_ns // SECOND),
        "open": plain(ticker.open),
        "high": plain(ticker.high),
        "low": plain(ticker.low),
        "last": plain(ticker.last),
        "volume": padded(ticker.volume, 8),
        "vwap": plain(ticker.average),
        "bid": plain(ticker.bid),
        "ask": plain(ticker.ask),
        "side": "0" if ticker.last == ticker.bid else "1",
        "open_24": plain(ticker.open),
        "percent_change_24": f"{100 * (ticker.last - ticker.open) / ticker.open:.2f}",
        "market_type": "SPOT",
        "market": f"{ticker.symbol.base}/{ticker.symbol.quote}",
    }


def _tell(ticker: Ticker) -> Speech:
    return say(200, _entry(ticker))


@cache
def _every_market() -> Speech:
    symbols = [Symbol(f"COIN{number}", "USD") for number in range(_MARKETS)]
    return say(200, [_entry(ticker_at(0, "bitstamp", one, _LONG_AGO_NS)) for one in symbols])


def _array(question: Question) -> Speech:  # noqa: ARG001 - the same whatever is asked
    return _every_market()


def _refuses(code: str) -> Shape:
    return says(400, {"response_code": code, "message": "Request rate limit exceeded."})


# Sources: www.bitstamp.net/api (ticker, request limits), the errors that ccxt's bitstamp.py knows
BITSTAMP = Voice(
    id="bitstamp",
    path="/api/v2/ticker/{market}/",
    example="btcusd",
    read=_read,
    tell=_tell,
    has_dollars=True,
    shapes=shapes(
        unknown=(_array,),
        limited=(_refuses("400.002"), _refuses("400.067"), _refuses("400.068")),
        server=(says(500, {"error": "Internal server error"}),),
    ),
)
