"""How KuCoin's newer stream speaks: short names, times in nanoseconds."""

from collections.abc import Sequence

from spotprice.simulated.dialects.base import Dialect, Heard, Push, Said, Wish, write
from spotprice.simulated.voices.base import plain
from spotprice.simulated.voices.spelling import split_at


def _hear(said: Said, now_ns: int) -> Sequence[Heard]:
    if not isinstance(said, dict):
        return []
    number = said.get("id")
    if said.get("type") == "ping":
        return [write({"id": number, "type": "pong", "ts": now_ns})]
    market = said.get("symbol")
    is_wish = str(said.get("action")).upper() == "SUBSCRIBE" and said.get("channel") == "ticker"
    if not is_wish or said.get("tradeType") != "SPOT" or not isinstance(market, str):
        return [write({"id": number, "result": False, "message": "Invalid parameter"})]
    refused = {"id": number, "result": False, "message": f"symbol {market} does not exist"}
    return [Wish("ticker", market, write({"id": number, "result": True}), write(refused))]


def _push(push: Push) -> str:
    ticker = push.ticker
    data = {
        "s": push.market,
        "l": plain(ticker.last),
        "q": "0.000025",
        "S": "SELL" if ticker.last == ticker.bid else "BUY",
        "b": plain(ticker.bid),
        "B": plain(ticker.bid_size),
        "a": plain(ticker.ask),
        "A": plain(ticker.ask_size),
        "M": ticker.at_ns,
        "E": 35_866_825_780 + push.turn,
    }
    return write({"T": "ticker.SPOT", "P": ticker.at_ns, "d": data})


# Source: the introduction to the newer WebSocket interface at www.kucoin.com/docs-new
KUCOIN = Dialect(
    id="kucoin",
    path="/",
    read=split_at("-"),
    hear=_hear,
    push=_push,
    greet=(write({"sessionId": "1", "message": "welcome", "pingInterval": 30_000}),),
)
