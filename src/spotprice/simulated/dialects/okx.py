"""How OKX's stream speaks: a ping is the bare word."""

from collections.abc import Sequence

from spotprice.simulated.dialects.base import Dialect, Heard, Push, Said, Wish, write
from spotprice.simulated.voices.base import MILLISECOND, plain
from spotprice.simulated.voices.spelling import split_at

_CONNECTION = {"connId": "a4d3ae55"}


def _error(code: str, message: str) -> str:
    return write({"event": "error", "code": code, "msg": message, **_CONNECTION})


def _hear(said: Said, now_ns: int) -> Sequence[Heard]:  # noqa: ARG001
    if said == "ping":
        return ["pong"]
    args = said.get("args") if isinstance(said, dict) else None
    if not isinstance(args, list) or not all(isinstance(one, dict) for one in args):
        return [_error("60012", "Invalid request")]
    return [_wish(one) for one in args]


def _wish(arg: dict[str, object]) -> Wish:
    market, channel = str(arg.get("instId")), str(arg.get("channel"))
    no = f"Wrong URL or channel:{channel},instId:{market} doesn't exist. Please use the correct URL"
    granted = write({"event": "subscribe", "arg": arg, **_CONNECTION})
    return Wish(channel, market, granted, _error("60018", no))


def _push(push: Push) -> str:
    ticker = push.ticker
    data = {
        "instType": "SPOT",
        "instId": push.market,
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
    return write({"arg": {"channel": push.channel, "instId": push.market}, "data": [data]})


# Source: www.okx.com/docs-v5 (WebSocket, tickers channel)
OKX = Dialect(id="okx", path="/ws/v5/public", read=split_at("-"), hear=_hear, push=_push)
