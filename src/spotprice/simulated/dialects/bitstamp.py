"""How Bitstamp's stream speaks: trades and the book apart, and every small market is granted."""

from collections.abc import Sequence
from decimal import Decimal

from spotprice.simulated.dialects.base import Dialect, Heard, Push, Said, Wish, write
from spotprice.simulated.voices.base import SECOND, plain
from spotprice.simulated.voices.spelling import joined_small

_CHANNELS = ("live_trades", "order_book")
_LEVELS = 5
_MICROSECOND = 1_000


def _error(message: str) -> str:
    return write({"event": "bts:error", "channel": "", "data": {"code": None, "message": message}})


def _hear(said: Said, now_ns: int) -> Sequence[Heard]:  # noqa: ARG001
    if not isinstance(said, dict):
        return [_error("Incorrect JSON format.")]
    if said.get("event") == "bts:heartbeat":
        answer = {"event": "bts:heartbeat", "channel": "", "data": {"status": "success"}}
        return [write(answer)]
    data = said.get("data")
    name = data.get("channel") if isinstance(data, dict) else None
    if said.get("event") != "bts:subscribe" or not isinstance(name, str):
        return [_error("Bad subscription string.")]
    channel, _, market = name.rpartition("_")
    if channel not in _CHANNELS or market != market.lower() or not market.isalnum():
        return [_error("Invalid channel provided.")]
    granted = {"event": "bts:subscription_succeeded", "channel": name, "data": {}}
    return [write(granted), Wish(channel, market, None, None)]


def _push(push: Push) -> str:
    ticker = push.ticker
    times = {
        "timestamp": str(ticker.at_ns // SECOND),
        "microtimestamp": str(ticker.at_ns // _MICROSECOND),
    }
    name = f"{push.channel}_{push.market}"
    if push.channel == "order_book":
        tick = Decimal(1).scaleb(int(ticker.bid.as_tuple().exponent))
        levels = range(_LEVELS)
        book = {
            "bids": [[plain(ticker.bid - n * tick), plain(ticker.bid_size)] for n in levels],
            "asks": [[plain(ticker.ask + n * tick), plain(ticker.ask_size)] for n in levels],
        }
        return write({"event": "data", "channel": name, "data": {**times, **book}})
    trade = {
        "id": ticker.trades,
        **times,
        "amount": 0.1,
        "amount_str": "0.10000000",
        "price": float(ticker.last),
        "price_str": plain(ticker.last),
        "type": 0,
        "buy_order_id": 1,
        "sell_order_id": 2,
    }
    return write({"event": "trade", "channel": name, "data": trade})


# Source: the documentation of Bitstamp's WebSocket interface v2 at www.bitstamp.net
BITSTAMP = Dialect(id="bitstamp", path="/", read=joined_small, hear=_hear, push=_push)
