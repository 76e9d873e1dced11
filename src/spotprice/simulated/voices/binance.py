"""How Binance speaks: strings with eight digits, codes below zero."""

from spotprice.simulated.market import Ticker
from spotprice.simulated.voices.base import (
    MILLISECOND,
    Speech,
    Voice,
    padded,
    say,
    says,
    shapes,
    shows,
)
from spotprice.simulated.voices.spelling import joined

_DAY_MS = 86_400_000


def _tell(ticker: Ticker) -> Speech:
    now_ms = ticker.at_ns // MILLISECOND
    change = ticker.last - ticker.open
    body = {
        "symbol": ticker.symbol.base + ticker.symbol.quote,
        "priceChange": padded(change, 8),
        "priceChangePercent": f"{100 * change / ticker.open:.3f}",
        "weightedAvgPrice": padded(ticker.average, 8),
        "prevClosePrice": padded(ticker.open, 8),
        "lastPrice": padded(ticker.last, 8),
        "lastQty": "0.00200000",
        "bidPrice": padded(ticker.bid, 8),
        "bidQty": padded(ticker.bid_size, 8),
        "askPrice": padded(ticker.ask, 8),
        "askQty": padded(ticker.ask_size, 8),
        "openPrice": padded(ticker.open, 8),
        "highPrice": padded(ticker.high, 8),
        "lowPrice": padded(ticker.low, 8),
        "volume": padded(ticker.volume, 8),
        "quoteVolume": padded(ticker.quote_volume, 8),
        "openTime": now_ms - _DAY_MS,
        "closeTime": now_ms,
        "firstId": 1,
        "lastId": ticker.trades,
        "count": ticker.trades,
    }
    return say(200, body, {"X-MBX-USED-WEIGHT-1M": "2"})


# Sources: rest-api.md and errors.md of binance-spot-api-docs on GitHub; the text of 451 from
# issue 127 of hummingbot-api
BINANCE = Voice(
    id="binance",
    path="/api/v3/ticker/24hr",
    parameter="symbol",
    example="BTCUSDT",
    read=joined(),
    tell=_tell,
    shapes=shapes(
        unknown=(says(400, {"code": -1121, "msg": "Invalid symbol."}),),
        limited=(
            says(
                429,
                {
                    "code": -1003,
                    "msg": "Too much request weight used; current limit is 6000 request weight "
                    "per 1 MINUTE. Please use WebSocket Streams for live updates to avoid "
                    "polling the API.",
                },
                {"Retry-After": "17", "X-MBX-USED-WEIGHT-1M": "6002"},
            ),
            says(
                418,
                {
                    "code": -1003,
                    "msg": "Way too much request weight used; IP banned until 1795345320000. "
                    "Please use WebSocket Streams for live updates to avoid bans.",
                },
                {"Retry-After": "120"},
            ),
        ),
        blocked=(
            says(
                451,
                {
                    "code": 0,
                    "msg": "Service unavailable from a restricted location according to "
                    "'b. Eligibility' in https://www.binance.com/en/terms. Please contact "
                    "customer service if you believe you received this message in error.",
                },
            ),
            shows(403, "ERROR: The request could not be satisfied", "Request blocked."),
        ),
        server=(
            says(500, {"code": -1000, "msg": "An unknown error occurred."}),
            says(
                500,
                {
                    "code": -1001,
                    "msg": "Internal error; unable to process your request. Please try again.",
                },
            ),
            says(
                503,
                {
                    "code": -1008,
                    "msg": "Server is currently overloaded with other requests. "
                    "Please try again in a few minutes.",
                },
            ),
        ),
    ),
)
