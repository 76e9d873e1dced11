"""Medians, and how sure one is of them. Every number is rounded as the caller's context says."""

from collections.abc import Sequence
from decimal import Decimal


def median(numbers: Sequence[Decimal]) -> Decimal:
    """Return the median, the mean of the middle two for an even number of them; at least one."""
    low, high = middle_two(numbers)
    return low + (high - low) / 2  # never outside of the two, however it is rounded


def middle_two(numbers: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    """Return the two between which the median lies; twice the same for an odd number."""
    ordered = sorted(numbers)
    return ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]


def weighted_median(weighted: Sequence[tuple[Decimal, Decimal]]) -> Decimal | None:
    """Return the volume-weighted median of the CME CF Bitcoin Reference Rate.

    By price, where the volume summed up first reaches half of the total; the mean of that price
    and the next where it is exactly half.

    Args:
        weighted: Prices, each with its volume. A volume of zero counts nothing.

    Returns:
        None where there is no volume at all.
    """
    ordered = sorted((price, volume) for price, volume in weighted if volume > 0)
    total = sum(volume for _, volume in ordered)
    reached = Decimal(0)
    for at, (price, volume) in enumerate(ordered):
        reached += volume
        if reached * 2 == total and at + 1 < len(ordered):
            return median([price, ordered[at + 1][0]])
        if reached * 2 >= total:
            return price
    return None


def confidence(price: Decimal, quoted: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    """Return how far the quartiles are from the price, by the rule of Pyth's aggregate.

    Every exchange has three votes: its price, and that less and plus its own uncertainty. The
    larger distance to the first or third quartile of the votes counts, with the quartiles at the
    places that ``price_model.c`` of pyth-client takes. Pyth measures from the median of the
    votes; this is from the price that is shown, the median of the prices, so that at least the
    middle half of the votes lies within what it says. The two medians differ by the largest
    uncertainty at most.

    Args:
        price: The median of the prices.
        quoted: Each exchange's price with its uncertainty: half its spread.
    """
    votes = sorted(
        vote for middle, half in quoted for vote in (middle - half, middle, middle + half)
    )
    quarter = len(votes) // 4
    return max(price - votes[quarter], votes[-1 - quarter] - price)
