"""How long something takes: always the same, or drawn from a distribution."""

import math
from dataclasses import dataclass
from random import Random
from typing import Protocol

from loopscope.simulator.durations import LONGEST_NS


class Latency(Protocol):
    """How long something takes."""

    @property
    def constant_ns(self) -> int | None:
        """The duration in ns if it is always the same, else None."""

    def draw(self, random: Random) -> int:
        """Return one duration in ns, never less than zero."""


@dataclass(frozen=True, slots=True)
class Constant:
    """Always the same."""

    constant_ns: int

    def draw(self, random: Random) -> int:  # noqa: ARG002 - the interface
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


@dataclass(frozen=True, slots=True)
class Normal:
    """A bell curve; what would be less than zero is zero."""

    mean_ns: int
    deviation_ns: int
    constant_ns: None = None

    def draw(self, random: Random) -> int:
        """Draw one."""
        return bounded(random.gauss(self.mean_ns, self.deviation_ns))


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


@dataclass(frozen=True, slots=True)
class Samples:
    """Measured durations, each as likely as it is often there."""

    values_ns: tuple[int, ...]
    constant_ns: None = None

    def draw(self, random: Random) -> int:
        """Draw one."""
        return random.choice(self.values_ns)


def bounded(ns: float) -> int:
    """Return a duration that can be used."""
    return round(min(max(ns, 0.0), float(LONGEST_NS)))


NOTHING = Constant(0)
