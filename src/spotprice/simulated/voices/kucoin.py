"""How KuCoin speaks: code and data; an unknown market is a success without data."""

from spotprice.simulated.market import Ticker
from spotprice.simulated.voices.base import (
    MILLISECOND,
    Speech,
    Voice,
    padded,
    plain,
    say,
    says,
    shapes,
)
from spotprice.simulated.voices.spelling import split_at

_POOL = {"gw-ratelimit-limit": "2000"}
_LIMITED = {
    "code": "429000",
    "msg": "too many requests in a short period of time, please retry later",
}


def _tell(ticker: Ticker) -> Speech:
    change = ticker.last - ticker.open
    data = {
        "time": ticker.at_ns // MILLISECOND,
        "symbol": str(ticker.symbol),
        "buy": plain(ticker.bid),
        "sell": plain(ticker.ask),
        "changeRate": f"{change / ticker.open:.4f}",
        "changePrice": plain(change),
        "high": plain(ticker.high),
        "low": plain(ticker.low),
        "vol": padded(ticker.volume, 8),
        "volValue": plain(ticker.quote_volume),
        "last": plain(ticker.last),
        "averagePrice": plain(ticker.average),
        "takerFeeRate": "0.001",
        "makerFeeRate": "0.001",
        "takerCoefficient": "1",
        "makerCoefficient": "1",
    }
    left = {"gw-ratelimit-remaining": "1985", "gw-ratelimit-reset": "29500"}
    return say(200, {"code": "200000", "data": data}, _POOL | left)


# Sources: Kucoin/kucoin-universal-sdk on GitHub (spot market), www.kucoin.com/docs-new/rate-limit
KUCOIN = Voice(
    id="kucoin",
    path="/api/v1/market/stats",
    parameter="symbol",
    example="BTC-USDT",
    read=split_at("-"),
    tell=_tell,
    shapes=shapes(
        unknown=(
            says(200, {"code": "200000", "data": None}),
            says(200, {"code": "400100", "msg": "Unsupported trading pair."}),
            says(200, {"code": "900001", "msg": "symbol not exists"}),
        ),
        limited=(
            says(
                429,
                _LIMITED,
                _POOL | {"gw-ratelimit-remaining": "0", "gw-ratelimit-reset": "12500"},
            ),
            says(429, _LIMITED),
        ),
        server=(
            says(500, {"code": "500000", "msg": "Internal Server Error"}),
            says(503, {"code": "500000", "msg": "Service Unavailable"}),
        ),
    ),
)
