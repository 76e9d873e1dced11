"""How Kraken's stream speaks (version 2): numbers, and bitcoin is BTC."""

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
from spotprice.simulated.voices.base import bare
from spotprice.simulated.voices.spelling import split_at


def _hear(said: Said, now_ns: int) -> Sequence[Heard]:
    if not isinstance(said, dict):
        return [write({"error": "Malformed request", "success": False})]
    times = {"time_in": timestamp(now_ns), "time_out": timestamp(now_ns)}
    if said.get("method") == "ping":
        return [write({"method": "pong", **times})]
    params = said.get("params")
    params = params if isinstance(params, dict) else {}
    if said.get("method") != "subscribe" or params.get("channel") != "ticker":
        return [write({"error": "Unsupported event", "success": False, **times})]
    number = said.get("req_id")
    return [_wish(market, number, times) for market in texts(params.get("symbol"))]


def _wish(market: str, number: object, times: dict[str, str]) -> Wish:
    result = {"channel": "ticker", "event_trigger": "bbo", "snapshot": True, "symbol": market}
    common = {"method": "subscribe", "req_id": number, **times}
    no = f"Currency pair not supported {market}"
    return Wish(
        "ticker",
        market,
        write({**common, "result": result, "success": True}),
        write({**common, "error": no, "success": False, "symbol": market}),
    )


def _push(push: Push) -> str:
    ticker = push.ticker
    change = ticker.last - ticker.open
    return (
        f'{{"channel":"ticker","type":"{"update" if push.turn else "snapshot"}","data":[{{'
        f'"symbol":"{push.market}","bid":{bare(ticker.bid)},"bid_qty":{bare(ticker.bid_size)},'
        f'"ask":{bare(ticker.ask)},"ask_qty":{bare(ticker.ask_size)},'
        f'"last":{bare(ticker.last)},"volume":{bare(ticker.volume)},'
        f'"vwap":{bare(ticker.average)},"low":{bare(ticker.low)},"high":{bare(ticker.high)},'
        f'"change":{bare(change)},"change_pct":{100 * change / ticker.open:.2f},'
        f'"trades":{ticker.trades},"timestamp":"{timestamp(ticker.at_ns)}"}}]}}'
    )


_STATUS = {"version": "2.0.10", "system": "online", "api_version": "v2", "connection_id": 1}

# Source: docs.kraken.com/api (websocket-v2: ticker, ping, heartbeat, status)
KRAKEN = Dialect(
    id="kraken",
    path="/v2",
    read=split_at("/"),
    hear=_hear,
    push=_push,
    greet=(write({"channel": "status", "type": "update", "data": [_STATUS]}),),
    beat=lambda now_ns: write({"channel": "heartbeat"}),  # noqa: ARG005
)
