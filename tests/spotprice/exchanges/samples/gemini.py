"""Gemini's answers."""

from tests.spotprice.exchanges.sample import Bad, Good, Venue

from spotprice.errors import (
    BadResponseError,
    MaintenanceError,
    RateLimitedError,
    ServerError,
    UnknownSymbolError,
)

VENUE = Venue(
    targets={
        "BTC-USD": "/v1/pubticker/btcusd",
        "BTC-USDT": "/v1/pubticker/btcusdt",
        "DOGE-USD": "/v1/pubticker/dogeusd",
        "ETH-EUR": "/v1/pubticker/etheur",
        "USDT-USD": "/v1/pubticker/usdtusd",
    },
    good=(
        Good(
            name="the time of the volume is not the time of the price",
            body="""{"bid":"62828.00","ask":"62830.50","volume":{"BTC":"298.70000000",
            "USD":"18764000.9000000000","timestamp":1795344900000},"last":"62829.25"}""",
            currency="USD",
            last="62829.25",
            bid="62828.00",
            ask="62830.50",
            volume="298.70000000",
            exchange_ns=None,
        ),
        Good(
            name="codes of any length",
            symbol="DOGE-GUSD",
            body="""{"bid":"0.19501","ask":"0.19533","volume":{"DOGE":"7654.3",
            "GUSD":"1495.07","timestamp":1795344900000},"last":"0.1951"}""",
            currency="GUSD",
            last="0.1951",
            bid="0.19501",
            ask="0.19533",
            volume="7654.3",
            exchange_ns=None,
        ),
    ),
    bad=(
        Bad(
            name="unknown market",
            symbol="NOSUCH-USD",
            status=400,
            body="""{"result":"error","reason":"Bad Request",
            "message":"Supplied value 'nosuchusd' is not a valid symbol"}""",
            error=UnknownSymbolError,
            reason='it has no market nosuchusd (HTTP status 400, "Bad Request Supplied value '
            "'nosuchusd' is not a valid symbol\")",
        ),
        Bad(
            name="unknown market, said otherwise",
            status=400,
            body="""{"result":"error","reason":"InvalidSymbol","message":"Received a price
            request for an unsupported symbol"}""".replace("\n            ", " "),
            error=UnknownSymbolError,
            reason='it has no market btcusd (HTTP status 400, "InvalidSymbol Received a price '
            'request for an unsupported symbol")',
        ),
        Bad(
            name="unknown market behind HTTP 200",
            body='{"result":"error","reason":"InvalidSymbol","message":"No such symbol."}',
            error=UnknownSymbolError,
            reason='it has no market btcusd ("InvalidSymbol No such symbol")',
        ),
        Bad(
            name="too many requests",
            status=429,
            body="""{"result":"error","reason":"Too Many Requests",
            "message":"Too Many Requests"}""",
            error=RateLimitedError,
            reason='it was asked too often (HTTP status 429, "Too Many Requests")',
            retry_after_s=10.0,
        ),
        Bad(
            name="too many requests behind HTTP 200",
            body='{"result":"error","reason":"RateLimit","message":"Requests were made too often"}',
            error=RateLimitedError,
            reason='it was asked too often ("RateLimit Requests were made too often")',
            retry_after_s=10.0,
        ),
        Bad(
            name="maintenance",
            status=503,
            body='{"result":"error","reason":"Maintenance","message":"We will be back soon."}',
            error=MaintenanceError,
            reason='it is closed for maintenance (HTTP status 503, "Maintenance We will be back '
            'soon")',
        ),
        Bad(
            name="maintenance in plain words",
            body="Gemini is undergoing maintenance. Please stand by.",
            error=MaintenanceError,
            reason='it is closed for maintenance (no JSON: "Gemini is undergoing maintenance. '
            'Please stand by")',
        ),
        Bad(
            name="trouble in plain words",
            status=502,
            body="We are investigating technical issues with the exchange.",
            error=MaintenanceError,
            reason='it is closed for maintenance (HTTP status 502, no JSON: "We are '
            'investigating technical issues with the exchange")',
        ),
        Bad(
            name="wrong address",
            status=404,
            body="""{"result":"error","reason":"EndpointNotFound",
            "message":"API entry point `/v1/pubtickers` not found"}""",
            error=BadResponseError,
            reason='its answer is not understood (HTTP status 404, "EndpointNotFound API entry '
            'point `/v1/pubtickers` not found")',
        ),
        Bad(
            name="wrong address, without words",
            status=404,
            body="",
            error=BadResponseError,
            reason="its answer is not understood (HTTP status 404, an empty body)",
        ),
        Bad(
            name="failure",
            status=500,
            body='{"result":"error","reason":"System","message":"Internal trouble"}',
            error=ServerError,
            reason='it failed (HTTP status 500, "System Internal trouble")',
        ),
        Bad(
            name="an error without a reason",
            body='{"result":"error","message":"No more is known"}',
            error=BadResponseError,
            reason='its answer is not understood ("error No more is known")',
        ),
    ),
)
