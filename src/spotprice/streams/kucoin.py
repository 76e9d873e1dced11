"""KuCoin's stream of tickers, at the address that needs no token."""

from collections.abc import Iterable, Sequence

from spotprice.errors import UnknownSymbolError
from spotprice.exchanges.base import Json, Moment
from spotprice.streams.base import Stream
from spotprice.streams.readers import Named, Refused, Tick

_NANOSECOND = 1


def _subscribe(markets: Sequence[str], now_ns: int) -> Iterable[Json]:  # noqa: ARG001
    for market in markets:
        yield {
            "id": market,
            "action": "SUBSCRIBE",
            "channel": "ticker",
            "tradeType": "SPOT",
            "symbol": market,
        }


# Source: www.kucoin.com/docs-new/websocket-api (introduction, ticker). Limits: 30 connections a
# minute, 100 messages in 10 seconds, 400 markets a connection.
KUCOIN = Stream(
    id="kucoin",
    hosts=("wss://x-push-spot.kucoin.com",),
    path="",
    readers=(
        Tick(
            market=Named("d.s"),
            marks={"T": "ticker.SPOT"},
            last="d.l",
            bid="d.b",
            ask="d.a",
            moment=Moment(_NANOSECOND, path="d.M"),
        ),
        Refused(
            {"result": False},
            "message",
            market=Named("id"),
            words={"symbol": UnknownSymbolError, "not exist": UnknownSymbolError},
        ),
    ),
    subscribe=_subscribe,
    ping=lambda now_ns: {"id": str(now_ns), "type": "ping"},
    gap_s=2.0,
    pause_s=0.1,
)
