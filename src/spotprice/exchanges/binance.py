"""Binance. Its dollar markets are tether markets."""

from spotprice.errors import BlockedError, RateLimitedError, ServerError, UnknownSymbolError
from spotprice.exchanges.base import MILLISECOND, Exchange, Faults, Fields, Moment, Rate, Spelling

# Source: the files rest-api, errors and faqs/market_data_only of binance-spot-api-docs on GitHub
BINANCE = Exchange(
    id="binance",
    name="Binance",
    hosts=("https://api.binance.com", "https://data-api.binance.vision"),
    path="/api/v3/ticker/24hr?symbol={market}",
    spelling=Spelling(dollars="USDT"),
    fields=Fields(
        last="lastPrice",
        bid="bidPrice",
        ask="askPrice",
        volume="volume",
        moment=Moment(MILLISECOND, path="closeTime"),
        symbol="symbol",
    ),
    faults=Faults(
        code="code",
        text="msg",
        codes={
            "-1121": UnknownSymbolError,
            "-1100": UnknownSymbolError,  # a symbol with signs or a length that none has
            "-1220": UnknownSymbolError,  # it has it, but not as a market that is open
            "-1003": RateLimitedError,
            "-1000": ServerError,
            "-1001": ServerError,
            "-1007": ServerError,
            "-1008": ServerError,
            "-1016": ServerError,
        },
        texts={"restricted location": BlockedError},
    ),
    # 6,000 weight a minute, and one market's ticker weighs 2. A ban (418) begins at two minutes.
    rate=Rate(requests=3_000, seconds=60, penalty_s=120),
)
