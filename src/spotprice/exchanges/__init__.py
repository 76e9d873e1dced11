"""The exchanges: one file each, and how to find one by the name people use for it."""

from collections.abc import Mapping
from types import MappingProxyType

from spotprice.errors import UsageError
from spotprice.exchanges.base import Exchange
from spotprice.exchanges.binance import BINANCE
from spotprice.exchanges.kraken import KRAKEN

EXCHANGES: Mapping[str, Exchange] = MappingProxyType({one.id: one for one in (BINANCE, KRAKEN)})
"""Every exchange that is known, by its id, in the order in which tables show them."""


def find_exchange(name: str, exchanges: Mapping[str, Exchange] = EXCHANGES) -> Exchange:
    """Return the exchange of that id or name, capital or small letters.

    Raises:
        UsageError: There is none of that name.
    """
    wanted = name.strip().casefold()
    for one in exchanges.values():
        if wanted in (one.id, one.name.casefold(), *one.also):
            return one
    known = ", ".join(exchanges)
    raise UsageError(f'"{name}" is no exchange that spotprice knows: choose from {known}.')
