"""What a task is called in front of a person: its own name, or its coroutine's."""

from functools import cached_property

import numpy as np
import numpy.typing as npt

from loopscope.model.kinds import Origin
from loopscope.model.location import Location
from loopscope.trace.columns import Int64s, Trace

_HIDDEN_PREFIX = "BaseEventLoop.shutdown_"


def short_function(place: Location) -> str:
    """Return a function's own name, without the class or function it is defined in."""
    return place.function.rpartition(".")[2] or place.function


def plain_function(place: Location) -> str:
    """Return a function's name with its class, but without the functions it is defined in."""
    return place.function.rpartition("<locals>.")[2]


def is_internal(place: Location) -> bool:
    """Whether a coroutine is asyncio's own housekeeping, of no interest to anybody."""
    return place.origin is Origin.STANDARD and place.function.startswith(_HIDDEN_PREFIX)


class TaskNames:
    """Names tasks for people.

    A name the program gave is used as it is. Default names (``Task-7``) say nothing, so such a
    task is named after its coroutine: ``main`` if it is the only one, else ``fetch-7``.

    Args:
        trace: The trace whose tasks are named.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._known: dict[int, str] = {}

    @cached_property
    def coroutine_numbers(self) -> Int64s:
        """The number of each task's coroutine in ``trace.words.locations``; rows as in tasks."""
        nodes = self._trace.tasks.coroutine
        return self._trace.words.node_location[nodes].astype(np.int64)

    @cached_property
    def visible(self) -> npt.NDArray[np.bool_]:
        """Which rows of the task table are of interest to anybody."""
        places = self._trace.words.locations
        unique, inverse = np.unique(self.coroutine_numbers, return_inverse=True)
        shown = np.array([not is_internal(places[number]) for number in unique.tolist()], bool)
        return shown[inverse] if len(unique) else np.zeros(0, bool)

    @cached_property
    def _uses(self) -> dict[str, int]:
        """How many tasks without a name of their own run a coroutine of that name."""
        unique, counts = np.unique(self.coroutine_numbers, return_counts=True)
        uses: dict[str, int] = {}
        for number, count in zip(unique.tolist(), counts.tolist(), strict=True):
            name = short_function(self._trace.words.locations[number])
            uses[name] = uses.get(name, 0) + count
        return uses

    def of(self, task_id: int) -> str:
        """Return the name of a task."""
        name = self._known.get(task_id)
        if name is None:
            name = self._known[task_id] = self._make(task_id)
        return name

    def is_visible(self, task_id: int) -> bool:
        """Whether a task is of interest to anybody; unknown ones are."""
        rows = self._trace.tasks.row_of
        row = int(rows[task_id]) if 0 <= task_id < len(rows) else -1
        return row < 0 or bool(self.visible[row])

    def find(self, text: str) -> list[int]:
        """Return the ids of the tasks that a person means by a name or an id.

        The first reading with any task counts: a name the program gave, a name of this class or
        of asyncio (``Task-7``), an id, a coroutine.
        """
        table = self._trace.tasks
        ids = table.id.tolist()
        own = [task for task in ids if table.names.get(task) == text]
        if own:
            return own
        made = [task for task in ids if text in (self.of(task), self._trace.task(task).name)]
        if made:
            return made
        if text.isdecimal() and int(text) in ids:
            return [int(text)]
        places = self._trace.words.locations
        numbers = zip(ids, self.coroutine_numbers.tolist(), strict=True)
        return [
            task
            for task, number in numbers
            if text in (short_function(places[number]), places[number].function)
        ]

    def _make(self, task_id: int) -> str:
        task = self._trace.task(task_id)
        if task_id in self._trace.tasks.names or not task.coroutine.line:
            return task.name
        function = short_function(task.coroutine)
        if self._uses.get(function, 0) == 1:
            return function
        number = task.name.rpartition("-")[2]
        return f"{function}-{number}" if number.isdecimal() else task.name
