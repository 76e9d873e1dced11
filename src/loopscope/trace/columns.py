"""A trace in memory: columns of NumPy arrays for what is many, values for what is few.

Times are integer nanoseconds since the recording began.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from loopscope.model.kinds import Lapse, Origin
from loopscope.model.location import NOWHERE, Location
from loopscope.model.records import Failure, Job, LoopInfo, NeverAwaited, Task

Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Uint32s = npt.NDArray[np.uint32]
Uint8s = npt.NDArray[np.uint8]

_SEPARATOR = re.compile(r"[\\/]")
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class TraceInfo:
    """What the header says, and what became of the file.

    ``seed`` is that of a simulation, None for a recording of reality. ``is_complete`` is False for
    a recording still going on, or one whose process was killed.
    ``damage`` is a sentence when a part of the file could not be read. ``cpus`` is 0 where the
    trace does not tell.
    """

    path: str
    version: int
    program: str
    argv: tuple[str, ...]
    directory: str
    python: str
    platform: str
    probe: str
    pid: int
    seed: int | None
    stall_ns: int
    origin_ns: int
    wall_ns: int
    end_ns: int
    lost_count: int
    is_complete: bool
    gave_up: bool
    damage: str
    cpus: int = 0

    @property
    def short_name(self) -> str:
        """The name of the program's file, of a package that of its directory; "" for none."""
        parts = [part for part in _SEPARATOR.split(self.program) if part]
        if len(parts) > 1 and parts[-1] == "__main__.py":
            parts.pop()
        return parts[-1] if parts else ""


@dataclass(frozen=True)
class Steps:
    """All steps of all loops, each loop's in the order they ran (loops one after another).

    ``task`` is 0 for a callback that belongs to no task; ``stack`` is then the callback's place,
    otherwise the await stack the step ended with (0: the task was over). ``waker`` is the index
    of the step that woke this one, -1 for none. ``end`` and ``wake`` hold ``StepEnd`` and
    ``WakeKind``.
    """

    loop: npt.NDArray[np.uint32]
    begin: Int64s
    end: Int64s
    ready: Int64s
    task: Uint32s
    stack: Uint32s
    object: Uint32s
    waker: Int32s
    how_end: Uint8s
    wake: Uint8s
    job: Uint32s
    """The executor job that woke the step, 0 for none (only where ``wake`` is THREAD)."""

    def __len__(self) -> int:
        return len(self.begin)


@dataclass(frozen=True)
class Turns:
    """The loops' turns: each is an idle time and the steps after it.

    ``first_step`` is the index of the first step of the turn in ``Steps``.
    """

    loop: npt.NDArray[np.uint32]
    idle_begin: Int64s
    idle_end: Int64s
    first_step: Int64s
    events: Uint32s
    queued: Uint32s

    def __len__(self) -> int:
        return len(self.idle_begin)


@dataclass(frozen=True)
class LoopRun:
    """A time in which a loop ran; ``steps`` are ``first_step`` up to, not including, ``stop``."""

    loop: int
    begin_ns: int
    end_ns: int
    first_step: int
    stop_step: int


@dataclass(frozen=True)
class TaskTable:
    """One row a task, in order of creation; ``row_of`` maps a task's id to its row, or -1."""

    id: Uint32s
    created: Int64s
    number: Int64s
    flags: Uint8s
    coroutine: Uint32s
    creator: Uint32s
    parent: Uint32s
    names: dict[int, str]
    row_of: Int64s

    def __len__(self) -> int:
        return len(self.id)

    def rows(self, ids: npt.NDArray[np.integer]) -> Int64s:
        """Return the rows of tasks by their ids, -1 for a callback's 0 and for an unknown one."""
        found = np.full(len(ids), -1, np.int64)
        known = (ids > 0) & (ids < len(self.row_of))
        found[known] = self.row_of[ids[known]]
        return found


@dataclass(frozen=True)
class Sample:
    """A photograph of a loop's thread during a step that took too long."""

    time_ns: int
    loop: int
    node: int
    step_index: int
    state: str
    switches_count: int


@dataclass(frozen=True)
class Pause:
    """A pause of the garbage collector. ``loop`` is 0 when no loop's thread was collecting."""

    begin_ns: int
    end_ns: int
    loop: int
    generation: int
    freed_count: int


@dataclass(frozen=True)
class Waiting:
    """A task that was suspended already when the recording began."""

    time_ns: int
    task_id: int
    node: int
    object_id: int


@dataclass(frozen=True)
class Words:
    """Strings, places and stacks by number; number 0 is "none"."""

    locations: list[Location]
    node_parent: Int64s
    node_location: Int64s
    sources: dict[str, str]

    def location(self, node: int) -> Location:
        """Return the innermost place of a stack."""
        return self.locations[int(self.node_location[node])]

    def stack(self, node: int) -> list[Location]:
        """Return the places of a stack, outermost first."""
        places = []
        while node:
            places.append(self.location(node))
            node = int(self.node_parent[node])
        return places[::-1]

    def user_location(self, node: int) -> Location:
        """Return the innermost place in the user's own code.

        Without one, the innermost in a library, which says more than ``asyncio.sleep`` or an
        import; else the innermost of all.
        """
        innermost = self.location(node)
        in_library = None
        while node:
            place = self.location(node)
            if place.is_user:
                return place
            if in_library is None and place.origin is Origin.LIBRARY:
                in_library = place
            node = int(self.node_parent[node])
        return in_library or innermost

    def user_caller(self, node: int) -> Location | None:
        """Return the user's line that called the innermost user frame, None for none."""
        callers = [place for place in self.stack(node) if place.is_user]
        return callers[-2] if len(callers) > 1 else None

    def _lines(self, file: str) -> list[str]:
        """Return the lines of a file as Python counts them: a form feed, for one, ends none."""
        return _LINE_END.split(self.sources.get(file, ""))

    def source_line(self, place: Location) -> str:
        """Return the whole first line of a place without its indent, "" where it is not known."""
        lines = self._lines(place.file)[place.line - 1 : place.line]
        return lines[0].strip() if lines and place.line else ""

    def source_text(self, place: Location) -> str:
        """Return the source text of a place (an expression), or "" where it is not known."""
        lines = self._lines(place.file)[place.line - 1 : place.end_line]
        if not lines or place.column < 0 or place.end_column < 0:
            return lines[0].strip() if lines else ""
        encoded = [line.encode() for line in lines]
        encoded[-1] = encoded[-1][: place.end_column]
        encoded[0] = encoded[0][place.column :]
        parts = (part.decode("utf-8", "replace").strip() for part in encoded)
        return " ".join(part for part in parts if part)


@dataclass(frozen=True)
class Trace:
    """A whole recording."""

    info: TraceInfo
    words: Words
    steps: Steps
    turns: Turns
    runs: list[LoopRun]
    tasks: TaskTable
    loops: dict[int, LoopInfo]
    samples: list[Sample]
    pauses: list[Pause]
    jobs: dict[int, Job]
    failures: list[Failure]
    never_awaited: list[NeverAwaited]
    waiting: list[Waiting]
    lapses: dict[int, set[Lapse]]
    objects: dict[int, tuple[str, int]]
    """Type name and size of each lock, queue or gathering by number."""
    notes: list[str]
    _made: dict[int, Task] = field(default_factory=dict, repr=False)

    def task(self, task_id: int) -> Task:
        """Return a task by its id; one that the trace does not introduce is named by its id."""
        made = self._made.get(task_id)
        if made is None:
            made = self._made[task_id] = self._make_task(task_id)
        return made

    def _make_task(self, task_id: int) -> Task:
        table = self.tasks
        row = int(table.row_of[task_id]) if task_id < len(table.row_of) else -1
        if row < 0:
            return Task(
                task_id,
                f"task {task_id}",
                NOWHERE,
                created_ns=0,
                creator=None,
                parent_id=0,
                existed_before=True,
                is_eager=False,
            )
        creator = int(table.creator[row])
        flags = int(table.flags[row])
        return Task(
            task_id,
            table.names.get(task_id) or f"Task-{int(table.number[row])}",
            self.words.location(int(table.coroutine[row])),
            int(table.created[row]),
            self.words.location(creator) if creator else None,
            int(table.parent[row]),
            existed_before=bool(flags & 1),
            is_eager=bool(flags & 2),
        )

    @cached_property
    def total_ns(self) -> int:
        """The time from the first loop's begin to the last one's end."""
        if not self.runs:
            return 0
        return max(r.end_ns for r in self.runs) - min(r.begin_ns for r in self.runs)

    @cached_property
    def begin_ns(self) -> int:
        """When the first loop began to run."""
        return min((run.begin_ns for run in self.runs), default=0)
