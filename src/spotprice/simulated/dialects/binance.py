"""How Binance's stream speaks: it grants every wish, also for what it has not."""

from collections.abc import Sequence

from spotprice.simulated.dialects.base import Dialect, Heard, Push, Said, Wish, texts, write
from spotprice.simulated.voices.base import MILLISECOND, padded
from spotprice.simulated.voices.spelling import joined_small


def _hear(said: Said, now_ns: int) -> Sequence[Heard]:  # noqa: ARG001
    if not isinstance(said, dict):
        return [write({"code": 3, "msg": "Invalid JSON: expected value at line 1 column 1"})]
    number = said.get("id")
    if said.get("method") == "LIST_SUBSCRIPTIONS":
        return [write({"result": [], "id": number})]
    if said.get("method") != "SUBSCRIBE":
        error = {"code": 2, "msg": "Invalid request: unknown variant"}
        return [write({"error": error, "id": number})]
    wishes = [one.split("@") for one in texts(said.get("params")) if one.endswith("@ticker")]
    return [
        write({"result": None, "id": number}),
        *(Wish("ticker", parts[0], None, None) for parts in wishes),
    ]


def _push(push: Push) -> str:
    ticker = push.ticker
    change = ticker.last - ticker.open
    return write(
        {
            "e": "24hrTicker",
            "E": ticker.at_ns // MILLISECOND,
            "s": push.market.upper(),
            "p": padded(change, 8),
            "P": f"{100 * change / ticker.open:.3f}",
            "w": padded(ticker.average, 8),
            "c": padded(ticker.last, 8),
            "Q": "0.00200000",
            "b": padded(ticker.bid, 8),
            "B": padded(ticker.bid_size, 8),
            "a": padded(ticker.ask, 8),
            "A": padded(ticker.ask_size, 8),
            "o": padded(ticker.open, 8),
            "h": padded(ticker.high, 8),
            "l": padded(ticker.low, 8),
            "v": padded(ticker.volume, 8),
            "q": padded(ticker.quote_volume, 8),
            "O": ticker.at_ns // MILLISECOND - 86_400_000,
            "C": ticker.at_ns // MILLISECOND,
            "F": 1,
            "L": ticker.trades,
            "n": ticker.trades,
        }
    )


# Source: web-socket-streams of binance-spot-api-docs on GitHub
BINANCE = Dialect(id="binance", path="/ws", read=joined_small, hear=_hear, push=_push)
