"""Binance's stream of 24-hour tickers: one message a second and market."""

from collections.abc import Iterable, Sequence

from spotprice.exchanges.base import MILLISECOND, Json, Moment
from spotprice.streams.base import Stream
from spotprice.streams.readers import Named, Parting, Refused, Tick


def _subscribe(markets: Sequence[str], now_ns: int) -> Iterable[Json]:  # noqa: ARG001
    # One message for all: more than five in a second end the connection.
    params = [f"{market.lower()}@ticker" for market in markets]
    yield {"method": "SUBSCRIBE", "params": params, "id": 1}


def _ping(now_ns: int) -> Json:  # noqa: ARG001
    # There is no ping in words; any question that is answered will do.
    return {"method": "LIST_SUBSCRIPTIONS", "id": 2}


# Source: the file web-socket-streams of binance-spot-api-docs on GitHub. A market that does not
# exist is accepted, and never heard of.
BINANCE = Stream(
    id="binance",
    hosts=("wss://stream.binance.com:9443", "wss://data-stream.binance.vision"),
    path="/ws",
    readers=(
        Tick(
            market=Named("s"),
            marks={"e": "24hrTicker"},
            last="c",
            bid="b",
            ask="a",
            volume="v",
            moment=Moment(MILLISECOND, path="E"),
        ),
        Parting({"e": "serverShutdown"}),
        Refused({"id": "1"}, "error.msg"),
    ),
    subscribe=_subscribe,
    ping=_ping,
)
