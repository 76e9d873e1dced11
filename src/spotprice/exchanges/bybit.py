"""Bybit. It has tether markets only; its mirror shares the limit."""

from http import HTTPStatus

from spotprice.errors import BlockedError, RateLimitedError, ServerError, UnknownSymbolError
from spotprice.exchanges.base import (
    MILLISECOND,
    SECOND,
    Exchange,
    Faults,
    Fields,
    Moment,
    Rate,
    Reply,
    Spelling,
    header_at,
)
from spotprice.exchanges.body import is_empty

_BAN_NS = 600 * SECOND
_reset = header_at("x-bapi-limit-reset-timestamp", MILLISECOND)


def _wait_ns(reply: Reply, now_ns: int) -> int | None:
    """A ban of the address (403) ends after ten minutes; other refusals say when they do."""
    return _BAN_NS if reply.status == HTTPStatus.FORBIDDEN else _reset(reply, now_ns)


# Sources: bybit-exchange.github.io/docs/v5, pages market/tickers, rate-limit and error
BYBIT = Exchange(
    id="bybit",
    name="Bybit",
    hosts=("https://api.bybit.com", "https://api.bytick.com"),
    path="/v5/market/tickers?category=spot&symbol={market}",
    spelling=Spelling(dollars="USDT"),
    # The time is that of the reply.
    fields=Fields(
        last="result.list.0.lastPrice",
        bid="result.list.0.bid1Price",
        ask="result.list.0.ask1Price",
        volume="result.list.0.volume24h",
        moment=Moment(MILLISECOND, path="time"),
        symbol="result.list.0.symbol",
    ),
    faults=Faults(
        code="retCode",
        text="retMsg",
        fine="0",
        codes={
            "10001": UnknownSymbolError,  # a wrong parameter, and only the symbol can be wrong
            "10029": UnknownSymbolError,
            "10006": RateLimitedError,
            "10009": BlockedError,
            "10000": ServerError,
            "10016": ServerError,
        },
        texts={"access too frequent": RateLimitedError},  # with 403, which usually is a block
        is_unknown=is_empty("result.list"),
    ),
    rate=Rate(requests=600, seconds=5, penalty_s=5, wait_ns=_wait_ns),
)
