"""What the outside decided in one run: recorded, and forced where a case says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final, Protocol

from loopscope.check.orders import MOST_COMPLETIONS
from loopscope.simulator.durations import format_duration
from loopscope.simulator.hosts.draws import Odds
from loopscope.simulator.hosts.latency import Latency

_FAILED: Final = {
    "dns": "name not found",
    "refuse": "refused",
    "unreachable": "never answered",
    "reset": "reset",
    "black-hole": "never answered",
    "slow-body": "answered with a slow body",
    "truncated-body": "answered with a truncated body",
}
_PARTS: Final = {"time": "", "latency": "", "connect": "", "tls": " TLS handshake"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that the outside decided.

    Attributes:
        key: What was decided, the same from run to run: ``api.example.com request 3 latency``.
        value: How long it took in ns; or the kind of failure, "" for none.
        usual: What it is in the dullest world: the median of what is described, no failure.
    """

    key: str
    value: int | str
    usual: int | str

    @property
    def is_usual(self) -> bool:
        """Whether nothing unusual was decided."""
        return self.value == self.usual

    def text(self) -> str:
        """Return it as a reader would say it."""
        host, word, number, part = self.key.rsplit(" ", 3)
        what = f"{host}, {ordinal(int(number))} {word}{_PARTS.get(part, f' {part}')}"
        if isinstance(self.value, int) and isinstance(self.usual, int):
            return f"{what}: {format_duration(self.value)} instead of {format_duration(self.usual)}"
        how = _FAILED.get(str(self.value), f"answered with status {self.value}")
        return f"{host}, {ordinal(int(number))} {word}: {how if self.value else 'did not fail'}"


class Sampling(Protocol):
    """How what nobody forces is drawn."""

    def duration(self, key: str, latency: Latency, random: Random) -> int:
        """Return a duration in ns that the description can give."""

    def failure(self, key: str, odds: Odds, random: Random) -> str:
        """Return a kind of failure that the description can give, "" for none."""


class AsDescribed:
    """Draws as the hosts are described: with these draws a run is what it is without any."""

    def duration(self, key: str, latency: Latency, random: Random) -> int:  # noqa: ARG002
        """Return a duration in ns."""
        return latency.draw(random)

    def failure(self, key: str, odds: Odds, random: Random) -> str:  # noqa: ARG002
        """Return a kind of failure, "" for none."""
        chance = random.random()
        for kind, rate in odds:
            chance -= rate
            if chance < 0:
                return kind
        return ""


class AsUsual:
    """Draws nothing: everything is as usual."""

    def duration(self, key: str, latency: Latency, random: Random) -> int:  # noqa: ARG002
        """Return the median in ns."""
        return latency.at(0.5)

    def failure(self, key: str, odds: Odds, random: Random) -> str:  # noqa: ARG002
        """Return that nothing fails, unless something always does."""
        return usual_failure(odds)


class Choices:
    """Decides for the hosts of one run, and remembers what it decided.

    Args:
        sampling: Draws what is not forced.
        forced: What is decided already, by key. A duration that the description cannot give
            becomes the nearest one that it can; a failure that it cannot give is none.

    Attributes:
        order: The first requests that hosts completed, in order: ``api.example.com 3``.
    """

    def __init__(
        self, sampling: Sampling | None = None, forced: Mapping[str, int | str] | None = None
    ) -> None:
        self._sampling = sampling or AsDescribed()
        self._forced = forced or {}
        self._durations: list[tuple[int, str, int, Latency]] = []
        self._failures: list[tuple[int, str, str, Odds]] = []
        self._count = 0
        self.order: list[str] = []

    def duration(self, key: str, latency: Latency, random: Random) -> int:
        """Decide how long something takes, in ns."""
        value = self._sampling.duration(key, latency, random)
        forced = self._forced.get(key)
        if isinstance(forced, int):
            value = latency.nearest(forced)
        self._count += 1
        self._durations.append((self._count, key, value, latency))
        return value

    def failure(self, key: str, odds: Odds, random: Random) -> str:
        """Decide whether something fails, and how."""
        kind = self._sampling.failure(key, odds, random)
        if not any(rate > 0 for _, rate in odds):
            return ""  # asked for all the same, since it may draw
        forced = self._forced.get(key)
        if isinstance(forced, str):
            possible = dict(odds).get(forced, 0.0) > 0 or (not forced and usual_failure(odds) == "")
            kind = forced if possible else usual_failure(odds)
        self._count += 1
        self._failures.append((self._count, key, kind, odds))
        return kind

    def completed(self, host: str, number: int) -> None:
        """A host is done with its work on a request."""
        if len(self.order) < MOST_COMPLETIONS:
            self.order.append(f"{host} {number}")

    def taken(self) -> list[Choice]:
        """Return everything that was decided, in the order of the run."""
        found = [
            (number, Choice(key, value, latency.at(0.5)))
            for number, key, value, latency in self._durations
        ]
        found += [
            (number, Choice(key, kind, usual_failure(odds)))
            for number, key, kind, odds in self._failures
        ]
        return [choice for _, choice in sorted(found, key=lambda one: one[0])]


def usual_failure(odds: Odds) -> str:
    """Return what happens in the dullest world: nothing, or what happens always."""
    if sum(rate for _, rate in odds) < 1 - 1e-9:
        return ""
    return max(odds, key=lambda one: one[1])[0]


def ordinal(number: int) -> str:
    """Return ``1st``, ``2nd``, ``3rd``, ``4th`` ..."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
