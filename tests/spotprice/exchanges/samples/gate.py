"""Gate's answers."""

from tests.spotprice.exchanges.sample import Bad, Good, Venue

from spotprice.errors import RateLimitedError, ServerError, UnknownSymbolError

VENUE = Venue(
    targets={
        "BTC-USD": "/api/v4/spot/tickers?currency_pair=BTC_USDT",
        "BTC-USDT": "/api/v4/spot/tickers?currency_pair=BTC_USDT",
        "DOGE-USD": "/api/v4/spot/tickers?currency_pair=DOGE_USDT",
        "ETH-EUR": "/api/v4/spot/tickers?currency_pair=ETH_EUR",
        "USDT-USD": None,
    },
    good=(
        Good(
            name="the time is a header",
            headers={"x-in-time": "1795345200400111", "x-out-time": "1795345200400999"},
            body="""[{"currency_pair":"BTC_USDT","last":"62830.8","lowest_ask":"62830.9",
            "lowest_size":"0.4","highest_bid":"62830.8","highest_size":"0.6",
            "change_percentage":"0.19","base_volume":"4298.76","quote_volume":"269900000.5",
            "high_24h":"63204","low_24h":"62233"}]""",
            currency="USDT",
            last="62830.8",
            bid="62830.8",
            ask="62830.9",
            volume="4298.76",
            exchange_ns=1_795_345_200_400_999_000,
        ),
        Good(
            name="a volume that is not a number, and no header",
            body="""[{"currency_pair":"BTC_USDT","last":"62830.8","lowest_ask":"",
            "highest_bid":"","base_volume":"nan","quote_volume":"nan"}]""",
            currency="USDT",
            last="62830.8",
            bid=None,
            ask=None,
            volume=None,
            exchange_ns=None,
        ),
    ),
    bad=(
        Bad(
            name="unknown market",
            symbol="NOSUCH-USD",
            status=400,
            body="""{"label":"INVALID_CURRENCY_PAIR",
            "message":"Invalid currency pair NOSUCH_USDT"}""",
            error=UnknownSymbolError,
            reason='it has no market NOSUCH_USDT (HTTP status 400, "INVALID_CURRENCY_PAIR Invalid '
            'currency pair NOSUCH_USDT")',
        ),
        Bad(
            name="delisted coin",
            status=400,
            body='{"label":"INVALID_CURRENCY","message":"Currency FOO is delisted"}',
            error=UnknownSymbolError,
            reason='it has no market BTC_USDT (HTTP status 400, "INVALID_CURRENCY Currency FOO is '
            'delisted")',
        ),
        Bad(
            name="wrong parameter",
            status=400,
            body='{"label":"INVALID_PARAM_VALUE","message":"Invalid request parameter value"}',
            error=UnknownSymbolError,
            reason='it has no market BTC_USDT (HTTP status 400, "INVALID_PARAM_VALUE Invalid '
            'request parameter value")',
        ),
        Bad(
            name="success with nothing",
            body="[]",
            error=UnknownSymbolError,
            reason="it has no market BTC_USDT",
        ),
        Bad(
            name="too many requests",
            status=429,
            headers={
                "x-gate-ratelimit-limit": "200",
                "x-gate-ratelimit-requests-remain": "0",
                "x-gate-ratelimit-reset-timestamp": "1795345204",
            },
            body='{"label":"TOO_MANY_REQUESTS","message":"Request rate limit exceeded"}',
            error=RateLimitedError,
            reason='it was asked too often (HTTP status 429, "TOO_MANY_REQUESTS Request rate '
            'limit exceeded")',
            retry_after_s=3.5,
        ),
        Bad(
            name="too many requests, until a moment in another unit than documented",
            status=429,
            headers={"x-gate-ratelimit-reset-timestamp": "1795345204000"},
            body='{"label":"TOO_FAST","message":"Too fast","detail":"slow down"}',
            error=RateLimitedError,
            reason='it was asked too often (HTTP status 429, "TOO_FAST Too fast")',
            retry_after_s=10.0,
        ),
        Bad(
            name="failure",
            status=500,
            body='{"label":"INTERNAL","message":"Internal error"}',
            error=ServerError,
            reason='it failed (HTTP status 500, "INTERNAL Internal error")',
        ),
        Bad(
            name="failure of the server",
            status=500,
            body='{"label":"SERVER_ERROR","message":"Internal Server Error"}',
            error=ServerError,
            reason='it failed (HTTP status 500, "SERVER_ERROR Internal Server Error")',
        ),
        Bad(
            name="busy",
            status=503,
            body='{"label":"TOO_BUSY","message":"Service is too busy"}',
            error=ServerError,
            reason='it failed (HTTP status 503, "TOO_BUSY Service is too busy")',
        ),
    ),
)
