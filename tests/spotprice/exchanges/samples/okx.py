"""OKX's answers."""

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
        "BTC-USD": "/api/v5/market/ticker?instId=BTC-USDT",
        "BTC-USDT": "/api/v5/market/ticker?instId=BTC-USDT",
        "DOGE-USD": "/api/v5/market/ticker?instId=DOGE-USDT",
        "ETH-EUR": "/api/v5/market/ticker?instId=ETH-EUR",
        "USDT-USD": None,
    },
    good=(
        Good(
            name="all of it is text",
            body="""{"code":"0","msg":"","data":[{"instType":"SPOT","instId":"BTC-USDT",
            "last":"62830.4","lastSz":"0.002","askPx":"62830.5","askSz":"1.4",
            "bidPx":"62830.4","bidSz":"2.9","open24h":"62710","high24h":"63204",
            "low24h":"62233","volCcy24h":"768112000.6","vol24h":"12233.4",
            "ts":"1795345200345","sodUtc0":"62720","sodUtc8":"62730"}]}""",
            currency="USDT",
            last="62830.4",
            bid="62830.4",
            ask="62830.5",
            volume="12233.4",
            exchange_ns=1_795_345_200_345_000_000,
        ),
        Good(
            name="one side of the book is empty text",
            body="""{"code":"0","msg":"","data":[{"instId":"BTC-USDT","last":"62830.4",
            "askPx":"","bidPx":"62830.4","vol24h":"0","ts":"1795345200345"}]}""",
            currency="USDT",
            last="62830.4",
            bid="62830.4",
            ask=None,
            volume="0",
            exchange_ns=1_795_345_200_345_000_000,
        ),
    ),
    bad=(
        Bad(
            name="unknown market",
            symbol="NOSUCH-USD",
            body="""{"code":"51001","msg":"Instrument ID, Instrument ID code, or Spread ID
            doesn't exist.","data":[]}""".replace("\n            ", " "),
            error=UnknownSymbolError,
            reason='it has no market NOSUCH-USDT ("51001 Instrument ID, Instrument ID code, or '
            "Spread ID doesn't exist\")",
        ),
        Bad(
            name="unknown market: wrong parameter",
            status=400,
            body='{"code":"51000","msg":"Parameter instId error","data":[]}',
            error=UnknownSymbolError,
            reason='it has no market BTC-USDT (HTTP status 400, "51000 Parameter instId error")',
        ),
        Bad(
            name="unknown market: success with nothing",
            body='{"code":"0","msg":"","data":[]}',
            error=UnknownSymbolError,
            reason="it has no market BTC-USDT",
        ),
        Bad(
            name="too many requests",
            status=429,
            body='{"code":"50011","msg":"Too Many Requests","data":[]}',
            error=RateLimitedError,
            reason='it was asked too often (HTTP status 429, "50011 Too Many Requests")',
            retry_after_s=2.0,
        ),
        Bad(
            name="too many requests behind HTTP 200",
            body='{"code":"50011","msg":"Requests too frequent.","data":[]}',
            error=RateLimitedError,
            reason='it was asked too often ("50011 Requests too frequent")',
            retry_after_s=2.0,
        ),
        Bad(
            name="busy",
            status=429,
            body='{"code":"50013","msg":"Systems are busy. Please try again later.","data":[]}',
            error=ServerError,
            reason='it failed (HTTP status 429, "50013 Systems are busy. Please try again later")',
        ),
        Bad(
            name="maintenance",
            status=503,
            body='{"code":"50001","msg":"Service temporarily unavailable.","data":[]}',
            error=MaintenanceError,
            reason='it is closed for maintenance (HTTP status 503, "50001 Service temporarily '
            'unavailable")',
        ),
        Bad(
            name="offline",
            status=410,
            body='{"code":"50005","msg":"API endpoint is inaccessible.","data":[]}',
            error=MaintenanceError,
            reason='it is closed for maintenance (HTTP status 410, "50005 API endpoint is '
            'inaccessible")',
        ),
        Bad(
            name="timeout within",
            status=400,
            body='{"code":"50004","msg":"API endpoint request timeout.","data":[]}',
            error=ServerError,
            reason='it failed (HTTP status 400, "50004 API endpoint request timeout")',
        ),
        Bad(
            name="failure",
            status=500,
            body='{"code":"50026","msg":"System error. Try again later.","data":[]}',
            error=ServerError,
            reason='it failed (HTTP status 500, "50026 System error. Try again later")',
        ),
        Bad(
            name="missing parameter",
            status=400,
            body='{"code":"50014","msg":"Parameter instId cannot be empty.","data":[]}',
            error=BadResponseError,
            reason='its answer is not understood (HTTP status 400, "50014 Parameter instId cannot '
            'be empty")',
        ),
        Bad(
            name="a crossed book before the market opens",
            body="""{"code":"0","msg":"","data":[{"instId":"BTC-USDT","last":"62830.4",
            "askPx":"62830.4","bidPx":"62830.5","vol24h":"0","ts":"1795345200345"}]}""",
            error=BadResponseError,
            reason="its book is crossed: bid 62830.5 above ask 62830.4",
        ),
    ),
)
