"""Huobi's (HTX's) stream of tickers: numbers, every message gzip-compressed."""

from collections.abc import Iterable, Sequence

from spotprice.errors import UnknownSymbolError
from spotprice.exchanges.base import MILLISECOND, Json, Moment, whole_number
from spotprice.exchanges.body import look_up
from spotprice.streams.base import Event, Send, Stream
from spotprice.streams.readers import Named, Refused, Tick


def _subscribe(markets: Sequence[str], now_ns: int) -> Iterable[Json]:  # noqa: ARG001
    for market in markets:
        yield {"sub": f"market.{market}.ticker", "id": market}


def _answer_ping(message: Json, now_ns: int) -> Sequence[Event]:  # noqa: ARG001
    """Give the number of a ping back: two that are not answered end the connection."""
    said = look_up(message, "ping")
    number = whole_number(said) if isinstance(said, str) else None
    return () if number is None else (Send({"pong": number}),)


# Source: the branch v1_en of huobiapi/docs on GitHub (websocket market data)
HUOBI = Stream(
    id="huobi",
    hosts=("wss://api.huobi.pro", "wss://api.htx.com"),
    path="/ws",
    readers=(
        Tick(
            market=Named("ch", before="market.", after=".ticker"),
            marks={},
            last="tick.lastPrice",
            bid="tick.bid",
            ask="tick.ask",
            volume="tick.amount",
            moment=Moment(MILLISECOND, path="ts"),
        ),
        _answer_ping,
        Refused(
            {"status": "error"},
            "err-msg",
            market=Named("id"),
            words={
                "invalid topic": UnknownSymbolError,
                "invalid symbol": UnknownSymbolError,
            },
        ),
    ),
    subscribe=_subscribe,
    is_gzip=True,
)
