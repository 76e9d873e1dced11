"""The streams by which exchanges push their prices: one file each."""

from collections.abc import Mapping
from types import MappingProxyType

from spotprice.streams.base import Stream
from spotprice.streams.binance import BINANCE
from spotprice.streams.bitstamp import BITSTAMP
from spotprice.streams.bybit import BYBIT
from spotprice.streams.coinbase import COINBASE
from spotprice.streams.gate import GATE
from spotprice.streams.gemini import GEMINI
from spotprice.streams.huobi import HUOBI
from spotprice.streams.kraken import KRAKEN
from spotprice.streams.kucoin import KUCOIN
from spotprice.streams.okx import OKX

_ALL = (BINANCE, COINBASE, KRAKEN, GEMINI, BITSTAMP, KUCOIN, HUOBI, OKX, BYBIT, GATE)

STREAMS: Mapping[str, Stream] = MappingProxyType({one.id: one for one in _ALL})
"""Every stream that is known, by the exchange's id."""
