"""Gate. It answers with an array of one; it has tether markets only."""

from spotprice.errors import RateLimitedError, ServerError, UnknownSymbolError
from spotprice.exchanges.base import (
    MICROSECOND,
    SECOND,
    Exchange,
    Faults,
    Fields,
    Moment,
    Rate,
    Spelling,
    header_at,
)
from spotprice.exchanges.body import is_empty

# Source: www.gate.com/docs/developers/apiv4 (spot tickers, rate limit, error handling)
GATE = Exchange(
    id="gate",
    name="Gate",
    hosts=("https://api.gateio.ws",),
    path="/api/v4/spot/tickers?currency_pair={market}",
    spelling=Spelling(separator="_", dollars="USDT"),
    # The time is that of the reply.
    fields=Fields(
        last="0.last",
        bid="0.highest_bid",
        ask="0.lowest_ask",
        volume="0.base_volume",
        moment=Moment(MICROSECOND, header="x-out-time"),
        symbol="0.currency_pair",
    ),
    faults=Faults(
        code="label",
        text="message",
        codes={
            "INVALID_CURRENCY_PAIR": UnknownSymbolError,
            "INVALID_CURRENCY": UnknownSymbolError,
            "INVALID_PARAM_VALUE": UnknownSymbolError,
            "TOO_MANY_REQUESTS": RateLimitedError,
            "TOO_FAST": RateLimitedError,
            "INTERNAL": ServerError,
            "SERVER_ERROR": ServerError,
            "TOO_BUSY": ServerError,
        },
        is_unknown=is_empty(""),
    ),
    rate=Rate(
        requests=200, seconds=10, wait_ns=header_at("x-gate-ratelimit-reset-timestamp", SECOND)
    ),
    also=("gateio", "gate.io"),
)
