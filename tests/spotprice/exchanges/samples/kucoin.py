"""KuCoin's answers."""

from tests.spotprice.exchanges.sample import Bad, Good, Venue

from spotprice.errors import (
    BadResponseError,
    BlockedError,
    RateLimitedError,
    ServerError,
    UnknownSymbolError,
)

VENUE = Venue(
    targets={
        "BTC-USD": "/api/v1/market/stats?symbol=BTC-USDT",
        "BTC-USDT": "/api/v1/market/stats?symbol=BTC-USDT",
        "DOGE-USD": "/api/v1/market/stats?symbol=DOGE-USDT",
        "ETH-EUR": "/api/v1/market/stats?symbol=ETH-EUR",
        "USDT-USD": None,
    },
    good=(
        Good(
            name="buy is the bid, sell is the ask",
            body="""{"code":"200000","data":{"time":1795345200321,"symbol":"BTC-USDT",
            "buy":"62830.6","sell":"62830.7","changeRate":"0.0009","changePrice":"56.4",
            "high":"63204","low":"62233","vol":"2234.56000000","volValue":"140311000.4",
            "last":"62830.7","averagePrice":"62700.2","takerFeeRate":"0.001",
            "makerFeeRate":"0.001","takerCoefficient":"1","makerCoefficient":"1"}}""",
            currency="USDT",
            last="62830.7",
            bid="62830.6",
            ask="62830.7",
            volume="2234.56000000",
            exchange_ns=1_795_345_200_321_000_000,
        ),
    ),
    bad=(
        Bad(
            name="unknown market: success with nothing",
            symbol="NOSUCH-USD",
            body='{"code":"200000","data":null}',
            error=UnknownSymbolError,
            reason="it has no market NOSUCH-USDT",
        ),
        Bad(
            name="unknown market: wrong parameter",
            body='{"code":"400100","msg":"Unsupported trading pair."}',
            error=UnknownSymbolError,
            reason='it has no market BTC-USDT ("400100 Unsupported trading pair")',
        ),
        Bad(
            name="unknown market: by its code",
            body='{"code":"900001","msg":"symbol not exists"}',
            error=UnknownSymbolError,
            reason='it has no market BTC-USDT ("900001 symbol not exists")',
        ),
        Bad(
            name="too many requests",
            status=429,
            headers={
                "gw-ratelimit-limit": "2000",
                "gw-ratelimit-remaining": "0",
                "gw-ratelimit-reset": "14250",
            },
            body='{"code":"429000","msg":"Too many requests"}',
            error=RateLimitedError,
            reason='it was asked too often (HTTP status 429, "429000 Too many requests")',
            retry_after_s=14.25,
        ),
        Bad(
            name="too many requests from everybody",
            status=429,
            body='{"code":"429000","msg":"Too many requests in a short period of time"}',
            error=RateLimitedError,
            reason='it was asked too often (HTTP status 429, "429000 Too many requests in a short '
            'period of time")',
            retry_after_s=10.0,
        ),
        Bad(
            name="country",
            status=401,
            body="""{"code":"400302","msg":"Our services are currently unavailable in your
            country."}""".replace("\n            ", " "),
            error=BlockedError,
            reason='it refuses this address (HTTP status 401, "400302 Our services are currently '
            'unavailable in your country")',
        ),
        Bad(
            name="wrong request",
            status=400,
            body='{"code":"400000","msg":"Bad Request"}',
            error=BadResponseError,
            reason='its answer is not understood (HTTP status 400, "400000 Bad Request")',
        ),
        Bad(
            name="failure",
            body='{"code":"500000","msg":"Internal Server Error"}',
            error=ServerError,
            reason='it failed ("500000 Internal Server Error")',
        ),
        Bad(
            name="unavailable",
            status=503,
            body="Service Unavailable",
            error=ServerError,
            reason='it failed (HTTP status 503, no JSON: "Service Unavailable")',
        ),
        Bad(
            name="a market that was never traded",
            body="""{"code":"200000","data":{"time":1795345200321,"symbol":"BTC-USDT",
            "buy":null,"sell":null,"vol":null,"last":null}}""",
            error=BadResponseError,
            reason="its answer has no price that can be believed",
        ),
    ),
)
