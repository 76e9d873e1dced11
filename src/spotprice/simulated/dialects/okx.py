"""How OKX's stream speaks: a ping is the bare word."""

from collections.abc import Sequence

from spotprice.simulated.dialects.base import Dialect, Heard, Push, Said, Wish, write
from spotprice.simulated.voices.okx import entry
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
    data = entry(push.ticker, push.market)
    return write({"arg": {"channel": push.channel, "instId": push.market}, "data": [data]})


# Source: www.okx.com/docs-v5 (WebSocket, tickers channel)
OKX = Dialect(id="okx", path="/ws/v5/public", read=split_at("-"), hear=_hear, push=_push)
