"""How Bybit's stream speaks: tickers without a book, and the book's best level in changes."""

from collections.abc import Sequence
from decimal import Decimal

from spotprice.simulated.dialects.base import Dialect, Heard, Push, Said, Wish, texts, write
from spotprice.simulated.voices.base import MILLISECOND, plain
from spotprice.simulated.voices.spelling import joined

_BOOK, _TICKERS = "orderbook.1", "tickers"


def _hear(said: Said, now_ns: int) -> Sequence[Heard]:  # noqa: ARG001
    said = said if isinstance(said, dict) else {}
    common = {"conn_id": "d8189029", "req_id": said.get("req_id", "")}
    if said.get("op") == "ping":
        return [write({"success": True, "ret_msg": "pong", **common, "op": "ping"})]
    topics = [topic.rpartition(".") for topic in texts(said.get("args"))]
    return [_wish(channel, market, common) for channel, _, market in topics]


def _wish(channel: str, market: str, common: dict[str, object]) -> Wish:
    no = f"Invalid symbol :[{channel}.{market}]"
    return Wish(
        channel,
        market,
        write({"success": True, "ret_msg": "subscribe", **common, "op": "subscribe"}),
        write({"success": False, "ret_msg": no, **common, "op": "subscribe"}),
    )


def _push(push: Push) -> str:
    ticker = push.ticker
    common = {"topic": f"{push.channel}.{push.market}", "ts": ticker.at_ns // MILLISECOND}
    if push.channel == _BOOK:
        kind = "delta" if push.turn else "snapshot"
        return write({**common, "type": kind, "data": _book(push)})
    data = {
        "symbol": push.market,
        "lastPrice": plain(ticker.last),
        "highPrice24h": plain(ticker.high),
        "lowPrice24h": plain(ticker.low),
        "prevPrice24h": plain(ticker.open),
        "volume24h": plain(ticker.volume),
        "turnover24h": plain(ticker.quote_volume),
        "price24hPcnt": f"{ticker.last / ticker.open - 1:.4f}",
        "usdIndexPrice": "",
    }
    return write({**common, "type": "snapshot", "cs": push.turn, "data": data})


def _book(push: Push) -> dict[str, object]:
    """In a change the level that has gone stands beside the new one, with size zero."""
    ticker = push.ticker
    tick = Decimal(1).scaleb(int(ticker.bid.as_tuple().exponent))
    bids = [[plain(ticker.bid), plain(ticker.bid_size)]]
    asks = [[plain(ticker.ask), plain(ticker.ask_size)]]
    if push.turn:
        bids.insert(0, [plain(ticker.bid - tick), "0"])
        asks.append([plain(ticker.ask + tick), "0"])
    return {"s": push.market, "b": bids, "a": asks, "u": 1 + push.turn, "seq": ticker.trades}


# Source: the files v5/ws/connect and v5/websocket/public of bybit-exchange/docs on GitHub
BYBIT = Dialect(id="bybit", path="/v5/public/spot", read=joined(), hear=_hear, push=_push)
