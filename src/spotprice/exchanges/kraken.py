"""Kraken. It answers 200 to everything; what went wrong is in a list of strings."""

import re

from spotprice.errors import MaintenanceError, RateLimitedError, ServerError, UnknownSymbolError
from spotprice.exchanges.base import SECOND, Exchange, Faults, Fields, Rate, Reply, Spelling

_THROTTLED = re.compile(rb"EService:Throttled: ?([0-9]{1,12})")


def _until(reply: Reply, now_ns: int) -> int | None:
    """``EService:Throttled: <seconds since 1970>`` says when it may be asked again."""
    match = _THROTTLED.search(reply.body)
    return None if match is None else int(match[1]) * SECOND - now_ns


# Sources: docs.kraken.com/api (get-ticker-information), support.kraken.com article 206548367
KRAKEN = Exchange(
    id="kraken",
    name="Kraken",
    hosts=("https://api.kraken.com",),
    path="/0/public/Ticker?pair={market}",
    spelling=Spelling(renamed={"BTC": "XBT", "DOGE": "XDG"}),
    # The key in the result is seldom the market asked for (XBTUSD is XXBTZUSD): any will do.
    fields=Fields(
        last="result.*.c.0", bid="result.*.b.0", ask="result.*.a.0", volume="result.*.v.1"
    ),
    faults=Faults(
        code="error.0",
        texts={
            "unknown asset pair": UnknownSymbolError,
            "invalid asset pair": UnknownSymbolError,
            "egeneral:invalid arguments": UnknownSymbolError,
            "rate limit": RateLimitedError,
            "too many requests": RateLimitedError,
            "temporary lockout": RateLimitedError,
            "eservice:throttled": RateLimitedError,
            "cancel_only": MaintenanceError,
            "post_only": MaintenanceError,
            "eservice:": ServerError,
            "internal error": ServerError,
        },
    ),
    # About one call a second is safe; a hedge would be a second one within that second.
    rate=Rate(requests=1, seconds=1, wait_ns=_until),
    may_hedge=False,
)
