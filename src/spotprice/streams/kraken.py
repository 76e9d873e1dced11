"""Kraken's stream of tickers (version 2): a message whenever the best bid or ask moves."""

from collections.abc import Iterable, Sequence

from spotprice.errors import UnknownSymbolError
from spotprice.exchanges.base import ISO_8601, Json, Moment, Spelling
from spotprice.streams.base import Stream
from spotprice.streams.readers import Named, Refused, Tick


def _subscribe(markets: Sequence[str], now_ns: int) -> Iterable[Json]:  # noqa: ARG001
    params = {"channel": "ticker", "symbol": [*markets], "event_trigger": "bbo"}
    yield {"method": "subscribe", "params": params, "req_id": 1}


# Source: docs.kraken.com/api (websocket-v2: ticker, ping, heartbeat). Unlike elsewhere at Kraken
# bitcoin is BTC here, and prices are numbers.
KRAKEN = Stream(
    id="kraken",
    hosts=("wss://ws.kraken.com",),
    path="/v2",
    readers=(
        Tick(
            market=Named("symbol"),
            marks={"channel": "ticker"},
            rows="data",
            last="last",
            bid="bid",
            ask="ask",
            volume="volume",
            moment=Moment(ISO_8601, path="timestamp"),
        ),
        Refused(
            {"method": "subscribe", "success": False},
            "error",
            market=Named("symbol"),
            words={
                "currency pair not": UnknownSymbolError,
                "not supported": UnknownSymbolError,
            },
        ),
    ),
    subscribe=_subscribe,
    spelling=Spelling(separator="/"),
    ping=lambda now_ns: {"method": "ping"},  # noqa: ARG005
)
