"""Huobi, by its present name HTX. It sends numbers, not text, and has tether markets only."""

from spotprice.errors import MaintenanceError, RateLimitedError, ServerError, UnknownSymbolError
from spotprice.exchanges.base import MILLISECOND, Exchange, Faults, Fields, Moment, Rate, Spelling

# Source: huobiapi.github.io/docs/spot/v1/en (merged ticker, rate limiting, error codes)
HUOBI = Exchange(
    id="huobi",
    name="Huobi",
    hosts=("https://api.huobi.pro", "https://api.htx.com", "https://api-aws.huobi.pro"),
    path="/market/detail/merged?symbol={market}",
    spelling=Spelling(is_lower=True, dollars="USDT"),
    # The time is that of the reply.
    fields=Fields(
        last="tick.close",
        bid="tick.bid.0",
        ask="tick.ask.0",
        volume="tick.amount",
        moment=Moment(MILLISECOND, path="ts"),
        symbol="ch",
        symbol_form="market.{market}.detail.merged",
    ),
    faults=Faults(
        code="err-code|err_code|status",
        text="err-msg|err_msg",
        fine="ok",
        codes={
            "invalid-parameter": UnknownSymbolError,  # the symbol is the only one
            "base-symbol-error": UnknownSymbolError,
            "base-symbol-trade-disabled": UnknownSymbolError,
            "system-maintenance": MaintenanceError,
            "gateway-internal-error": ServerError,
        },
        texts={
            "exceed-frequency-limit": RateLimitedError,
            "too-many-requests": RateLimitedError,
            "timeout": ServerError,
        },
    ),
    rate=Rate(requests=10, seconds=1, penalty_s=1),
    also=("htx",),
)
