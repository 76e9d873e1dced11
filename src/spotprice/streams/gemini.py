"""Gemini's stream of the top of the book and of trades. It has no ticker."""

from collections.abc import Sequence

from spotprice.errors import UnknownSymbolError
from spotprice.exchanges.base import MILLISECOND, Json, Moment, Spelling
from spotprice.exchanges.body import look_up, read_price, read_volume
from spotprice.streams.base import Event, Stream, Update
from spotprice.streams.readers import Named, matches, read_time

_MOMENT = Moment(MILLISECOND, path="timestampms")
_MARKET = Named("symbol")


def _read(message: Json, now_ns: int) -> Sequence[Event]:
    """Read the events of one message, each about one side of the book or one trade."""
    events = look_up(message, "events")
    if not matches(message, {"type": "update"}) or not isinstance(events, list):
        return ()
    at_ns = read_time(_MOMENT, message, now_ns)
    return [update for event in events if (update := _read_event(event, at_ns)) is not None]


def _read_event(event: Json, at_ns: int | None) -> Update | None:
    market = _MARKET.find(event)
    price = read_price(look_up(event, "price"))
    if market is None or price is None:
        return None
    if matches(event, {"type": "trade"}):
        return Update(market, last=price, exchange_ns=at_ns)
    # A price with nothing remaining has gone; the one that takes its place follows.
    best = price if read_volume(look_up(event, "remaining")) else None
    if matches(event, {"type": "change", "side": "bid"}):
        return Update(market, bid=best, exchange_ns=at_ns)
    if matches(event, {"type": "change", "side": "ask"}):
        return Update(market, ask=best, exchange_ns=at_ns)
    return None


# Source: docs.gemini.com/websocket-api (multi market data, rate limits). A market that does not
# exist refuses the whole connection, so each has its own: the limit is one connection a minute
# *and market*.
GEMINI = Stream(
    id="gemini",
    hosts=("wss://api.gemini.com",),
    path=(
        "/v1/multimarketdata?symbols={markets}"
        "&heartbeat=true&top_of_book=true&bids=true&offers=true&trades=true"
    ),
    readers=(_read,),
    spelling=Spelling(),
    gap_s=60.0,
    statuses={400: UnknownSymbolError},
    most_markets=1,
)
