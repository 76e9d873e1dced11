"""One price from ten exchanges, at once, on time.

    prices = await spotprice.aggregate_prices(["Coinbase", "Kraken", "Binance"], "BTC-USD")

Everything is imported when it is first used, so that ``import spotprice`` itself costs nothing.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spotprice.aggregate import aggregate_prices, fetch_quotes
    from spotprice.client import Client, Survey
    from spotprice.consensus import Consensus, Rules, Tether, find_consensus
    from spotprice.errors import (
        BadResponseError,
        BlockedError,
        ConnectError,
        ExchangeError,
        MaintenanceError,
        NetworkError,
        RateLimitedError,
        ServerError,
        SpotpriceError,
        TimedOutError,
        UnknownSymbolError,
        UsageError,
    )
    from spotprice.exchanges import EXCHANGES
    from spotprice.exchanges.base import Exchange
    from spotprice.quote import Answer, Quote
    from spotprice.symbol import Symbol

__all__ = [
    "EXCHANGES",
    "Answer",
    "BadResponseError",
    "BlockedError",
    "Client",
    "ConnectError",
    "Consensus",
    "Exchange",
    "ExchangeError",
    "MaintenanceError",
    "NetworkError",
    "Quote",
    "RateLimitedError",
    "Rules",
    "ServerError",
    "SpotpriceError",
    "Survey",
    "Symbol",
    "Tether",
    "TimedOutError",
    "UnknownSymbolError",
    "UsageError",
    "aggregate_prices",
    "fetch_quotes",
    "find_consensus",
]

_HOMES = {
    "spotprice.aggregate": ("aggregate_prices", "fetch_quotes"),
    "spotprice.client": ("Client", "Survey"),
    "spotprice.consensus": ("Consensus", "Rules", "Tether", "find_consensus"),
    "spotprice.exchanges": ("EXCHANGES",),
    "spotprice.exchanges.base": ("Exchange",),
    "spotprice.quote": ("Answer", "Quote"),
    "spotprice.symbol": ("Symbol",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


if not TYPE_CHECKING:  # or a name that does not exist would be known, as anything

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module  # noqa: PLC0415 - what importing costs is counted

        value = getattr(import_module(_HOME_OF.get(name, "spotprice.errors")), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
