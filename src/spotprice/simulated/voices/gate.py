"""How Gate speaks: an array of one, labels for errors, the time in a header."""

from spotprice.simulated.market import Ticker
from spotprice.simulated.voices.base import (
    MICROSECOND,
    Question,
    Shape,
    Speech,
    Voice,
    plain,
    say,
    shapes,
)
from spotprice.simulated.voices.spelling import split_at


def _tell(ticker: Ticker) -> Speech:
    entry = {
        "currency_pair": f"{ticker.symbol.base}_{ticker.symbol.quote}",
        "last": plain(ticker.last),
        "lowest_ask": plain(ticker.ask),
        "lowest_size": plain(ticker.ask_size),
        "highest_bid": plain(ticker.bid),
        "highest_size": plain(ticker.bid_size),
        "change_percentage": f"{100 * (ticker.last - ticker.open) / ticker.open:.2f}",
        "base_volume": plain(ticker.volume),
        "quote_volume": plain(ticker.quote_volume),
        "high_24h": plain(ticker.high),
        "low_24h": plain(ticker.low),
    }
    return say(200, [entry], _timed(ticker.at_ns))


def _timed(at_ns: int) -> dict[str, str]:
    return {"X-Out-Time": str(at_ns // MICROSECOND)}


def _fails(status: int, label: str, message: str) -> Shape:
    def shape(question: Question) -> Speech:
        headers = _timed(question.at_ns)
        return say(status, {"label": label, "message": message}, headers)

    return shape


def _no_pair(question: Question) -> Speech:
    body = {
        "label": "INVALID_CURRENCY_PAIR",
        "message": f"Invalid currency pair {question.market}",
    }
    return say(400, body, _timed(question.at_ns))


# Sources: gateio/gateapi-python on GitHub (docs/Ticker.md), www.gate.io/docs/developers/apiv4
GATE = Voice(
    id="gate",
    path="/api/v4/spot/tickers",
    parameter="currency_pair",
    example="BTC_USDT",
    read=split_at("_"),
    tell=_tell,
    shapes=shapes(
        unknown=(_no_pair, _fails(400, "INVALID_CURRENCY", "Invalid currency: it is delisted")),
        limited=(
            _fails(429, "TOO_MANY_REQUESTS", "Request rate limit exceeded"),
            _fails(429, "TOO_FAST", "Request is too fast"),
        ),
        server=(
            _fails(500, "INTERNAL", "Internal server error"),
            _fails(500, "SERVER_ERROR", "Server error"),
            _fails(503, "TOO_BUSY", "The service is too busy"),
        ),
    ),
)
