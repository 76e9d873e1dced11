"""Gemini."""

from spotprice.errors import MaintenanceError, RateLimitedError, UnknownSymbolError
from spotprice.exchanges.base import Exchange, Faults, Fields, Rate, Spelling

# Source: developer.gemini.com (ticker, error codes, rate limit)
GEMINI = Exchange(
    id="gemini",
    name="Gemini",
    hosts=("https://api.gemini.com",),
    path="/v1/pubticker/{market}",
    spelling=Spelling(is_lower=True),
    # volume.timestamp is the end of the volume's bucket, minutes ago: it would make a fresh
    # price look old. The price itself has no time.
    fields=Fields(last="last", bid="bid", ask="ask", volume="volume.{base}"),
    faults=Faults(
        code="reason|result",
        text="message",
        codes={
            "InvalidSymbol": UnknownSymbolError,
            "RateLimit": RateLimitedError,
            "Too Many Requests": RateLimitedError,
            "Maintenance": MaintenanceError,
        },
        texts={
            "not a valid symbol": UnknownSymbolError,
            "investigating technical issues": MaintenanceError,
        },
    ),
    # 120 a minute, but better one a second; five more are kept waiting before it refuses.
    rate=Rate(requests=5, seconds=5),
)
