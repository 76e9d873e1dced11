"""Bybit's answers."""

from tests.spotprice.exchanges.sample import Bad, Good, Venue

from spotprice.errors import (
    BadResponseError,
    BlockedError,
    RateLimitedError,
    ServerError,
    UnknownSymbolError,
)

_REST = '"result":{},"retExtInfo":{},"time":1795345200444'

VENUE = Venue(
    targets={
        "BTC-USD": "/v5/market/tickers?category=spot&symbol=BTCUSDT",
        "BTC-USDT": "/v5/market/tickers?category=spot&symbol=BTCUSDT",
        "DOGE-USD": "/v5/market/tickers?category=spot&symbol=DOGEUSDT",
        "ETH-EUR": "/v5/market/tickers?category=spot&symbol=ETHEUR",
        "USDT-USD": None,
    },
    good=(
        Good(
            name="the time is beside the result",
            body="""{"retCode":0,"retMsg":"OK","result":{"category":"spot","list":[
            {"symbol":"BTCUSDT","bid1Price":"62830.1","bid1Size":"0.7","ask1Price":"62830.2",
            "ask1Size":"0.2","lastPrice":"62830.2","prevPrice24h":"62710",
            "price24hPcnt":"0.0019","highPrice24h":"63204","lowPrice24h":"62233",
            "turnover24h":"770011000.3","volume24h":"12255.7","usdIndexPrice":"62826.9"}]},
            "retExtInfo":{},"time":1795345200444}""",
            currency="USDT",
            last="62830.2",
            bid="62830.1",
            ask="62830.2",
            volume="12255.7",
            exchange_ns=1_795_345_200_444_000_000,
        ),
        Good(
            name="empty text for an empty book",
            body="""{"retCode":0,"retMsg":"OK","result":{"category":"spot","list":[
            {"symbol":"BTCUSDT","bid1Price":"","ask1Price":"","lastPrice":"62830.2",
            "volume24h":"0"}]},"retExtInfo":{},"time":1795345200444}""",
            currency="USDT",
            last="62830.2",
            bid=None,
            ask=None,
            volume="0",
            exchange_ns=1_795_345_200_444_000_000,
        ),
    ),
    bad=(
        Bad(
            name="unknown market",
            symbol="NOSUCH-USD",
            body=f'{{"retCode":10001,"retMsg":"Not supported symbols",{_REST}}}',
            error=UnknownSymbolError,
            reason='it has no market NOSUCHUSDT ("10001 Not supported symbols")',
        ),
        Bad(
            name="unknown market, by its code",
            body=f'{{"retCode":10029,"retMsg":"The requested symbol is invalid",{_REST}}}',
            error=UnknownSymbolError,
            reason='it has no market BTCUSDT ("10029 The requested symbol is invalid")',
        ),
        Bad(
            name="unknown market: success with nothing",
            body="""{"retCode":0,"retMsg":"OK","result":{"category":"spot","list":[]},
            "retExtInfo":{},"time":1795345200444}""",
            error=UnknownSymbolError,
            reason="it has no market BTCUSDT",
        ),
        Bad(
            name="too many visits",
            headers={
                "x-bapi-limit": "600",
                "x-bapi-limit-status": "0",
                "x-bapi-limit-reset-timestamp": "1795345203250",
            },
            body=f'{{"retCode":10006,"retMsg":"Too many visits!",{_REST}}}',
            error=RateLimitedError,
            reason='it was asked too often ("10006 Too many visits!")',
            retry_after_s=2.75,
        ),
        Bad(
            name="too many visits, without saying until when",
            body=f'{{"retCode":10006,"retMsg":"Too many visits!",{_REST}}}',
            error=RateLimitedError,
            reason='it was asked too often ("10006 Too many visits!")',
            retry_after_s=5.0,
        ),
        Bad(
            name="banned for ten minutes",
            status=403,
            headers={"x-bapi-limit-reset-timestamp": "1795345200500"},
            body="403, access too frequent",
            error=RateLimitedError,
            reason='it was asked too often (HTTP status 403, no JSON: "403, access too frequent")',
            retry_after_s=600.0,
        ),
        Bad(
            name="banned, said in JSON",
            status=403,
            body='{"retCode":403,"retMsg":"Access too frequent."}',
            error=RateLimitedError,
            reason='it was asked too often (HTTP status 403, "403 Access too frequent")',
            retry_after_s=600.0,
        ),
        Bad(
            name="country, at the network before it",
            status=403,
            body="<html><head><title>ERROR: The request could not be satisfied</title></head>"
            "<body>The distribution is configured to block access from your country.</body></html>",
            error=BlockedError,
            reason='it refuses this address (HTTP status 403, a page: "ERROR: The request could '
            'not be satisfied")',
        ),
        Bad(
            name="country",
            body=f'{{"retCode":10009,"retMsg":"IP has been banned.",{_REST}}}',
            error=BlockedError,
            reason='it refuses this address ("10009 IP has been banned")',
        ),
        Bad(
            name="timeout within",
            body=f'{{"retCode":10000,"retMsg":"Server Timeout",{_REST}}}',
            error=ServerError,
            reason='it failed ("10000 Server Timeout")',
        ),
        Bad(
            name="failure",
            body=f'{{"retCode":10016,"retMsg":"Server error.",{_REST}}}',
            error=ServerError,
            reason='it failed ("10016 Server error")',
        ),
        Bad(
            name="protection of the system",
            status=429,
            body="",
            error=RateLimitedError,
            reason="it was asked too often (HTTP status 429, an empty body)",
            retry_after_s=5.0,
        ),
        Bad(
            name="wrong address",
            body=f'{{"retCode":10017,"retMsg":"Route not found.",{_REST}}}',
            error=BadResponseError,
            reason='its answer is not understood ("10017 Route not found")',
        ),
    ),
)
