"""How Gemini's stream speaks: markets in the address, changes one side of the book at a time."""

from collections.abc import Mapping, Sequence

from spotprice.simulated.dialects.base import Dialect, Push, Wish, write
from spotprice.simulated.voices.base import MILLISECOND, SECOND, plain
from spotprice.simulated.voices.spelling import joined


def _ask(query: Mapping[str, str]) -> Sequence[Wish]:
    return [Wish("", one, None, None) for one in query.get("symbols", "").split(",") if one]


def _push(push: Push) -> str:
    ticker = push.ticker

    def change(side: str, price: str, remaining: str) -> dict[str, str]:
        reason = "top-of-book" if push.turn else "initial"
        known = {"type": "change", "symbol": push.market, "reason": reason}
        return {**known, "side": side, "price": price, "remaining": remaining}

    trade = {
        "type": "trade",
        "symbol": push.market,
        "tid": ticker.trades,
        "price": plain(ticker.last),
        "amount": "0.00147",
        "makerSide": "bid" if ticker.last == ticker.bid else "ask",
    }
    events = [
        change("bid", plain(ticker.ask), "0.0"),  # the best of before has gone
        change("bid", plain(ticker.bid), plain(ticker.bid_size)),
        change("ask", plain(ticker.ask), plain(ticker.ask_size)),
        trade,
    ]
    return write(
        {
            "type": "update",
            "eventId": ticker.trades,
            "timestamp": ticker.at_ns // SECOND,
            "timestampms": ticker.at_ns // MILLISECOND,
            "socket_sequence": push.turn,
            "events": events,
        }
    )


def _beat(now_ns: int) -> str:
    return write({"type": "heartbeat", "timestampms": now_ns // MILLISECOND, "sequence": 1})


# Source: docs.gemini.com/websocket-api (multi market data)
GEMINI = Dialect(
    id="gemini",
    path="/v1/multimarketdata",
    read=joined(),
    hear=lambda said, now_ns: (),  # noqa: ARG005
    push=_push,
    ask=_ask,
    beat=_beat,
)
