"""Bitstamp's answers."""

from tests.spotprice.exchanges.sample import Bad, Good, Venue

from spotprice.errors import (
    BadResponseError,
    BlockedError,
    MaintenanceError,
    RateLimitedError,
    UnknownSymbolError,
)

VENUE = Venue(
    targets={
        "BTC-USD": "/api/v2/ticker/btcusd/",
        "BTC-USDT": "/api/v2/ticker/btcusdt/",
        "DOGE-USD": "/api/v2/ticker/dogeusd/",
        "ETH-EUR": "/api/v2/ticker/etheur/",
        "USDT-USD": "/api/v2/ticker/usdtusd/",
    },
    good=(
        Good(
            name="the market has a slash",
            body="""{"timestamp":"1795345199","open":"62710","high":"63204","low":"62233",
            "last":"62834","volume":"1487.60000000","vwap":"62790","bid":"62833","ask":"62835",
            "side":"1","open_24":"62820","percent_change_24":"0.02","market_type":"SPOT",
            "market":"BTC/USD"}""",
            currency="USD",
            last="62834",
            bid="62833",
            ask="62835",
            volume="1487.60000000",
            exchange_ns=1_795_345_199_000_000_000,
        ),
        Good(
            name="the older form says pair",
            symbol="ETH-EUR",
            body="""{"timestamp":"1795345198","last":"1876.5","volume":"77.1","bid":"1876.4",
            "ask":"1876.9","pair":"ETH/EUR"}""",
            currency="EUR",
            last="1876.5",
            bid="1876.4",
            ask="1876.9",
            volume="77.1",
            exchange_ns=1_795_345_198_000_000_000,
        ),
        Good(
            name="the oldest form does not repeat the market",
            body="""{"high":"63204","last":"62834","timestamp":"1795345199","bid":"62833",
            "vwap":"62790","volume":"1487.6","low":"62233","ask":"62835"}""",
            currency="USD",
            last="62834",
            bid="62833",
            ask="62835",
            volume="1487.6",
            exchange_ns=1_795_345_199_000_000_000,
        ),
    ),
    bad=(
        Bad(
            name="unknown market: all markets instead",
            symbol="NOSUCH-USD",
            body="""[{"timestamp":"1795345199","last":"62834","bid":"62833","ask":"62835",
            "volume":"1","pair":"BTC/USD"},{"timestamp":"1795345199","last":"1876.5",
            "bid":"1876.4","ask":"1876.9","volume":"1","pair":"ETH/EUR"}]""",
            error=UnknownSymbolError,
            reason="it has no market nosuchusd",
        ),
        Bad(
            name="unknown market: not found",
            status=404,
            body='{"message":"Not found."}',
            error=UnknownSymbolError,
            reason='it has no market btcusd (HTTP status 404, "Not found")',
        ),
        Bad(
            name="unknown market: a page",
            status=404,
            body="<html><head><title>404 Not Found</title></head></html>",
            error=UnknownSymbolError,
            reason='it has no market btcusd (HTTP status 404, a page: "404 Not Found")',
        ),
        Bad(
            name="too many requests",
            status=400,
            body="""{"status":"error","response_code":"400.002",
            "response_explanation":"Request was rejected due to exceeded rate limit."}""",
            error=RateLimitedError,
            reason='it was asked too often (HTTP status 400, "400.002 Request was rejected due to '
            'exceeded rate limit")',
            retry_after_s=60.0,
        ),
        Bad(
            name="too many requests, the code being a number",
            body='{"response_code":400.067}',
            error=RateLimitedError,
            reason='it was asked too often ("400.067")',
            retry_after_s=60.0,
        ),
        Bad(
            name="too many requests for one market",
            body='{"response_code":"400.068"}',
            error=RateLimitedError,
            reason='it was asked too often ("400.068")',
            retry_after_s=60.0,
        ),
        Bad(
            name="the older error",
            status=400,
            body='{"status":"error","reason":"Invalid request","code":"API0000"}',
            error=BadResponseError,
            reason='its answer is not understood (HTTP status 400, "API0000 Invalid request")',
        ),
        Bad(
            name="the oldest error",
            body='{"error":"Something else"}',
            error=BadResponseError,
            reason='its answer is not understood ("Something else")',
        ),
        Bad(
            name="maintenance",
            status=503,
            body="<!doctype html><title>Bitstamp</title><p>Down for scheduled maintenance</p>",
            error=MaintenanceError,
            reason='it is closed for maintenance (HTTP status 503, a page: "Bitstamp")',
        ),
        Bad(
            name="challenge page",
            status=403,
            body="<html><body><p>Request unsuccessful. Incident ID: 7</p></body></html>",
            error=BlockedError,
            reason='it refuses this address (HTTP status 403, a page: "Request unsuccessful. '
            'Incident ID: 7")',
        ),
        Bad(
            name="challenge page with HTTP 200",
            body="<html><head><title>Just a moment...</title></head></html>",
            error=BadResponseError,
            reason='its answer is not understood (a page: "Just a moment")',
        ),
    ),
)
