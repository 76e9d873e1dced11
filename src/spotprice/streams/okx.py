"""OKX's stream of tickers."""

from collections.abc import Iterable, Sequence

from spotprice.errors import UnknownSymbolError
from spotprice.exchanges.base import MILLISECOND, Json, Moment
from spotprice.streams.base import Stream
from spotprice.streams.readers import Named, Parting, Refused, Tick


def _subscribe(markets: Sequence[str], now_ns: int) -> Iterable[Json]:  # noqa: ARG001
    # One message a market: a wrong one refuses the whole message.
    for market in markets:
        yield {"op": "subscribe", "args": [{"channel": "tickers", "instId": market}]}


# Source: www.okx.com/docs-v5 (WebSocket overview; public data, tickers channel). After 30 s of
# silence the connection is closed; a notice announces that it will be for an upgrade.
OKX = Stream(
    id="okx",
    hosts=("wss://ws.okx.com:8443",),
    path="/ws/v5/public",
    readers=(
        Tick(
            market=Named("instId"),
            marks={"arg.channel": "tickers"},
            rows="data",
            last="last",
            bid="bidPx",
            ask="askPx",
            volume="vol24h",
            moment=Moment(MILLISECOND, path="ts"),
        ),
        Refused(
            {"event": "error"},
            "msg",
            words={"doesn't exist": UnknownSymbolError},
        ),
        Parting({"event": "notice"}),
    ),
    subscribe=_subscribe,
    ping=lambda now_ns: "ping",  # noqa: ARG005
    pong="pong",
)
