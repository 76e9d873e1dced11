"""What a consensus is made of, and by which rules."""

from dataclasses import dataclass
from decimal import Decimal

_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Tether:
    """What one tether dollar (USDT) costs in dollars.

    Attributes:
        rate: Dollars for one USDT; positive.
        sources: Ids of the exchanges that it comes from.
    """

    rate: Decimal
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """When a quote counts, and how many must.

    Attributes:
        stale_ns: A quote that is older, by the exchange's clock, is left out. BRTI (CF
            Benchmarks) drops a book after 10 s.
        outlier_ratio: A quote further from the median of all, as a part of the median, is left
            out. BRTI drops an exchange beyond 5 %.
        least_count: So many quotes make a consensus, or all that were asked where that is fewer.
            The OKX index needs 3.
        unknown_half_spread_ratio: Stands for half the spread, as a part of the price, where an
            exchange shows no book: 0.1 %, some ten times what large markets have.
    """

    stale_ns: int = 10 * _SECOND
    outlier_ratio: Decimal = Decimal("0.05")
    least_count: int = 3
    unknown_half_spread_ratio: Decimal = Decimal("0.001")


RULES = Rules()
"""The rules that hold unless others are given."""


@dataclass(frozen=True, slots=True)
class Consensus:
    """What the exchanges agree on, or why they do not.

    Attributes:
        price: Median of the quotes used; None where no consensus was reached.
        weighted: Their median weighted by 24 h volume; None without a consensus, and where no
            exchange says its volume.
        confidence: Half the width of the range around ``price`` that holds at least the middle
            half of what the exchanges say; None without a consensus. Never negative.
        currency: What the three are in: what the market was asked in.
        used: Ids of the exchanges whose quotes agree, also where they are too few.
        left_out: Every other exchange that was asked, and why. Begins with a small letter and
            has no full stop.
        reason: Why there is no consensus; None where there is one.
    """

    price: Decimal | None
    weighted: Decimal | None
    confidence: Decimal | None
    currency: str
    used: tuple[str, ...]
    left_out: dict[str, str]
    reason: str | None

    @property
    def reached(self) -> bool:
        """Whether there is a price."""
        return self.price is not None
