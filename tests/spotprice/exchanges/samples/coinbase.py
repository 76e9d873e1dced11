"""Coinbase's answers."""

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
        "BTC-USD": "/products/BTC-USD/ticker",
        "BTC-USDT": "/products/BTC-USDT/ticker",
        "DOGE-USD": "/products/DOGE-USD/ticker",
        "ETH-EUR": "/products/ETH-EUR/ticker",
        "USDT-USD": "/products/USDT-USD/ticker",
    },
    good=(
        Good(
            name="the time has nanoseconds",
            body="""{"ask":"62831.12","bid":"62831.11","volume":"6987.65432109",
            "trade_id":698712345,"price":"62831.12","size":"0.00121",
            "time":"2026-11-22T10:59:59.987654321Z","rfq_volume":"9.876543"}""",
            currency="USD",
            last="62831.12",
            bid="62831.11",
            ask="62831.12",
            volume="6987.65432109",
            exchange_ns=1_795_345_199_987_654_321,
        ),
        Good(
            name="the time has microseconds, and the newest field is absent",
            body="""{"ask":"0.19512","bid":"0.19509","volume":"198765432.1","trade_id":77,
            "price":"0.1951","size":"411.7","time":"2026-11-22T10:59:30.5Z"}""",
            symbol="DOGE-USD",
            currency="USD",
            last="0.1951",
            bid="0.19509",
            ask="0.19512",
            volume="198765432.1",
            exchange_ns=1_795_345_170_500_000_000,
        ),
        Good(
            name="the time has whole seconds",
            body="""{"ask":"1.0002","bid":"1.0001","volume":"5","price":"1.0001",
            "time":"2026-11-22T10:59:30Z"}""",
            symbol="USDT-USD",
            currency="USD",
            last="1.0001",
            bid="1.0001",
            ask="1.0002",
            volume="5",
            exchange_ns=1_795_345_170_000_000_000,
        ),
    ),
    bad=(
        Bad(
            name="unknown market",
            symbol="NOSUCH-USD",
            status=404,
            body='{"message":"NotFound"}',
            error=UnknownSymbolError,
            reason='it has no market NOSUCH-USD (HTTP status 404, "NotFound")',
        ),
        Bad(
            name="too many requests",
            status=429,
            body='{"message":"Public rate limit exceeded"}',
            error=RateLimitedError,
            reason='it was asked too often (HTTP status 429, "Public rate limit exceeded")',
            retry_after_s=1.0,
        ),
        Bad(
            name="no user agent",
            status=400,
            body='{"message":"User-Agent header is required."}',
            error=BadResponseError,
            reason='its answer is not understood (HTTP status 400, "User-Agent header is '
            'required")',
        ),
        Bad(
            name="maintenance",
            status=503,
            body='{"message":"Coinbase Exchange is currently under maintenance."}',
            error=MaintenanceError,
            reason='it is closed for maintenance (HTTP status 503, "Coinbase Exchange is '
            'currently under maintenance")',
        ),
        Bad(
            name="failure",
            status=500,
            body='{"message":"Internal server error"}',
            error=ServerError,
            reason='it failed (HTTP status 500, "Internal server error")',
        ),
    ),
)
