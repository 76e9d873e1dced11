"""The things a recording is about, as values: a task, a stall, a wait, a failure."""

from dataclasses import dataclass

from loopscope.model.kinds import Fate, WaitKind
from loopscope.model.location import Location


@dataclass(frozen=True, slots=True)
class Task:
    """What is known of a task apart from its steps.

    ``creator`` is the user's line that made it, None for a task older than the recording.
    ``parent_id`` is the task that made it, 0 where code outside any task did.
    """

    id: int
    name: str
    coroutine: Location
    created_ns: int
    creator: Location | None
    parent_id: int
    existed_before: bool
    is_eager: bool


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception that ended a task. ``where`` is the innermost user line that raised it."""

    task_id: int
    time_ns: int
    exception: str
    message: str
    where: Location | None
    retrieved: bool


@dataclass(frozen=True, slots=True)
class NeverAwaited:
    """A coroutine that was made and dropped without being awaited."""

    time_ns: int
    task_id: int
    coroutine: Location
    where: Location | None


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work a worker thread did for an executor."""

    id: int
    begin_ns: int
    end_ns: int
    function: Location
    thread: str


@dataclass(frozen=True, slots=True)
class LoopInfo:
    """A recorded event loop."""

    id: int
    thread: str
    class_name: str


@dataclass(frozen=True, slots=True)
class Wait:
    """One suspension of a task: from the end of a step to the wake, or to the recording's end."""

    task_id: int
    begin_ns: int
    end_ns: int
    kind: WaitKind
    where: Location
    what: str
    is_over: bool

    @property
    def duration_ns(self) -> int:
        """How long it lasted."""
        return self.end_ns - self.begin_ns


@dataclass(frozen=True, slots=True)
class TaskLife:
    """A task with what its life was made of.

    Invariant: ``ended_ns - created_ns == running_ns + ready_ns + suspended_ns``, to the
    nanosecond. For a task that is still alive, ``ended_ns`` is the end of the recording.
    """

    task: Task
    fate: Fate
    cancelled_by: str
    ended_ns: int
    steps_count: int
    running_ns: int
    ready_ns: int
    suspended_ns: int

    @property
    def life_ns(self) -> int:
        """How long it lived."""
        return self.ended_ns - self.task.created_ns


@dataclass(frozen=True, slots=True)
class Stall:
    """All stalls at one line of the user's code.

    ``call`` is the source text of the call that held the loop, ``inside`` the innermost frame
    of the library it was in. ``held_ns`` is the sum over ``count`` stalls and ``longest_ns`` the
    longest of them; ``delayed_ns`` sums, over all tasks, the time they were ready but could not
    run. ``kind`` is "blocking", "computing" or "unknown".
    """

    where: Location
    call: str
    inside: Location | None
    kind: str
    count: int
    held_ns: int
    longest_ns: int
    delayed_tasks_count: int
    delayed_ns: int
    step_indexes: tuple[int, ...]
