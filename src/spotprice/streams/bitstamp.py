"""Bitstamp's streams of trades and of the book. It has no ticker."""

from collections.abc import Iterable, Sequence

from spotprice.exchanges.base import MICROSECOND, Json, Moment
from spotprice.streams.base import Stream
from spotprice.streams.readers import Named, Parting, Refused, Tick

_TRADES, _BOOK = "live_trades_", "order_book_"
_MOMENT = Moment(MICROSECOND, path="data.microtimestamp")


def _subscribe(markets: Sequence[str], now_ns: int) -> Iterable[Json]:  # noqa: ARG001
    for channel in (_TRADES, _BOOK):
        for market in markets:
            yield {"event": "bts:subscribe", "data": {"channel": f"{channel}{market}"}}


# Source: www.bitstamp.net/websocket/v2. A market that does not exist is accepted, and never
# heard of; only one that is written wrongly is refused.
BITSTAMP = Stream(
    id="bitstamp",
    hosts=("wss://ws.bitstamp.net",),
    path="",
    readers=(
        Tick(
            market=Named("channel", before=_TRADES),
            marks={"event": "trade"},
            last="data.price_str",
            moment=_MOMENT,
        ),
        Tick(
            market=Named("channel", before=_BOOK),
            marks={"event": "data"},
            bid="data.bids.0.0",
            ask="data.asks.0.0",
            moment=_MOMENT,
        ),
        Refused({"event": "bts:error"}, "data.message"),
        Parting({"event": "bts:request_reconnect"}),
    ),
    subscribe=_subscribe,
    ping=lambda now_ns: {"event": "bts:heartbeat"},  # noqa: ARG005
)
