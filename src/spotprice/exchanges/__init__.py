"""The exchanges: one file each, and how to find one by the name people use for it.

One more is one more file like ``coinbase.py``, its name in the list below, and the answers that
its documentation shows in ``tests/spotprice/exchanges/samples``.
"""

from collections.abc import Mapping
from types import MappingProxyType

from spotprice.errors import UsageError
from spotprice.exchanges.base import Exchange
from spotprice.exchanges.binance import BINANCE
from spotprice.exchanges.bitstamp import BITSTAMP
from spotprice.exchanges.bybit import BYBIT
from spotprice.exchanges.coinbase import COINBASE
from spotprice.exchanges.gate import GATE
from spotprice.exchanges.gemini import GEMINI
from spotprice.exchanges.huobi import HUOBI
from spotprice.exchanges.kraken import KRAKEN
from spotprice.exchanges.kucoin import KUCOIN
from spotprice.exchanges.okx import OKX

_ALL = (BINANCE, COINBASE, KRAKEN, GEMINI, BITSTAMP, KUCOIN, HUOBI, OKX, BYBIT, GATE)

EXCHANGES: Mapping[str, Exchange] = MappingProxyType({one.id: one for one in _ALL})
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
