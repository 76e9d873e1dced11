"""Huobi's (HTX's) answers."""

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
        "BTC-USD": "/market/detail/merged?symbol=btcusdt",
        "BTC-USDT": "/market/detail/merged?symbol=btcusdt",
        "DOGE-USD": "/market/detail/merged?symbol=dogeusdt",
        "ETH-EUR": "/market/detail/merged?symbol=etheur",
        "USDT-USD": None,
    },
    good=(
        Good(
            name="numbers that are not text",
            body="""{"ch":"market.btcusdt.detail.merged","status":"ok","ts":1795345200222,
            "tick":{"id":311912345678,"version":311912345678,"open":62710.0,"close":62830.3,
            "low":62233.0,"high":63204.0,"amount":11234.567,"vol":7.055512E8,"count":112233,
            "bid":[62830.2,0.4],"ask":[62830.3,0.8]}}""",
            currency="USDT",
            last="62830.3",
            bid="62830.2",
            ask="62830.3",
            volume="11234.567",
            exchange_ns=1_795_345_200_222_000_000,
        ),
        Good(
            name="digits that no float has, and exponents",
            symbol="SHIB-USD",
            body="""{"ch":"market.shibusdt.detail.merged","status":"ok","ts":1795345200222,
            "tick":{"close":8.512E-6,"amount":1.234567890123456789E12,
            "bid":[0.0000085110000000000001,1],"ask":[8.513e-6,1]}}""",
            currency="USDT",
            last="0.000008512",
            bid="0.0000085110000000000001",
            ask="0.000008513",
            volume="1234567890123.456789",
            exchange_ns=1_795_345_200_222_000_000,
        ),
    ),
    bad=(
        Bad(
            name="unknown market",
            symbol="NOSUCH-USD",
            body="""{"ts":1795345200222,"status":"error","err-code":"invalid-parameter",
            "err-msg":"invalid symbol"}""",
            error=UnknownSymbolError,
            reason='it has no market nosuchusdt ("invalid-parameter invalid symbol")',
        ),
        Bad(
            name="market not open",
            body="""{"ts":1795345200222,"status":"error","err-code":"invalid-parameter",
            "err-msg":"symbol trade not open now"}""",
            error=UnknownSymbolError,
            reason='it has no market btcusdt ("invalid-parameter symbol trade not open now")',
        ),
        Bad(
            name="unknown market, by its code",
            body="""{"status":"error","err-code":"base-symbol-error",
            "err-msg":"The symbol is invalid","data":null}""",
            error=UnknownSymbolError,
            reason='it has no market btcusdt ("base-symbol-error The symbol is invalid")',
        ),
        Bad(
            name="market disabled",
            body="""{"status":"error","err-code":"base-symbol-trade-disabled",
            "err-msg":"Trading is disabled for this symbol","data":null}""",
            error=UnknownSymbolError,
            reason='it has no market btcusdt ("base-symbol-trade-disabled Trading is disabled '
            'for this symbol")',
        ),
        Bad(
            name="too many requests",
            body="""{"status":"error","err-code":"base-request-exceed-frequency-limit",
            "err-msg":"Frequency of requests exceeds the limit"}""",
            error=RateLimitedError,
            reason='it was asked too often ("base-request-exceed-frequency-limit Frequency of '
            'requests exceeds the limit")',
            retry_after_s=1.0,
        ),
        Bad(
            name="too many requests, with underscores",
            status=429,
            body="""{"status":"error","err_code":"rate-too-many-requests",
            "err_msg":"too many requests","ts":1795345200222}""",
            error=RateLimitedError,
            reason='it was asked too often (HTTP status 429, "rate-too-many-requests too many '
            'requests")',
            retry_after_s=1.0,
        ),
        Bad(
            name="maintenance",
            body="""{"status":"error","err-code":"system-maintenance",
            "err-msg":"System is in maintenance!","data":null}""",
            error=MaintenanceError,
            reason='it is closed for maintenance ("system-maintenance System is in maintenance!")',
        ),
        Bad(
            name="failure of the gateway",
            body="""{"status":"error","err-code":"gateway-internal-error",
            "err-msg":"Failed to load data. Try again later"}""",
            error=ServerError,
            reason='it failed ("gateway-internal-error Failed to load data. Try again later")',
        ),
        Bad(
            name="timeout within",
            body='{"status":"error","err-code":"timeout","err-msg":"request timeout"}',
            error=ServerError,
            reason='it failed ("timeout request timeout")',
        ),
        Bad(
            name="an error without a code",
            body='{"status":"error","ts":1795345200222}',
            error=BadResponseError,
            reason='its answer is not understood ("error")',
        ),
    ),
)
