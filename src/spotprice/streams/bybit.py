"""Bybit's streams of tickers and of the best level of the book, which its tickers lack."""

from collections.abc import Iterable, Sequence

from spotprice.errors import UnknownSymbolError
from spotprice.exchanges.base import MILLISECOND, Json, Moment
from spotprice.exchanges.body import look_up, read_price, read_volume
from spotprice.streams.base import UNSAID, Event, Side, Stream, Update
from spotprice.streams.readers import Named, Refused, Tick, read_time

_MOMENT = Moment(MILLISECOND, path="ts")
_BOOK = "orderbook.1."
_BOOK_MARKET = Named("topic", before=_BOOK)


def _subscribe(markets: Sequence[str], now_ns: int) -> Iterable[Json]:  # noqa: ARG001
    # One message a market: a wrong one refuses the whole message, and ten topics are the most.
    for market in markets:
        topics = [f"tickers.{market}", f"{_BOOK}{market}"]
        yield {"op": "subscribe", "req_id": market, "args": topics}


def _read_book(message: Json, now_ns: int) -> Sequence[Event]:
    """Read the best level: whole in a snapshot, only the sides that changed in a delta."""
    market = _BOOK_MARKET.find(message)
    if market is None:
        return ()
    is_whole = look_up(message, "type") == "snapshot"
    bid = _best(look_up(message, "data.b"), is_whole=is_whole)
    ask = _best(look_up(message, "data.a"), is_whole=is_whole)
    at_ns = read_time(_MOMENT, message, now_ns)
    return (Update(market, bid=bid, ask=ask, exchange_ns=at_ns),)


def _best(levels: Json, *, is_whole: bool) -> Side:
    """The one level of a side; in a delta the old level may stand beside it with size zero."""
    if not isinstance(levels, list):
        return UNSAID
    if not levels and not is_whole:
        return UNSAID
    present = [level for level in levels if read_volume(look_up(level, "1"))]
    return read_price(look_up(present[0], "0")) if present else None


# Source: the files v5/ws/connect and v5/websocket/public of bybit-exchange/docs on GitHub
BYBIT = Stream(
    id="bybit",
    hosts=("wss://stream.bybit.com",),
    path="/v5/public/spot",
    readers=(
        Tick(
            market=Named("topic", before="tickers."),
            marks={},
            last="data.lastPrice",
            volume="data.volume24h",
            moment=_MOMENT,
        ),
        _read_book,
        Refused(
            {"success": False, "op": "subscribe"},
            "ret_msg",
            market=Named("req_id"),
            words={"invalid symbol": UnknownSymbolError, "not found": UnknownSymbolError},
        ),
    ),
    subscribe=_subscribe,
    ping=lambda now_ns: {"op": "ping"},  # noqa: ARG005
)
