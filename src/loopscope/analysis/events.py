"""One event of the narrated sequence, as pieces from which a view makes text."""

from dataclasses import dataclass
from enum import StrEnum

from loopscope.model.location import Location


class EventKind(StrEnum):
    """What happens in an event."""

    LOOP_STARTS = "loop-starts"
    LOOP_STOPS = "loop-stops"
    IDLE = "idle"
    CREATES = "creates"
    WAKES = "wakes"
    RUNS = "runs"
    SUSPENDS = "suspends"
    STALLS = "stalls"
    ENDS = "ends"


@dataclass(frozen=True, slots=True)
class Who:
    """A task by name."""

    task_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time."""

    ns: int


@dataclass(frozen=True, slots=True)
class Code:
    """A piece of the program's source, or the name of a function."""

    text: str


Piece = str | Who | Duration | Code | Location


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    ``actor`` does it: a task, or the loop, a timer, I/O, a thread, a callback (``task_id`` is
    then 0). ``pieces`` continue the sentence that the actor begins. ``others`` are the tasks it
    happens to. Events with the same ``step`` belong to one step; it is -1 outside any.
    """

    time_ns: int
    since_start_ns: int
    """The same time, counted from when the first loop began."""
    kind: EventKind
    loop: int
    actor: str
    task_id: int
    pieces: tuple[Piece, ...]
    others: tuple[int, ...] = ()
    step: int = -1

    def concerns(self, task_id: int) -> bool:
        """Whether a task does it or it happens to the task."""
        return task_id == self.task_id or task_id in self.others
