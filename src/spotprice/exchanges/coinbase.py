"""Coinbase Exchange (not the retail interface). It refuses requests without a User-Agent."""

from spotprice.errors import RateLimitedError, UnknownSymbolError
from spotprice.exchanges.base import ISO_8601, Exchange, Faults, Fields, Moment, Rate, Spelling

# Sources: docs.cdp.coinbase.com/exchange, pages get-product-ticker and rate-limits
COINBASE = Exchange(
    id="coinbase",
    name="Coinbase",
    hosts=("https://api.exchange.coinbase.com",),
    path="/products/{market}/ticker",
    spelling=Spelling(separator="-"),
    # The time is that of the last trade, as the price is.
    fields=Fields(
        last="price", bid="bid", ask="ask", volume="volume", moment=Moment(ISO_8601, path="time")
    ),
    faults=Faults(
        code="message",
        texts={"rate limit exceeded": RateLimitedError},
        statuses={404: UnknownSymbolError},
    ),
    # A bucket that fills by ten a second.
    rate=Rate(requests=10, seconds=1, penalty_s=1),
)
