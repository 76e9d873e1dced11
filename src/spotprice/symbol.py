"""A market, written the same for every exchange: ``BTC-USD``."""

import re
from dataclasses import dataclass

from spotprice.errors import UsageError

_WRITTEN = re.compile(r"([A-Z0-9]{1,20})[-/]([A-Z0-9]{1,20})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Symbol:
    """What is priced (``base``) and in what (``quote``), as upper-case codes."""

    base: str
    quote: str

    def __str__(self) -> str:
        return f"{self.base}-{self.quote}"

    @classmethod
    def parse(cls, text: str) -> "Symbol":
        """Read ``BTC-USD``; small letters and a slash are fine too.

        Raises:
            UsageError: The text is not two codes with a dash between them.
        """
        match = _WRITTEN.fullmatch(text.upper())
        if match is None or match[1] == match[2]:
            raise UsageError(f'"{text}" is no symbol: write two codes with a dash, as in BTC-USD.')
        return cls(match[1], match[2])
