"""How Kraken speaks: always 200, errors in a list, markets under names of their own."""

from spotprice.simulated.market import Ticker
from spotprice.simulated.voices.base import (
    SECOND,
    Question,
    Shape,
    Speech,
    Voice,
    padded,
    say,
    says,
    shapes,
)
from spotprice.simulated.voices.spelling import joined
from spotprice.symbol import Symbol

_OWN = {"BTC": "XBT", "DOGE": "XDG"}
_OLD_COINS = frozenset({"XBT", "ETH", "LTC", "XRP", "XLM", "XMR", "ZEC", "ETC", "REP", "MLN"})
_OLD_MONEY = frozenset({"USD", "EUR", "GBP"})


def result_key(symbol: Symbol) -> str:
    """Return the name under which the answer has a market: ``XXBTZUSD`` for what is old."""
    base, quote = (_OWN.get(code, code) for code in (symbol.base, symbol.quote))
    is_old = base in _OLD_COINS and quote in _OLD_MONEY
    return f"X{base}Z{quote}" if is_old else base + quote


def _tell(ticker: Ticker) -> Speech:
    volume, average = padded(ticker.volume, 8), padded(ticker.average, 5)
    body = {
        "a": [padded(ticker.ask, 5), "1", padded(ticker.ask_size, 3)],
        "b": [padded(ticker.bid, 5), "5", padded(ticker.bid_size, 3)],
        "c": [padded(ticker.last, 5), "0.01000000"],
        "v": [padded((ticker.volume / 2).quantize(ticker.volume), 8), volume],
        "p": [average, average],
        "t": [ticker.trades // 2, ticker.trades],
        "l": [padded(ticker.low, 5), padded(ticker.low, 5)],
        "h": [padded(ticker.high, 5), padded(ticker.high, 5)],
        "o": padded(ticker.open, 5),
    }
    return say(200, {"error": [], "result": {result_key(ticker.symbol): body}})


def _fails(text: str) -> Shape:
    return says(200, {"error": [text]})


def _throttled(question: Question) -> Speech:
    return say(200, {"error": [f"EService:Throttled: {question.at_ns // SECOND + 5}"]})


# Sources: docs.kraken.com/api (get-ticker-information), the errors that ccxt's kraken.py knows
KRAKEN = Voice(
    id="kraken",
    path="/0/public/Ticker",
    parameter="pair",
    example="XBTUSD",
    read=joined(renamed={own: code for code, own in _OWN.items()}),
    tell=_tell,
    has_dollars=True,
    shapes=shapes(
        unknown=(_fails("EQuery:Unknown asset pair"), _fails("EQuery:Invalid asset pair")),
        limited=(
            _fails("EAPI:Rate limit exceeded"),
            _fails("EGeneral:Too many requests"),
            _fails("EGeneral:Temporary lockout"),
            _throttled,
        ),
        maintenance=(
            _fails("EService:Market in cancel_only mode"),
            _fails("EService:Market in post_only mode"),
        ),
        server=(
            _fails("EService:Unavailable"),
            _fails("EService:Busy"),
            _fails("EService:Deadline elapsed"),
            _fails("EGeneral:Internal error"),
            _fails("EDatabase:Internal error"),
        ),
    ),
)
