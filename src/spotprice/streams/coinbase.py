"""Coinbase's stream of tickers: one message a match."""

from collections.abc import Iterable, Sequence

from spotprice.errors import UnknownSymbolError
from spotprice.exchanges.base import ISO_8601, Json, Moment
from spotprice.streams.base import Stream
from spotprice.streams.readers import Named, Refused, Tick


def _subscribe(markets: Sequence[str], now_ns: int) -> Iterable[Json]:  # noqa: ARG001
    # One message a market: a wrong one refuses the whole message. The heartbeat speaks every
    # second, also where nobody trades.
    for market in markets:
        channels = ["ticker", "heartbeat"]
        yield {"type": "subscribe", "product_ids": [market], "channels": channels}


# Source: docs.cdp.coinbase.com/exchange/websocket-feed (overview, channels, rate limits)
COINBASE = Stream(
    id="coinbase",
    hosts=("wss://ws-feed.exchange.coinbase.com",),
    path="",
    readers=(
        Tick(
            market=Named("product_id"),
            marks={"type": "ticker"},
            last="price",
            bid="best_bid",
            ask="best_ask",
            volume="volume_24h",
            moment=Moment(ISO_8601, path="time"),
        ),
        Refused(
            {"type": "error"},
            "reason",
            words={"not a valid product": UnknownSymbolError},
        ),
    ),
    subscribe=_subscribe,
    pause_s=0.01,
)
