"""The closed sets of the vocabulary: how steps end, what wakes a task, what it waits for.

The integer values of ``StepEnd`` and ``WakeKind`` are part of the trace format
(``docs/trace-format.md``): they may be added to, never renumbered.
"""

from enum import IntEnum, StrEnum


class StepEnd(IntEnum):
    """What a step ended with."""

    SUSPENDED = 0
    RETURNED = 1
    RAISED = 2
    CANCELLED = 3
    INTERRUPTED = 4
    """An eager task started inside this step; the step goes on in the next record."""
    CALLBACK = 5
    """The end of a callback that belongs to no task."""

    @property
    def is_final(self) -> bool:
        """Whether the task is over with this step."""
        return self in (StepEnd.RETURNED, StepEnd.RAISED, StepEnd.CANCELLED)


class WakeKind(IntEnum):
    """Who made a task or a callback ready."""

    OUTSIDE = 0
    """Code on the loop's thread outside any step, such as ``asyncio.run`` itself."""
    STEP = 1
    TIMER = 2
    IO = 3
    THREAD = 4
    RESUMED = 5
    """The rest of a step that an eager task had interrupted, or the eager task's own begin."""
    UNKNOWN = 6


class Fate(IntEnum):
    """How a task's life ended."""

    PENDING = 0
    """Still alive when the recording ended."""
    RETURNED = 1
    RAISED = 2
    CANCELLED = 3
    ABANDONED = 4
    """Destroyed while it was pending."""

    @property
    def word(self) -> str:
        """The word people and ``--json`` see."""
        return self.name.lower()


class Lapse(IntEnum):
    """What went silently wrong with a task (trace format: the ``LAPSE`` record)."""

    EXCEPTION_NEVER_RETRIEVED = 1
    DESTROYED_PENDING = 2
    PENDING_AT_END = 3


class Origin(IntEnum):
    """Whose code a file is."""

    USER = 0
    LIBRARY = 1
    STANDARD = 2
    LOOPSCOPE = 3


class WaitKind(StrEnum):
    """What a suspended task waits for."""

    SLEEP = "sleep"
    IO = "io"
    LOCK = "lock"
    SEMAPHORE = "semaphore"
    EVENT = "event"
    CONDITION = "condition"
    BARRIER = "barrier"
    QUEUE = "queue"
    TASK = "task"
    EXECUTOR = "executor"
    SUBPROCESS = "subprocess"
    FUTURE = "future"
    YIELD = "yield"
    """A bare yield (``sleep(0)``): the task is ready again at once."""

    @property
    def is_outside(self) -> bool:
        """Whether the thing waited for goes on outside the loop's own tasks."""
        return self in _OUTSIDE


_OUTSIDE = frozenset({WaitKind.SLEEP, WaitKind.IO, WaitKind.EXECUTOR, WaitKind.SUBPROCESS})
