"""How Coinbase's exchange speaks: one message and the status. It wants to know who asks."""

from datetime import UTC, datetime

from spotprice.simulated.market import Ticker
from spotprice.simulated.voices.base import (
    SECOND,
    Question,
    Speech,
    Voice,
    padded,
    plain,
    say,
    says,
    shapes,
)
from spotprice.simulated.voices.spelling import split_at


def _tell(ticker: Ticker) -> Speech:
    seconds, rest_ns = divmod(ticker.at_ns, SECOND)
    moment = datetime.fromtimestamp(seconds, UTC)
    body = {
        "ask": plain(ticker.ask),
        "bid": plain(ticker.bid),
        "volume": padded(ticker.volume, 8),
        "trade_id": 712_345_678 + ticker.trades,
        "price": plain(ticker.last),
        "size": "0.00079",
        "time": f"{moment:%Y-%m-%dT%H:%M:%S}.{rest_ns:09d}Z",
        "rfq_volume": "12.345678",
    }
    return say(200, body, {"Cache-Control": "public, max-age=1"})


def _object(question: Question) -> Speech | None:
    return None if question.agent else say(400, {"message": "User-Agent header is required."})


# Sources: docs.cdp.coinbase.com (exchange/rest-api), issue 202 of restclient.el on GitHub
COINBASE = Voice(
    id="coinbase",
    path="/products/{market}/ticker",
    example="BTC-USD",
    read=split_at("-"),
    tell=_tell,
    has_dollars=True,
    objects=_object,
    shapes=shapes(
        unknown=(says(404, {"message": "NotFound"}),),
        limited=(says(429, {"message": "Public rate limit exceeded"}),),
        maintenance=(
            says(503, {"message": "The exchange is under maintenance. Please try again later."}),
        ),
        server=(says(500, {"message": "Internal server error"}),),
    ),
)
