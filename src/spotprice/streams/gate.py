"""Gate's stream of tickers: one message a second and market."""

from collections.abc import Iterable, Sequence

from spotprice.errors import UnknownSymbolError
from spotprice.exchanges.base import MILLISECOND, SECOND, Json, Moment
from spotprice.streams.base import Stream
from spotprice.streams.readers import Named, Refused, Tick

_CHANNEL = "spot.tickers"


def _subscribe(markets: Sequence[str], now_ns: int) -> Iterable[Json]:
    # One message a market: a wrong one refuses the whole message.
    for market in markets:
        yield {
            "time": now_ns // SECOND,
            "channel": _CHANNEL,
            "event": "subscribe",
            "payload": [market],
        }


# Source: the documentation of Gate's WebSocket interface v4 at www.gate.com (spot.tickers)
GATE = Stream(
    id="gate",
    hosts=("wss://api.gateio.ws",),
    path="/ws/v4/",
    readers=(
        Tick(
            market=Named("result.currency_pair"),
            marks={"channel": _CHANNEL, "event": "update"},
            last="result.last",
            bid="result.highest_bid",
            ask="result.lowest_ask",
            volume="result.base_volume",
            moment=Moment(MILLISECOND, path="time_ms"),
        ),
        Refused(
            {"channel": _CHANNEL, "event": "subscribe", "result.status": "fail"},
            "error.message",
            words={"unknown currency": UnknownSymbolError},
        ),
    ),
    subscribe=_subscribe,
    ping=lambda now_ns: {"time": now_ns // SECOND, "channel": "spot.ping"},
)
