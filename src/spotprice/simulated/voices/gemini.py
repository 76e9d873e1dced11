"""How Gemini speaks: the volume under the codes' own names, errors with a reason."""

from spotprice.simulated.market import Ticker
from spotprice.simulated.voices.base import (
    MILLISECOND,
    Question,
    Shape,
    Speech,
    Voice,
    padded,
    say,
    says,
    shapes,
    writes,
)
from spotprice.simulated.voices.spelling import joined_small


def _tell(ticker: Ticker) -> Speech:
    body = {
        "bid": padded(ticker.bid, 2),
        "ask": padded(ticker.ask, 2),
        "volume": {
            ticker.symbol.base: padded(ticker.volume, 8),
            ticker.symbol.quote: padded(ticker.quote_volume, 10),
            "timestamp": ticker.at_ns // MILLISECOND,
        },
        "last": padded(ticker.last, 2),
    }
    return say(200, body)


def _fails(status: int, reason: str, message: str) -> Shape:
    return says(status, {"result": "error", "reason": reason, "message": message})


def _no_symbol(question: Question) -> Speech:
    message = f"Supplied value '{question.market}' is not a valid symbol"
    return say(400, {"result": "error", "reason": "Bad Request", "message": message})


# Sources: developer.gemini.com (rate-limit), the errors that ccxt's gemini.py knows
GEMINI = Voice(
    id="gemini",
    path="/v1/pubticker/{market}",
    example="btcusd",
    read=joined_small,
    tell=_tell,
    has_dollars=True,
    shapes=shapes(
        unknown=(
            _no_symbol,
            _fails(400, "InvalidSymbol", "Received a request for an unknown symbol."),
        ),
        limited=(
            _fails(429, "Too Many Requests", "Too Many Requests"),
            _fails(429, "RateLimit", "Requests were made too frequently."),
            _fails(200, "RateLimit", "Requests were made too frequently."),
        ),
        maintenance=(
            _fails(503, "Maintenance", "The system is down for maintenance."),
            writes(503, "Gemini is currently undergoing maintenance."),
            writes(503, "We are investigating technical issues with the exchange."),
        ),
        server=(_fails(500, "System", "We are experiencing technical issues."),),
    ),
)
