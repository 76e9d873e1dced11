"""Bitstamp. Asked for a market that it does not have, it may answer with all that it has."""

from spotprice.errors import RateLimitedError, UnknownSymbolError
from spotprice.exchanges.base import SECOND, Exchange, Faults, Fields, Moment, Rate, Spelling
from spotprice.exchanges.body import is_list

# Source: www.bitstamp.net/api (ticker, error codes, request limits)
BITSTAMP = Exchange(
    id="bitstamp",
    name="Bitstamp",
    hosts=("https://www.bitstamp.net",),
    path="/api/v2/ticker/{market}/",
    spelling=Spelling(is_lower=True),
    fields=Fields(
        last="last",
        bid="bid",
        ask="ask",
        volume="volume",
        moment=Moment(SECOND, path="timestamp"),
        symbol="market|pair",
    ),
    faults=Faults(
        code="response_code|code|error|message|reason",
        text="response_explanation|reason",
        codes={
            "400.002": RateLimitedError,
            "400.067": RateLimitedError,
            "400.068": RateLimitedError,
        },
        statuses={404: UnknownSymbolError},
        is_unknown=is_list,
    ),
    # 400 a second and 10,000 in ten minutes: this keeps both. Which of them a refusal is about
    # it does not say.
    rate=Rate(requests=400, seconds=24, penalty_s=60),
)
