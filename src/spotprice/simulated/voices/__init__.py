"""How every venue speaks: written from the venues' documentation, not from our reading of it."""

from collections.abc import Mapping
from types import MappingProxyType

from spotprice.simulated.voices.base import Voice
from spotprice.simulated.voices.binance import BINANCE
from spotprice.simulated.voices.bitstamp import BITSTAMP
from spotprice.simulated.voices.bybit import BYBIT
from spotprice.simulated.voices.coinbase import COINBASE
from spotprice.simulated.voices.gate import GATE
from spotprice.simulated.voices.gemini import GEMINI
from spotprice.simulated.voices.huobi import HUOBI
from spotprice.simulated.voices.kraken import KRAKEN
from spotprice.simulated.voices.kucoin import KUCOIN
from spotprice.simulated.voices.okx import OKX

_ALL = (BINANCE, COINBASE, KRAKEN, GEMINI, BITSTAMP, KUCOIN, HUOBI, OKX, BYBIT, GATE)

VOICES: Mapping[str, Voice] = MappingProxyType({one.id: one for one in _ALL})
"""Every voice by its exchange's id."""
