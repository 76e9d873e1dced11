"""Who may hear of every request that arrives at a host, and change what comes of it."""

from dataclasses import dataclass
from typing import Protocol

from loopscope.simulator.hosts.description import Failure


@dataclass(frozen=True, slots=True)
class Asked:
    """What a host is asked for.

    Attributes:
        text: What is asked: ``GET /users?all=1``, the words of a command; "" for bytes alone.
        body: What comes with it.
        is_read: Whether it changes nothing at the host, as far as its kind tells.
    """

    text: str
    body: bytes
    is_read: bool


class Steer(Protocol):
    """Hears of requests while they arrive, in the context of the code that sends them."""

    def arrived(
        self, host: str, asked: Asked, delay_ns: int, failure: Failure | None
    ) -> tuple[int, Failure | None]:
        """Return how long a request takes in ns, and what befalls it, instead of what was drawn."""
