"""Who may decide what is else left to chance: how long a host takes, and whether it fails."""

from collections.abc import Sequence
from random import Random
from typing import Protocol

from loopscope.simulator.hosts.latency import Latency

Odds = Sequence[tuple[str, float]]
"""Kinds of failure, each with its rate."""


class Draws(Protocol):
    """Decides everything that the hosts of one run leave to chance.

    Every decision has a key that is the same from run to run: ``api.example.com request 3
    latency`` is how long the third request takes that arrives there.
    """

    def duration(self, key: str, latency: Latency, random: Random) -> int:
        """Return how long something takes in ns; ``random`` is the host's own stream for it."""

    def failure(self, key: str, odds: Odds, random: Random) -> str:
        """Return the kind of failure that happens, "" for none."""

    def completed(self, host: str, number: int) -> None:
        """A host is done with its work on a request."""
