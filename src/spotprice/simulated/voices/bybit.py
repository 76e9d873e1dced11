"""How Bybit speaks: a code in every answer, and 403 to whoever asks too often or brings a body."""

from spotprice.simulated.market import Ticker
from spotprice.simulated.voices.base import (
    MILLISECOND,
    Question,
    Shape,
    Speech,
    Voice,
    plain,
    say,
    shapes,
    shows,
    writes,
)
from spotprice.simulated.voices.spelling import joined

_too_frequent = writes(403, "403, access too frequent")


def _tell(ticker: Ticker) -> Speech:
    entry = {
        "symbol": ticker.symbol.base + ticker.symbol.quote,
        "bid1Price": plain(ticker.bid),
        "bid1Size": plain(ticker.bid_size),
        "ask1Price": plain(ticker.ask),
        "ask1Size": plain(ticker.ask_size),
        "lastPrice": plain(ticker.last),
        "prevPrice24h": plain(ticker.open),
        "price24hPcnt": f"{(ticker.last - ticker.open) / ticker.open:.4f}",
        "highPrice24h": plain(ticker.high),
        "lowPrice24h": plain(ticker.low),
        "turnover24h": plain(ticker.quote_volume),
        "volume24h": plain(ticker.volume),
        "usdIndexPrice": "",
    }
    return _envelope(ticker.at_ns, 0, "OK", {"category": "spot", "list": [entry]})


def _envelope(at_ns: int, code: int, text: str, result: object) -> Speech:
    body = {
        "retCode": code,
        "retMsg": text,
        "result": result,
        "retExtInfo": {},
        "time": at_ns // MILLISECOND,
    }
    return say(200, body)


def _fails(code: int, text: str) -> Shape:
    return lambda question: _envelope(question.at_ns, code, text, {})


def _object(question: Question) -> Speech | None:
    return _too_frequent(question) if question.has_body else None


# Source: bybit-exchange/docs on GitHub (v5: market/tickers, rate-limit, error, guide)
BYBIT = Voice(
    id="bybit",
    path="/v5/market/tickers",
    parameter="symbol",
    fixed={"category": "spot"},
    example="BTCUSDT",
    read=joined(),
    tell=_tell,
    objects=_object,
    shapes=shapes(
        unknown=(_fails(10001, "Not supported symbols"), _fails(10029, "The symbol is invalid")),
        limited=(_too_frequent, _fails(10006, "Too many visits!")),
        blocked=(
            _fails(10009, "The service is not available in your region."),
            shows(
                403,
                "ERROR: The request could not be satisfied",
                "The distribution is configured to block access from your country.",
            ),
        ),
        server=(
            _fails(10016, "Request timeout, please try again later"),
            _fails(10000, "Server Timeout"),
        ),
    ),
)
