"""How Gate's stream speaks: every message is wrapped, with the time and the channel."""

from collections.abc import Sequence

from spotprice.simulated.dialects.base import Dialect, Heard, Push, Said, Wish, texts, write
from spotprice.simulated.voices.base import MILLISECOND, SECOND, plain
from spotprice.simulated.voices.spelling import split_at

_CHANNEL = "spot.tickers"


def _wrap(channel: str, event: str, now_ns: int, **content: object) -> str:
    times = {"time": now_ns // SECOND, "time_ms": now_ns // MILLISECOND}
    return write({**times, "channel": channel, "event": event, **content})


def _hear(said: Said, now_ns: int) -> Sequence[Heard]:
    said = said if isinstance(said, dict) else {}
    if said.get("channel") == "spot.ping":
        return [_wrap("spot.pong", "", now_ns, error=None, result=None)]
    markets = texts(said.get("payload"))
    if said.get("channel") != _CHANNEL or said.get("event") != "subscribe" or not markets:
        error = {"code": 1, "message": "invalid argument"}
        return [_wrap(str(said.get("channel")), "", now_ns, error=error, result=None)]
    granted = _wrap(_CHANNEL, "subscribe", now_ns, error=None, result={"status": "success"})
    return [Wish("", market, granted, _no(market, now_ns)) for market in markets]


def _no(market: str, now_ns: int) -> str:
    error = {"code": 2, "message": f"unknown currency pair: {market}"}
    return _wrap(_CHANNEL, "subscribe", now_ns, error=error, result={"status": "fail"})


def _push(push: Push) -> str:
    ticker = push.ticker
    result = {
        "currency_pair": push.market,
        "last": plain(ticker.last),
        "lowest_ask": plain(ticker.ask),
        "highest_bid": plain(ticker.bid),
        "change_percentage": f"{100 * (ticker.last / ticker.open - 1):.2f}",
        "base_volume": plain(ticker.volume),
        "quote_volume": plain(ticker.quote_volume),
        "high_24h": plain(ticker.high),
        "low_24h": plain(ticker.low),
    }
    return _wrap(_CHANNEL, "update", ticker.at_ns, result=result)


# Source: the documentation of Gate's WebSocket interface v4 at www.gate.com
GATE = Dialect(id="gate", path="/ws/v4/", read=split_at("_"), hear=_hear, push=_push)
