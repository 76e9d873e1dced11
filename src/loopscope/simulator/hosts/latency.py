"""How long something takes: always the same, or drawn from a distribution."""

import math
from dataclasses import dataclass
from random import Random
from statistics import NormalDist
from typing import Final, Protocol

from loopscope.simulator.durations import LONGEST_NS

_BELL: Final = NormalDist()


class Latency(Protocol):
    """How long something takes."""

    @property
    def constant_ns(self) -> int | None:
        """The duration in ns if it is always the same, else None."""

    def draw(self, random: Random) -> int:
        """Return one duration in ns, never less than zero."""

    def at(self, share: float) -> int:
        """Return the duration that this share of all stays below; more than 0, less than 1."""

    def nearest(self, ns: int) -> int:
        """Return the duration nearest to this one that can be drawn."""


@dataclass(frozen=True, slots=True)
class Constant:
    """Always the same."""

    constant_ns: int

    def draw(self, random: Random) -> int:  # noqa: ARG002 - the interface
        """Return it."""
        return self.constant_ns

    def at(self, share: float) -> int:  # noqa: ARG002 - the interface
        """Return it."""
        return self.constant_ns

    def nearest(self, ns: int) -> int:  # noqa: ARG002 - the interface
        """Return it."""
        return self.constant_ns


@dataclass(frozen=True, slots=True)
class Uniform:
    """Anything between two durations, equally likely."""

    low_ns: int
    high_ns: int
    constant_ns: None = None

    def draw(self, random: Random) -> int:
        """Draw one."""
        return random.randint(self.low_ns, self.high_ns)

    def at(self, share: float) -> int:
        """Return the duration that this share of all stays below."""
        return round(self.low_ns + share * (self.high_ns - self.low_ns))

    def nearest(self, ns: int) -> int:
        """Return the duration nearest to this one that can be drawn."""
        return min(max(ns, self.low_ns), self.high_ns)


@dataclass(frozen=True, slots=True)
class Normal:
    """A bell curve; what would be less than zero is zero."""

    mean_ns: int
    deviation_ns: int
    constant_ns: None = None

    def draw(self, random: Random) -> int:
        """Draw one."""
        return bounded(random.gauss(self.mean_ns, self.deviation_ns))

    def at(self, share: float) -> int:
        """Return the duration that this share of all stays below."""
        return bounded(self.mean_ns + self.deviation_ns * _BELL.inv_cdf(share))

    def nearest(self, ns: int) -> int:
        """Return the duration nearest to this one that can be drawn."""
        return bounded(ns) if self.deviation_ns else bounded(self.mean_ns)


@dataclass(frozen=True, slots=True)
class Lognormal:
    """What networks look like: half is below the median, and the tail is long.

    ``sigma`` is the deviation of the logarithm: with 0.5, one in a hundred takes 3.2 medians.
    """

    median_ns: int
    sigma: float
    constant_ns: None = None

    def draw(self, random: Random) -> int:
        """Draw one."""
        return bounded(self.median_ns * math.exp(min(random.gauss(0.0, self.sigma), 100.0)))

    def at(self, share: float) -> int:
        """Return the duration that this share of all stays below."""
        return bounded(self.median_ns * math.exp(min(self.sigma * _BELL.inv_cdf(share), 100.0)))

    def nearest(self, ns: int) -> int:
        """Return the duration nearest to this one that can be drawn."""
        return bounded(ns) if self.sigma and self.median_ns else self.median_ns


@dataclass(frozen=True, slots=True)
class Samples:
    """Measured durations, each as likely as it is often there."""

    values_ns: tuple[int, ...]
    constant_ns: None = None

    def draw(self, random: Random) -> int:
        """Draw one."""
        return random.choice(self.values_ns)

    def at(self, share: float) -> int:
        """Return the duration that this share of all stays below."""
        values_ns = sorted(self.values_ns)
        return values_ns[min(int(share * len(values_ns)), len(values_ns) - 1)]

    def nearest(self, ns: int) -> int:
        """Return the duration nearest to this one that can be drawn."""
        return min(self.values_ns, key=lambda value_ns: (abs(value_ns - ns), value_ns))


def bounded(ns: float) -> int:
    """Return a duration that can be used."""
    return round(min(max(ns, 0.0), float(LONGEST_NS)))


NOTHING = Constant(0)
