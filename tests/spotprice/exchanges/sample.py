"""The form of a venue's samples: what its documentation shows, and what must come out of it.

Every file in ``samples/`` is named after an exchange's id and has one table called ``VENUE``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from spotprice.errors import ExchangeError
from spotprice.exchanges.base import Reply

SECOND = 1_000_000_000
NOW_NS = 1_795_345_200_500_000_000
"""When every answer of these tests was complete: 2026-11-22, 11:00:00.5 UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """An answer that is a quote, and what it says."""

    name: str
    body: str
    currency: str
    last: str
    bid: str | None
    ask: str | None
    volume: str | None
    exchange_ns: int | None
    symbol: str = "BTC-USD"
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def reply(self) -> Reply:
        """The answer."""
        return Reply(200, self.headers, self.body.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Bad:
    """An answer that is no quote, and the error it amounts to."""

    name: str
    body: str
    error: type[ExchangeError]
    reason: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    retry_after_s: float | None = None
    symbol: str = "BTC-USD"

    @property
    def reply(self) -> Reply:
        """The answer."""
        return Reply(self.status, self.headers, self.body.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """One exchange's samples.

    Attributes:
        targets: Path and query by symbol; None where there can be no such market.
        good: Answers with a quote; the first is the plain one, with everything in it.
        bad: Every error that is documented.
    """

    targets: Mapping[str, str | None]
    good: tuple[Good, ...]
    bad: tuple[Bad, ...]
