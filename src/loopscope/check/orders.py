"""The orders in which I/O completed: which came before which, and what was not seen so far."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from typing import Final

MOST_COMPLETIONS: Final = 32
"""Of one run, so many completions are looked at, the first ones."""

MOST_EVENTS: Final = 64
"""So many different completions are told apart in a sweep; what else completes is not looked at."""

Order = Sequence[str]
"""The completions of one run, in order: ``api.example.com 3`` is the third request there."""

Pair = tuple[str, str]
"""Two completions, the earlier first."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The orders that runs have shown. It does not depend on which run came first.

    Attributes:
        events: The completions that are told apart, sorted.
        pairs: Which of them came before which in some run.
    """

    events: frozenset[str] = frozenset()
    pairs: frozenset[Pair] = frozenset()

    def pairs_in(self, order: Order) -> Iterator[Pair]:
        """Yield the pairs in an order, as far as its completions are told apart."""
        if len(self.events) >= MOST_EVENTS:
            order = [one for one in order if one in self.events]
        return combinations(order, 2)

    def is_new(self, order: Order) -> bool:
        """Whether an order has a pair that was not seen."""
        return not self.pairs.issuperset(self.pairs_in(order))

    def with_orders(self, orders: Iterable[Order]) -> "Seen":
        """Return what is seen after more runs, in whatever sequence they are given."""
        news = list(orders)
        if not any(map(self.is_new, news)):
            return self
        more = sorted({one for order in news for one in order} - self.events)
        events = self.events.union(more[: MOST_EVENTS - len(self.events)])
        known = [[one for one in order if one in events] for order in news]
        found: set[Pair] = reduce(lambda all_, one: all_.union(combinations(one, 2)), known, set())
        return Seen(events, self.pairs | found)

    def unseen(self) -> list[Pair]:
        """Return the pairs that were seen only the other way round, sorted."""
        return sorted(
            (late, early) for early, late in self.pairs if (late, early) not in self.pairs
        )


class News:
    """Gathers the orders of runs that show something that was not seen so far.

    What all runs together have shown follows from what is gathered, however they are divided.

    Args:
        seen: What was seen before.

    Attributes:
        orders: What was gathered, each order once.
    """

    def __init__(self, seen: Seen) -> None:
        self.orders: list[tuple[str, ...]] = []
        self._seen = seen
        self._pairs: set[Pair] = set()
        self._known: set[Order] = set()

    def note(self, order: tuple[str, ...]) -> None:
        """A run completed its I/O in this order."""
        if len(order) < 2 or order in self._known:  # noqa: PLR2004  (there is no order in one)
            return
        self._known.add(order)
        pairs = set(self._seen.pairs_in(order)) - self._seen.pairs
        if not pairs <= self._pairs:
            self._pairs |= pairs
            self.orders.append(order)
