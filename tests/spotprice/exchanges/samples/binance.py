"""Binance's answers."""

from tests.spotprice.exchanges.sample import Bad, Good, Venue

from spotprice.errors import BlockedError, RateLimitedError, ServerError, UnknownSymbolError

VENUE = Venue(
    targets={
        "BTC-USD": "/api/v3/ticker/24hr?symbol=BTCUSDT",
        "BTC-USDT": "/api/v3/ticker/24hr?symbol=BTCUSDT",
        "DOGE-USD": "/api/v3/ticker/24hr?symbol=DOGEUSDT",
        "ETH-EUR": "/api/v3/ticker/24hr?symbol=ETHEUR",
        "USDT-USD": None,
    },
    good=(
        Good(
            name="a dollar price is a tether price",
            body="""{"symbol":"BTCUSDT","priceChange":"-81.20000000",
            "priceChangePercent":"-0.129","weightedAvgPrice":"62804.77000000",
            "prevClosePrice":"62911.01000000","lastPrice":"62829.81000000",
            "lastQty":"0.00310000","bidPrice":"62829.80000000","bidQty":"1.70000000",
            "askPrice":"62829.82000000","askQty":"0.90000000","openPrice":"62911.01000000",
            "highPrice":"63205.00000000","lowPrice":"62240.50000000","volume":"11876.54321000",
            "quoteVolume":"745904000.77000000","openTime":1795258800123,
            "closeTime":1795345200123,"firstId":41,"lastId":977,"count":937}""",
            currency="USDT",
            last="62829.81000000",
            bid="62829.80000000",
            ask="62829.82000000",
            volume="11876.54321000",
            exchange_ns=1_795_345_200_123_000_000,
        ),
        Good(
            name="an empty book is no book",
            symbol="FOO-BTC",
            body="""{"symbol":"FOOBTC","lastPrice":"0.00000123","bidPrice":"0.00000000",
            "askPrice":"0.00000000","volume":"0.00000000","closeTime":1795345140000}""",
            currency="BTC",
            last="0.00000123",
            bid=None,
            ask=None,
            volume="0.00000000",
            exchange_ns=1_795_345_140_000_000_000,
        ),
    ),
    bad=(
        Bad(
            name="unknown market",
            symbol="NOSUCH-USD",
            status=400,
            body='{"code":-1121,"msg":"Invalid symbol."}',
            error=UnknownSymbolError,
            reason='it has no market NOSUCHUSDT (HTTP status 400, "-1121 Invalid symbol")',
        ),
        Bad(
            name="malformed market",
            symbol="ABCDEFGHIJKLMNOPQRST-USD",
            status=400,
            body="""{"code":-1100,"msg":"Illegal characters found in parameter 'symbol'; legal
            range is '^[A-Z0-9-_.]{1,20}$'."}""".replace("\n            ", " "),
            error=UnknownSymbolError,
            reason='it has no market ABCDEFGHIJKLMNOPQRSTUSDT (HTTP status 400, "-1100 Illegal '
            "characters found in parameter 'symbol'; legal range is '^[A-Z0-9-_.]{1,20}$'\")",
        ),
        Bad(
            name="a market that is not open",
            status=400,
            body='{"code":-1220,"msg":"The symbol\'s status does not match."}',
            error=UnknownSymbolError,
            reason="it has no market BTCUSDT (HTTP status 400, \"-1220 The symbol's status does "
            'not match")',
        ),
        Bad(
            name="too many requests",
            status=429,
            headers={"retry-after": "17"},
            body='{"code":-1003,"msg":"Too many requests; current limit is 6000 per MINUTE."}',
            error=RateLimitedError,
            reason='it was asked too often (HTTP status 429, "-1003 Too many requests; current '
            'limit is 6000 per MINUTE")',
            retry_after_s=17.0,
        ),
        Bad(
            name="banned, without saying for how long",
            status=418,
            body='{"code":-1003,"msg":"Way too many requests; IP banned."}',
            error=RateLimitedError,
            reason='it was asked too often (HTTP status 418, "-1003 Way too many requests; IP '
            'banned")',
            retry_after_s=120.0,
        ),
        Bad(
            name="banned for three days",
            status=418,
            headers={"retry-after": "259200"},
            body="",
            error=RateLimitedError,
            reason="it was asked too often (HTTP status 418, an empty body)",
            retry_after_s=259_200.0,
        ),
        Bad(
            name="restricted country",
            status=451,
            body="""{"code":0,"msg":"Service unavailable from a restricted location according
            to 'b. Eligibility'."}""".replace("\n            ", " "),
            error=BlockedError,
            reason='it refuses this address (HTTP status 451, "0 Service unavailable from a '
            "restricted location according to 'b. Eligibility'\")",
        ),
        Bad(
            name="web application firewall",
            status=403,
            body="<html><head><title>403 Forbidden</title></head><body></body></html>",
            error=BlockedError,
            reason='it refuses this address (HTTP status 403, a page: "403 Forbidden")',
        ),
        Bad(
            name="overloaded",
            status=503,
            body='{"code":-1008,"msg":"Server is currently overloaded with other requests."}',
            error=ServerError,
            reason='it failed (HTTP status 503, "-1008 Server is currently overloaded with other '
            'requests")',
        ),
        Bad(
            name="timeout within",
            status=504,
            body='{"code":-1007,"msg":"Timeout waiting for response from backend server."}',
            error=ServerError,
            reason='it failed (HTTP status 504, "-1007 Timeout waiting for response from backend '
            'server")',
        ),
        Bad(
            name="unknown failure",
            status=500,
            body='{"code":-1000,"msg":"An unknown error occurred."}',
            error=ServerError,
            reason='it failed (HTTP status 500, "-1000 An unknown error occurred")',
        ),
        Bad(
            name="disconnected within",
            status=400,
            body='{"code":-1001,"msg":"Internal error; unable to process your request."}',
            error=ServerError,
            reason='it failed (HTTP status 400, "-1001 Internal error; unable to process your '
            'request")',
        ),
        Bad(
            name="shutting down",
            status=400,
            body='{"code":-1016,"msg":"This service is no longer available."}',
            error=ServerError,
            reason='it failed (HTTP status 400, "-1016 This service is no longer available")',
        ),
    ),
)
