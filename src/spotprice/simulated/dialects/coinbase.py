"""How Coinbase's stream speaks: a heartbeat a second, and one wrong market refuses a message."""

from collections.abc import Sequence

from spotprice.simulated.dialects.base import (
    Dialect,
    Heard,
    Push,
    Said,
    Wish,
    texts,
    timestamp,
    write,
)
from spotprice.simulated.voices.base import plain
from spotprice.simulated.voices.spelling import split_at


def _hear(said: Said, now_ns: int) -> Sequence[Heard]:  # noqa: ARG001
    if not isinstance(said, dict) or said.get("type") != "subscribe":
        error = {"type": "error", "message": "Malformed JSON", "reason": "Unable to parse message"}
        return [write(error)]
    markets, channels = texts(said.get("product_ids")), texts(said.get("channels"))
    named = [{"name": channel, "product_ids": markets} for channel in channels]
    granted = write({"type": "subscriptions", "channels": named})
    return [Wish(channel, one, granted, _no(one)) for channel in channels for one in markets]


def _no(market: str) -> str:
    reason = f"{market} is not a valid product"
    return write({"type": "error", "message": "Failed to subscribe", "reason": reason})


def _push(push: Push) -> str:
    ticker = push.ticker
    if push.channel == "heartbeat":
        beat = {"type": "heartbeat", "sequence": push.turn, "last_trade_id": ticker.trades}
        return write({**beat, "product_id": push.market, "time": timestamp(ticker.at_ns)})
    return write(
        {
            "type": "ticker",
            "sequence": 1_000_000 + push.turn,
            "product_id": push.market,
            "price": plain(ticker.last),
            "open_24h": plain(ticker.open),
            "volume_24h": plain(ticker.volume),
            "low_24h": plain(ticker.low),
            "high_24h": plain(ticker.high),
            "volume_30d": plain(30 * ticker.volume),
            "best_bid": plain(ticker.bid),
            "best_bid_size": plain(ticker.bid_size),
            "best_ask": plain(ticker.ask),
            "best_ask_size": plain(ticker.ask_size),
            "side": "sell" if ticker.last == ticker.bid else "buy",
            "time": timestamp(ticker.at_ns),
            "trade_id": ticker.trades,
            "last_size": "0.00079",
        }
    )


# Source: the pages on the WebSocket feed at docs.cdp.coinbase.com/exchange
COINBASE = Dialect(id="coinbase", path="/", read=split_at("-"), hear=_hear, push=_push)
