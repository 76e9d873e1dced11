"""Understanding how the venues write a market."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from spotprice.simulated.market import QUOTES
from spotprice.symbol import Symbol

_CODES = re.compile(r"[A-Z0-9]{1,20}", re.ASCII)
_NONE: Mapping[str, str] = MappingProxyType({})


def split_at(separator: str) -> Callable[[str], Symbol | None]:
    """Make a reader of ``BTC-USD`` with that separator. Capital letters only."""

    def read(market: str) -> Symbol | None:
        base, found, quote = market.partition(separator)
        return _symbol(base, quote) if found else None

    return read


def joined(renamed: Mapping[str, str] = _NONE) -> Callable[[str], Symbol | None]:
    """Make a reader of ``BTCUSD``, capital letters only; the ending tells the quote.

    Args:
        renamed: Codes that the venue writes in its own way, with what they are elsewhere.
    """

    def read(market: str) -> Symbol | None:
        quotes = (*QUOTES, *(own for own, code in renamed.items() if code in QUOTES))
        for quote in quotes:
            base = market.removesuffix(quote)
            if base != market:
                return _symbol(renamed.get(base, base), renamed.get(quote, quote))
        return None

    return read


def joined_small(market: str) -> Symbol | None:
    """Read ``btcusd``: as ``joined``, small letters only."""
    return _JOINED(market.upper()) if market == market.lower() else None


_JOINED = joined()


def _symbol(base: str, quote: str) -> Symbol | None:
    is_spelled = _CODES.fullmatch(base) and _CODES.fullmatch(quote)
    return Symbol(base, quote) if is_spelled else None
