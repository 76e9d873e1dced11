"""What is to go wrong and how slowly: the fate of every request, decided by the seed. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from spotprice.errors import UsageError
from spotprice.simulated.chance import BITS, draw
from spotprice.simulated.latency import AT_ONCE, Latency

_SHARE_BITS = 32  # few enough that a share is exact as a float and never 0 or 1
_VARIANT_BITS = 16


class Failure(StrEnum):
    """What can go wrong with one request. The last five are said by the exchange itself.

    Their texts are the slugs of the errors that they amount to.
    """

    REFUSE = "refuse"
    """The connection is reset at once. A venue that does nothing else has its port closed."""
    RESET = "reset"
    """The connection is reset in the middle of the answer."""
    BLACK_HOLE = "black-hole"
    """The request is read and never answered."""
    SLOW_BODY = "slow-body"
    """The answer comes a byte at a time; it is complete after a quarter of an hour."""
    HUGE_BODY = "huge-body"
    """The answer has 100 MB, with its length declared or without."""
    REDIRECT = "redirect"
    """The answer is a redirection that leads to itself."""
    HTML = "html"
    """The answer is a web page with status 200."""
    UNKNOWN_SYMBOL = "unknown-symbol"
    RATE_LIMITED = "rate-limited"
    BLOCKED = "blocked"
    MAINTENANCE = "maintenance"
    SERVER = "server"


MIXED: tuple[Failure, ...] = tuple(Failure)
"""Every kind, equally likely."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How one venue behaves.

    Attributes:
        latency: From the request to the first byte of the answer.
        failure_rate: Share of requests that fail, from 0 to 1.
        failures: The kinds they fail with, equally likely; at least one.
    """

    latency: Latency = AT_ONCE
    failure_rate: float = 0.0
    failures: tuple[Failure, ...] = MIXED

    def __post_init__(self) -> None:
        if not 0 <= self.failure_rate <= 1:
            raise UsageError(
                f"A failure rate of {self.failure_rate} is none: it lies between 0 and 1."
            )
        if not self.failures:
            raise UsageError("A venue has no kind of failure: give at least one.")

    @property
    def is_closed(self) -> bool:
        """Whether every connection is refused, so that nothing listens at all."""
        return self.failure_rate == 1 and set(self.failures) == {Failure.REFUSE}


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one request.

    Attributes:
        latency_ns: Wait before the answer, or before it breaks; 0 where it is refused.
        failure: What goes wrong, or None.
        variant: Picks one of the shapes in which a venue says the same thing, modulo their number.
    """

    latency_ns: int
    failure: Failure | None
    variant: int


@dataclass(frozen=True, slots=True)
class Plan:
    """How the simulated exchanges behave, all of them and each.

    Attributes:
        seed: Everything that is left to chance follows from it.
        usual: How a venue behaves that has no behaviour of its own.
        venues: Behaviours of single venues, by the exchange's id.
    """

    seed: int = 0
    usual: Behaviour = Behaviour()
    venues: Mapping[str, Behaviour] = field(default_factory=dict)

    def behaviour(self, exchange: str) -> Behaviour:
        """Return how that exchange behaves."""
        return self.venues.get(exchange, self.usual)

    def fate(self, exchange: str, market: str, attempt: int) -> Fate:
        """Return what becomes of the nth request (from 1) for one market at one exchange.

        The market is spelled as in the request. The answer follows from the seed and the
        arguments alone, so requests may come in any order. With another failure rate the same
        requests keep their latencies, and a higher rate only adds failures.
        """
        behaviour = self.behaviour(exchange)
        falls, kind, share, variant = draw("fate", self.seed, exchange, market, attempt)
        failure = None
        if falls < int(behaviour.failure_rate * 2**BITS):
            failure = behaviour.failures[kind % len(behaviour.failures)]
        latency_ns = 0
        if failure is not Failure.REFUSE:
            latency_ns = behaviour.latency.at(
                ((share >> BITS - _SHARE_BITS) + 0.5) / 2**_SHARE_BITS
            )
        return Fate(latency_ns, failure, variant >> BITS - _VARIANT_BITS)
