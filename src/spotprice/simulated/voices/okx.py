"""How OKX speaks: every code a string, the ticker in an array of one."""

from spotprice.simulated.market import Ticker
from spotprice.simulated.voices.base import (
    MILLISECOND,
    Question,
    Shape,
    Speech,
    Voice,
    plain,
    say,
    says,
    shapes,
)
from spotprice.simulated.voices.spelling import split_at


def entry(ticker: Ticker, market: str) -> dict[str, str]:
    """Return what OKX says of a market, in its answers and on its stream alike."""
    return {
        "instType": "SPOT",
        "instId": market,
        "last": plain(ticker.last),
        "lastSz": "0.001",
        "askPx": plain(ticker.ask),
        "askSz": plain(ticker.ask_size),
        "bidPx": plain(ticker.bid),
        "bidSz": plain(ticker.bid_size),
        "open24h": plain(ticker.open),
        "high24h": plain(ticker.high),
        "low24h": plain(ticker.low),
        "volCcy24h": plain(ticker.quote_volume),
        "vol24h": plain(ticker.volume),
        "ts": str(ticker.at_ns // MILLISECOND),
        "sodUtc0": plain(ticker.open),
        "sodUtc8": plain(ticker.open),
    }


def _tell(ticker: Ticker) -> Speech:
    data = entry(ticker, str(ticker.symbol))
    return say(200, {"code": "0", "msg": "", "data": [data]})


def _fails(status: int, code: str, message: str) -> Shape:
    return says(status, {"code": code, "msg": message, "data": []})


def _no_instrument(question: Question) -> Speech:
    message = f"Instrument ID, Instrument ID code, or Spread ID {question.market} doesn't exist."
    return say(200, {"code": "51001", "msg": message, "data": []})


# Sources: www.okx.com/docs-v5 (Get ticker, error code), the errors that ccxt's okx.py knows
OKX = Voice(
    id="okx",
    path="/api/v5/market/ticker",
    parameter="instId",
    example="BTC-USDT",
    read=split_at("-"),
    tell=_tell,
    shapes=shapes(
        unknown=(_no_instrument,),
        limited=(
            _fails(429, "50011", "Too Many Requests"),
            _fails(200, "50011", "Too Many Requests"),
        ),
        maintenance=(
            _fails(503, "50001", "Service temporarily unavailable. Try again later"),
            _fails(200, "50001", "Service temporarily unavailable. Try again later"),
        ),
        server=(
            _fails(500, "50026", "System error. Try again later"),
            _fails(429, "50013", "Systems are busy. Please try again later."),
        ),
    ),
)
