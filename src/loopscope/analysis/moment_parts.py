"""What a moment is made of: who ran, who was ready, who waited for what."""

from dataclasses import dataclass
from enum import StrEnum

from loopscope.analysis.awaiting import Awaited
from loopscope.analysis.wakes import Cause
from loopscope.model.kinds import StepEnd
from loopscope.model.location import Location
from loopscope.model.records import LoopInfo


class LoopState(StrEnum):
    """What a loop's thread did."""

    RUNNING = "running"
    """A step or a callback."""
    IDLE = "idle"
    """Nothing was ready: it waited for a timer, I/O or a thread."""
    TURNING = "turning"
    """Between two steps: its own bookkeeping."""
    STOPPED = "stopped"
    """The loop was not running."""


@dataclass(frozen=True, slots=True)
class Running:
    """The step that ran. ``task_id`` is 0 and ``name`` a function for a callback without task.

    ``resumed_at`` is where its last suspension was, None in its first step; ``stops_at`` where
    the next one is, None if the task ends; ``seen_at`` where the watchdog saw it, None if never,
    and ``seen_code`` the call there. ``beneath`` names the tasks that were starting this one
    eagerly, innermost first; ``wakes`` those that a callback of asyncio's own was waking.
    """

    task_id: int
    name: str
    begin_ns: int
    end_ns: int
    resumed_at: Location | None
    stops_at: Location | None
    seen_at: Location | None
    seen_code: str
    ends_how: StepEnd
    is_stall: bool
    beneath: tuple[str, ...]
    wakes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """A task or a callback of the program (``task_id`` 0) that could have run.

    ``cause`` is what woke it. ``is_noticed`` is False for one whose timer was due while the
    loop was held: it stands in the queue only once the loop looks.
    """

    task_id: int
    name: str
    since_ns: int
    until_ns: int
    cause: Cause
    is_noticed: bool


@dataclass(frozen=True, slots=True)
class Suspended:
    """A task that waited. ``until_ns`` is None where the recording does not know an end.

    ``others_count`` other tasks waited for the same object; ``held_by`` is the task that gave it
    back next, "" if unknown. ``children_count`` of the tasks this one made were still alive.
    """

    task_id: int
    name: str
    since_ns: int
    until_ns: int | None
    awaited: Awaited
    others_count: int
    held_by: str
    children_count: int


@dataclass(frozen=True, slots=True)
class LoopMoment:
    """One loop at the moment. ``since_ns`` and ``until_ns`` bound its state."""

    loop: LoopInfo
    state: LoopState
    since_ns: int
    until_ns: int
    running: Running | None
    ready: tuple[Ready, ...]
    suspended: tuple[Suspended, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """All loops at one moment; ``origin_ns`` is when the first of them began to run."""

    time_ns: int
    origin_ns: int
    total_ns: int
    loops: tuple[LoopMoment, ...]
    not_yet_count: int
    over_count: int
