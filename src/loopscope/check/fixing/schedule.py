"""Schedules under which a program is tried: what is otherwise than usual, and at which wait."""

from dataclasses import dataclass
from enum import Enum

Label = tuple[int, ...]
"""Which branch of a candidate: its number; in a loop the number of the round before it."""


class Turn(Enum):
    """What a schedule does to one wait."""

    NATURAL = "as usual"
    SLOW = "slow"
    INSTANT = "instant"
    RESET = "reset"
    STATUS = "answered with 503"
    SEED = "all durations drawn anew"

    @property
    def fails(self) -> bool:
        """Whether the wait comes to no good."""
        return self in (Turn.RESET, Turn.STATUS)


@dataclass(frozen=True, slots=True)
class Schedule:
    """One schedule.

    Attributes:
        turn: What is otherwise.
        label: The branch whose wait it is.
        what: The wait, in words.
        number: Which of its waits that have the same words, from 0.
        slow_ns: How much longer a slow wait takes.
        seed: Where durations come from that are drawn anew.
        named: The wait as it is told: with its branch where another one has the same words.
    """

    turn: Turn = Turn.NATURAL
    label: Label = ()
    what: str = ""
    number: int = 0
    slow_ns: int = 0
    seed: int = 0
    named: str = ""

    @property
    def text(self) -> str:
        """Return it as a reader would say it."""
        if self.turn is Turn.NATURAL:
            return "with everything as usual"
        if self.turn is Turn.SEED:
            return f"with all durations drawn anew (seed {self.seed})"
        return f"with {self.named} {self.turn.value}"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One wait on the outside, of one branch.

    Attributes:
        label: The branch.
        number: Which of its waits that have the same words, from 0.
        kind: ``http``, ``host``, ``sleep`` or ``thread``.
        what: What is waited for, in words.
        lasts_ns: How long it took.
        host: Which host it asks; "" for none.
        is_read: Whether it changes nothing there.
    """

    label: Label
    number: int
    kind: str
    what: str
    lasts_ns: int
    host: str = ""
    is_read: bool = True
