"""What many runs of a program brought: how many held, how long they took, what broke and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from loopscope.analysis.events import Event

_MOST_BINS: Final = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """How many runs took from ``from_ns`` to ``to_ns``; the last bin includes its end."""

    from_ns: int
    to_ns: int
    count: int


@dataclass(frozen=True, slots=True)
class Spread:
    """How long runs took, in ns of virtual time.

    Attributes:
        count: How many runs there are; all else is 0 and empty if there are none.
        least_ns: The shortest.
        median_ns: Half took no longer.
        p90_ns: Nine in ten took no longer.
        p99_ns: Ninety-nine in a hundred took no longer.
        worst_ns: The longest.
        bins: A histogram, from the shortest to the longest; a single bin if all are the same.
    """

    count: int
    least_ns: int = 0
    median_ns: int = 0
    p90_ns: int = 0
    p99_ns: int = 0
    worst_ns: int = 0
    bins: tuple[Bin, ...] = ()


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Runs that broke the same promise at the same lines.

    Attributes:
        kind: The promise.
        where: The lines, "" where there are none.
        count: How many runs.
        seed: The first seed of them.
        sentence: What happened there.
        detail: What else is known: a traceback, who waits for whom.
        choices: Everything that is not as usual in the smallest world that fails, a line each.
        tried: How many runs it took to find that world; 0 if it was not searched for.
        repeat: The command that runs it again.
        trace: Where its recording is, "" for none.
        events: The last things that happened there.
        is_stable: Whether it broke the same promise when it was run again.
    """

    kind: str
    where: str
    count: int
    seed: int
    sentence: str
    detail: str = ""
    choices: tuple[str, ...] = ()
    tried: int = 0
    repeat: str = ""
    trace: str = ""
    events: tuple[Event, ...] = ()
    is_stable: bool = True


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a sweep brought.

    Attributes:
        program: The program, as it was given.
        promises: What it was held to, a few words each.
        wanted: How many seeds were to be run.
        count: How many were.
        failed: How many of those broke a promise.
        spread: How long they took, those that were sampled as described.
        groups: What broke, the most frequent first; those explained in detail before all others.
        took_ns: How long the sweep took, in real time.
    """

    program: str
    promises: tuple[str, ...]
    wanted: int
    count: int
    failed: int
    spread: Spread
    groups: tuple[FailureGroup, ...] = ()
    took_ns: int = 0

    @property
    def holds(self) -> bool:
        """Whether the sweep is complete and every run held."""
        return not self.failed and self.count == self.wanted


def spread_of(durations_ns: Sequence[int]) -> Spread:
    """Return how long runs took, each of them; their order does not matter."""
    values = np.sort(np.asarray(durations_ns, dtype=np.int64))
    if not len(values):
        return Spread(0)
    least, worst = int(values[0]), int(values[-1])
    return Spread(
        count=len(values),
        least_ns=least,
        median_ns=_quantile(values, 0.5),
        p90_ns=_quantile(values, 0.9),
        p99_ns=_quantile(values, 0.99),
        worst_ns=worst,
        bins=tuple(_bins(values, min(_MOST_BINS, worst - least or 1))),
    )


def _quantile(values: "np.ndarray[tuple[int], np.dtype[np.int64]]", share: float) -> int:
    """Return the least value that this share of all does not exceed."""
    return int(values[max(int(np.ceil(share * len(values))) - 1, 0)])


def _bins(values: "np.ndarray[tuple[int], np.dtype[np.int64]]", count: int) -> list[Bin]:
    least, worst = int(values[0]), int(values[-1])
    edges = [least + (worst - least) * number // count for number in range(count + 1)]
    at = [0, *(int(np.searchsorted(values, edge)) for edge in edges[1:-1]), len(values)]
    return [
        Bin(edges[number], edges[number + 1], at[number + 1] - at[number])
        for number in range(count)
    ]
