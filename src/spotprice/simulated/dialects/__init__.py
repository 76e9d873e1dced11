"""How every venue speaks on its stream: written from its documentation, not from our reading."""

from collections.abc import Mapping
from types import MappingProxyType

from spotprice.simulated.dialects.base import Dialect
from spotprice.simulated.dialects.binance import BINANCE
from spotprice.simulated.dialects.bitstamp import BITSTAMP
from spotprice.simulated.dialects.bybit import BYBIT
from spotprice.simulated.dialects.coinbase import COINBASE
from spotprice.simulated.dialects.gate import GATE
from spotprice.simulated.dialects.gemini import GEMINI
from spotprice.simulated.dialects.huobi import HUOBI
from spotprice.simulated.dialects.kraken import KRAKEN
from spotprice.simulated.dialects.kucoin import KUCOIN
from spotprice.simulated.dialects.okx import OKX

_ALL = (BINANCE, COINBASE, KRAKEN, GEMINI, BITSTAMP, KUCOIN, HUOBI, OKX, BYBIT, GATE)

DIALECTS: Mapping[str, Dialect] = MappingProxyType({one.id: one for one in _ALL})
"""Every dialect by its exchange's id."""
