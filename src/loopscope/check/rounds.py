"""The rounds of a sweep: what earlier rounds have shown decides how the seeds of a later one go.

A round begins when all but the last of the rounds before it are complete. So no process waits for
another one at the end of a round, and yet the guides of a round follow from the seeds alone,
whoever ran them, in whatever sequence, and however often the sweep was stopped.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from loopscope.check.journal import Piece
from loopscope.check.pieces import Plan

if TYPE_CHECKING:
    from loopscope.check.orders import Order

FIRST_ROUND: Final = 16
LARGEST_ROUND: Final = 8192
"""Rounds double in size from the first to this."""

LAG: Final = 2
"""A round knows of those that are so many before it, and of all earlier ones."""


def rounds_of(seeds: range) -> Iterator[range]:
    """Yield the seeds of each round of a sweep, in order."""
    size = FIRST_ROUND
    while seeds:
        yield seeds[:size]
        seeds, size = seeds[size:], min(2 * size, LARGEST_ROUND)


class Rounds:
    """Knows which round every seed belongs to, and what is done with the seeds of each.

    Args:
        plan: What is done with every seed, before anything was seen.
        seeds: The seeds of the sweep.
    """

    def __init__(self, plan: Plan, seeds: range) -> None:
        self._rounds = list(rounds_of(seeds)) if plan.is_guided else [seeds]
        self._left = [len(one) for one in self._rounds]
        self._orders: list[list[Order]] = [[] for _ in self._rounds]
        self._plans = [plan]
        """The plans of the first rounds, as far as they are known by now."""

    def number(self, seed: int) -> int:
        """Return the number of the round that a seed belongs to, from 0."""
        low, high = 0, len(self._rounds) - 1
        while low < high:
            middle = (low + high) // 2
            if seed < self._rounds[middle].stop:
                high = middle
            else:
                low = middle + 1
        return low

    def note(self, piece: Piece) -> None:
        """A piece is done: all of it in one round."""
        number = self.number(piece.first)
        self._left[number] -= len(piece.durations_ns)
        self._orders[number] += piece.orders

    def plan_of(self, seed: int) -> Plan | None:
        """Return what is done with a seed; None if that is not known yet."""
        number = self.number(seed)
        while len(self._plans) <= number:
            known = len(self._plans) - LAG
            last = self._plans[-1]
            if known < 0:
                self._plans.append(last)
            elif any(self._left[: known + 1]):
                return None
            else:
                seen = last.seen.with_orders(self._orders[known])
                self._plans.append(replace(last, seen=seen) if seen is not last.seen else last)
        return self._plans[number]

    def cut(self, seeds: range, most: int, slots: int) -> range:
        """Return the first of these seeds, as many as one piece should have.

        Args:
            seeds: Seeds that follow each other.
            most: How many it may have.
            slots: How many pieces run at a time: a round has enough of them for all.
        """
        whole = self._rounds[self.number(seeds.start)]
        share = max(1, len(whole) // (2 * slots))
        return seeds[: min(whole.stop - seeds.start, most, share)]
