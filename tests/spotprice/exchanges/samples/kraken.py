"""Kraken's answers."""

from tests.spotprice.exchanges.sample import Bad, Good, Venue

from spotprice.errors import (
    ExchangeError,
    MaintenanceError,
    RateLimitedError,
    ServerError,
    UnknownSymbolError,
)


def _says(
    words: str,
    error: type[ExchangeError],
    reason: str,
    retry_after_s: float | None = None,
) -> Bad:
    """One of its errors: HTTP 200, and the words in a list."""
    return Bad(
        name=words,
        body=f'{{"error":["{words}"]}}',
        error=error,
        reason=f'{reason} ("{words}")',
        retry_after_s=retry_after_s,
    )


VENUE = Venue(
    targets={
        "BTC-USD": "/0/public/Ticker?pair=XBTUSD",
        "BTC-USDT": "/0/public/Ticker?pair=XBTUSDT",
        "DOGE-USD": "/0/public/Ticker?pair=XDGUSD",
        "ETH-EUR": "/0/public/Ticker?pair=ETHEUR",
        "ETH-BTC": "/0/public/Ticker?pair=ETHXBT",
        "USDT-USD": "/0/public/Ticker?pair=USDTUSD",
    },
    good=(
        Good(
            name="the key is not what was asked for",
            body="""{"error":[],"result":{"XXBTZUSD":{"a":["62832.20000","2","2.000"],
            "b":["62832.10000","3","3.000"],"c":["62832.20000","0.02000000"],
            "v":["1198.70000000","2287.61000000"],"p":["62811.40000","62801.20000"],
            "t":[11876,22987],"l":["62240.00000","62190.00000"],
            "h":["63190.00000","63205.00000"],"o":"62710.00000"}}}""",
            currency="USD",
            last="62832.20000",
            bid="62832.10000",
            ask="62832.20000",
            volume="2287.61000000",
            exchange_ns=None,
        ),
        Good(
            name="the key is what was asked for",
            symbol="SOL-USD",
            body="""{"error":[],"result":{"SOLUSD":{"a":["141.22","1","1"],
            "b":["141.21","1","1"],"c":["141.20","7"],"v":["0.1","0.2"]}}}""",
            currency="USD",
            last="141.20",
            bid="141.21",
            ask="141.22",
            volume="0.2",
            exchange_ns=None,
        ),
    ),
    bad=(
        Bad(
            name="unknown market",
            symbol="NOSUCH-USD",
            body='{"error":["EQuery:Unknown asset pair"]}',
            error=UnknownSymbolError,
            reason='it has no market NOSUCHUSD ("EQuery:Unknown asset pair")',
        ),
        _says("EQuery:Invalid asset pair", UnknownSymbolError, "it has no market XBTUSD"),
        _says("EGeneral:Invalid arguments", UnknownSymbolError, "it has no market XBTUSD"),
        _says("EAPI:Rate limit exceeded", RateLimitedError, "it was asked too often", 10.0),
        _says("EGeneral:Too many requests", RateLimitedError, "it was asked too often", 10.0),
        _says("EGeneral:Temporary lockout", RateLimitedError, "it was asked too often", 10.0),
        _says("EService:Throttled: 1795345207", RateLimitedError, "it was asked too often", 6.5),
        _says("EService:Throttled: 1795345200", RateLimitedError, "it was asked too often", 10.0),
        _says("EService:Throttled: 999999999999", RateLimitedError, "it was asked too often", 10.0),
        _says("EService:Unavailable", ServerError, "it failed"),
        _says("EService:Busy", ServerError, "it failed"),
        _says("EService:Deadline elapsed", ServerError, "it failed"),
        _says("EGeneral:Internal error", ServerError, "it failed"),
        _says("EDatabase:Internal error", ServerError, "it failed"),
        _says(
            "EService:Market in cancel_only mode",
            MaintenanceError,
            "it is closed for maintenance",
        ),
        _says(
            "EService:Market in post_only mode", MaintenanceError, "it is closed for maintenance"
        ),
        Bad(
            name="an error beside an empty result",
            body='{"error":["EService:Busy"],"result":{}}',
            error=ServerError,
            reason='it failed ("EService:Busy")',
        ),
        Bad(
            name="the error of the network before it",
            status=520,
            body="<html><title>api.kraken.com | 520: Web server is returning an unknown error"
            "</title></html>",
            error=ServerError,
            reason='it failed (HTTP status 520, a page: "api.kraken.com | 520: Web server is '
            'returning an unknown error")',
        ),
    ),
)
