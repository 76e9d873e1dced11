"""Reaches rare orders: samples what can happen, but seldom does, more often than it happens.

Only the odds are bent, never what is possible: every duration is one that the description can
give, and every failure one that it allows. So whatever is found can really happen.
"""

import math
from collections.abc import Callable, Collection
from random import Random
from typing import Final

from loopscope.check.case import Case
from loopscope.check.choices import AsDescribed, AsUsual, Choices, Sampling
from loopscope.check.new_orders import ORDER, order_of, read_order
from loopscope.check.orders import Seen
from loopscope.errors import UsageError
from loopscope.simulator.hosts.draws import Odds
from loopscope.simulator.hosts.latency import Latency

EVERY: Final = 4
"""One seed in so many is guided; all others are as described, so that they can be counted."""

RAREST: Final = 1e-4
"""Durations are sampled up to those that one in so many is longer than, or shorter."""

FAILING: Final = 0.3
"""How often what can fail does, where failures are sampled more often."""


def is_guided(seed: int) -> bool:
    """Whether a seed of a sweep is guided."""
    return seed % EVERY == EVERY - 1


def guide_of(seed: int, seen: Seen | None = None) -> str:
    """Return the guide of a seed in a sweep: "" for most, else one of ``GUIDES`` in turn.

    Args:
        seed: The seed.
        seen: The orders that are known. If there are any, one guided seed in three keeps its turn,
            and the others look for orders that are not among them.
    """
    if not is_guided(seed):
        return ""
    turn = seed // EVERY
    order = order_of(seed, seen) if seen is not None and turn % 3 else ""
    return order or _NAMES[turn % len(_NAMES)]


def choices_of(case: Case) -> Choices:
    """Return what decides for the hosts in the run of a case.

    Raises:
        UsageError: There is no such guide.
    """
    return Choices(sampling_of(case), case.forced)


def sampling_of(case: Case) -> Sampling:
    """Return how a case draws what it does not force.

    Raises:
        UsageError: There is no such guide.
    """
    if case.is_minimal:
        return AsUsual()
    if not case.guide:
        return AsDescribed()
    random = Random(f"guide {case.guide} {case.seed}")  # noqa: S311  (repeatable)
    if case.guide.startswith(ORDER):
        return Reordered(random, *read_order(case.guide))
    if case.guide not in GUIDES:
        raise UsageError(
            f"There is no guide {case.guide[:40]!r}; there are: {', '.join(GUIDES)}.",
            slug="guide-unknown",
        )
    return GUIDES[case.guide](random)


class _Guide(AsDescribed):
    """Draws as described; what differs is in its heirs.

    Args:
        random: A stream for what concerns the whole run.
    """

    def __init__(self, random: Random) -> None:
        self._run = f"{random.random()}"

    def _of(self, *names: object) -> Random:
        """Return a stream of the run for a purpose, whatever else is drawn before."""
        return Random(f"{self._run} {names}")  # noqa: S311  (repeatable)


class Tails(_Guide):
    """Now and then something takes very long, or hardly any time."""

    def duration(self, key: str, latency: Latency, random: Random) -> int:
        """Draw three in ten from the long tail, two in ten from the short one."""
        chance = random.random()
        if chance < 0.3:  # noqa: PLR2004
            return latency.at(1 - _rare(random))
        if chance < 0.5:  # noqa: PLR2004
            return latency.at(_rare(random))
        return super().duration(key, latency, random)


class Extremes(_Guide):
    """Everything takes either very long or hardly any time."""

    def duration(self, key: str, latency: Latency, random: Random) -> int:  # noqa: ARG002
        """Draw from one of both tails."""
        share = _rare(random)
        return latency.at(share if random.random() < 0.5 else 1 - share)  # noqa: PLR2004


class SlowHost(_Guide):
    """Some hosts have a bad day, or a very good one; the others are as usual."""

    def duration(self, key: str, latency: Latency, random: Random) -> int:
        """Draw from the tail that this host is in."""
        day = self._of(key.rsplit(" ", 3)[0]).random()
        if day < 0.3:  # noqa: PLR2004
            return latency.at(1 - 0.3 * random.random() - RAREST)
        if day < 0.5:  # noqa: PLR2004
            return latency.at(0.1 * random.random() + RAREST)
        return super().duration(key, latency, random)


class Ties(_Guide):
    """Everything takes a round time, so that much of it ends at one moment.

    The program's own timeouts are round as well: so they run out just when an answer arrives.
    """

    def duration(self, key: str, latency: Latency, random: Random) -> int:
        """Draw as described, and round to one digit if that can be."""
        ns = super().duration(key, latency, random)
        return latency.nearest(round(ns, 1 - len(str(ns))))


class Bursts(_Guide):
    """Whatever can fail fails often, several times in a row, and is late where it does not."""

    def duration(self, key: str, latency: Latency, random: Random) -> int:
        """Draw from the long tail during a burst."""
        if self._is_bad(key):
            return latency.at(1 - _rare(random))
        return super().duration(key, latency, random)

    def failure(self, key: str, odds: Odds, random: Random) -> str:
        """Let fail during a burst what can."""
        kind = super().failure(key, odds, random)
        possible = [one for one, rate in odds if rate > 0]
        if possible and not kind and self._is_bad(key) and random.random() < FAILING:
            return random.choice(possible)
        return kind

    def _is_bad(self, key: str) -> bool:
        """Whether a burst is on: of eight in a row, for one host."""
        host, word, number, _ = key.rsplit(" ", 3)
        return self._of(host, word, int(number) // 8).random() < 0.5  # noqa: PLR2004


class Reordered(_Guide):
    """Some requests are answered quickly and others slowly, so that they complete in a rare order.

    Args:
        random: A stream for what concerns the whole run.
        early: The requests that are to complete early: ``api.example.com 3``.
        late: Those that are to complete late.
    """

    def __init__(self, random: Random, early: Collection[str], late: Collection[str]) -> None:
        super().__init__(random)
        self._early = frozenset(early)
        self._late = frozenset(late)
        self._is_utmost = random.random() < 0.5  # noqa: PLR2004

    def duration(self, key: str, latency: Latency, random: Random) -> int:
        """Draw from one tail what a request needs that is to be early or late."""
        host, _, number, _ = key.rsplit(" ", 3)
        share = RAREST if self._is_utmost else _rare(random)
        if f"{host} {number}" in self._early:
            return latency.at(share)
        if f"{host} {number}" in self._late:
            return latency.at(1 - share)
        return super().duration(key, latency, random)


def _rare(random: Random) -> float:
    """Return a share between one in ten and ``RAREST``, each order of magnitude as likely."""
    return 10 ** random.uniform(math.log10(RAREST), -1)


GUIDES: Final[dict[str, Callable[[Random], Sampling]]] = {
    "tails": Tails,
    "extremes": Extremes,
    "slow-host": SlowHost,
    "ties": Ties,
    "bursts": Bursts,
}
_NAMES: Final = tuple(GUIDES)
