"""KuCoin. It has tether markets only."""

from spotprice.errors import BlockedError, RateLimitedError, ServerError, UnknownSymbolError
from spotprice.exchanges.base import (
    MILLISECOND,
    Exchange,
    Faults,
    Fields,
    Moment,
    Rate,
    Spelling,
    header_after,
)
from spotprice.exchanges.body import is_empty

# Sources: www.kucoin.com/docs-new (24hr stats, rate limit, error codes), kucoin-universal-sdk
KUCOIN = Exchange(
    id="kucoin",
    name="KuCoin",
    hosts=("https://api.kucoin.com",),
    path="/api/v1/market/stats?symbol={market}",
    spelling=Spelling(separator="-", dollars="USDT"),
    fields=Fields(
        last="data.last",
        bid="data.buy",
        ask="data.sell",
        volume="data.vol",
        moment=Moment(MILLISECOND, path="data.time"),
        symbol="data.symbol",
    ),
    faults=Faults(
        code="code",
        text="msg",
        fine="200000",
        codes={
            "400100": UnknownSymbolError,  # a wrong parameter, and the symbol is the only one
            "900001": UnknownSymbolError,
            "429000": RateLimitedError,
            "400302": BlockedError,  # not for this country
            "500000": ServerError,
        },
        is_unknown=is_empty("data"),
    ),
    # 2,000 weight in 30 s, and the statistics weigh 15. A refusal without the header means that
    # the server itself has too much to do.
    rate=Rate(requests=133, seconds=30, wait_ns=header_after("gw-ratelimit-reset", MILLISECOND)),
)
