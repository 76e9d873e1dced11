"""How Huobi (HTX) speaks: bare numbers, some with an exponent; errors with 200."""

from spotprice.simulated.market import Ticker
from spotprice.simulated.voices.base import (
    MILLISECOND,
    Question,
    Shape,
    Speech,
    Voice,
    bare,
    say,
    shapes,
)
from spotprice.simulated.voices.spelling import joined_small

_LIMITED_STATUS = 429


def _tell(ticker: Ticker) -> Speech:
    market = (ticker.symbol.base + ticker.symbol.quote).lower()
    bid, ask = bare(ticker.bid), bare(ticker.ask)
    text = (
        f'{{"ch":"market.{market}.detail.merged","status":"ok","ts":{ticker.at_ns // MILLISECOND},'
        f'"tick":{{"id":311869842476,"version":311869842476,"open":{bare(ticker.open)},'
        f'"close":{bare(ticker.last)},"low":{bare(ticker.low)},'
        f'"high":{bare(ticker.high)},"amount":{bare(ticker.volume)},'
        f'"vol":{ticker.quote_volume.normalize():E},"count":{ticker.trades},'
        f'"bid":[{bid},{bare(ticker.bid_size)}],"ask":[{ask},{bare(ticker.ask_size)}]}}}}'
    )
    return Speech(200, text.encode(), {"Content-Type": "application/json;charset=utf-8"})


def _fails(code: str, message: str, status: int = 200) -> Shape:
    def shape(question: Question) -> Speech:
        body = {
            "ts": question.at_ns // MILLISECOND,
            "status": "error",
            "err-code": code,
            "err-msg": message,
        }
        return say(status, body)

    return shape


# Sources: huobiapi/docs on GitHub (v1_en), the errors that ccxt's htx.py knows
HUOBI = Voice(
    id="huobi",
    path="/market/detail/merged",
    parameter="symbol",
    example="btcusdt",
    read=joined_small,
    tell=_tell,
    shapes=shapes(
        unknown=(
            _fails("invalid-parameter", "invalid symbol"),
            _fails("base-symbol-error", "The symbol is invalid"),
        ),
        limited=(
            _fails("base-request-exceed-frequency-limit", "request exceeds the frequency limit"),
            _fails("rate-too-many-requests", "too many requests"),
            _fails("rate-too-many-requests", "too many requests", _LIMITED_STATUS),
        ),
        maintenance=(_fails("system-maintenance", "System is in maintenance!"),),
        server=(
            _fails("gateway-internal-error", "gateway internal error"),
            _fails("timeout", "request timeout"),
        ),
    ),
)
