"""OKX. Its dollar markets are tether markets."""

from spotprice.errors import MaintenanceError, RateLimitedError, ServerError, UnknownSymbolError
from spotprice.exchanges.base import MILLISECOND, Exchange, Faults, Fields, Moment, Rate, Spelling
from spotprice.exchanges.body import is_empty

# Source: www.okx.com/docs-v5 (GET / Ticker, error code)
OKX = Exchange(
    id="okx",
    name="OKX",
    hosts=("https://www.okx.com",),
    path="/api/v5/market/ticker?instId={market}",
    spelling=Spelling(separator="-", dollars="USDT"),
    fields=Fields(
        last="data.0.last",
        bid="data.0.bidPx",
        ask="data.0.askPx",
        volume="data.0.vol24h",
        moment=Moment(MILLISECOND, path="data.0.ts"),
        symbol="data.0.instId",
    ),
    faults=Faults(
        code="code",
        text="msg",
        fine="0",
        codes={
            "51000": UnknownSymbolError,  # a wrong parameter, and the symbol is the only one
            "51001": UnknownSymbolError,
            "50011": RateLimitedError,
            "50001": MaintenanceError,
            "50005": MaintenanceError,
            "50004": ServerError,
            "50013": ServerError,  # too much to do, although with HTTP 429
            "50026": ServerError,
        },
        is_unknown=is_empty("data"),
    ),
    rate=Rate(requests=20, seconds=2, penalty_s=2),
)
