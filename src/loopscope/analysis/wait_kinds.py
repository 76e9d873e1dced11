"""Works out what a suspended task waits for, from its await stack and from what woke it."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

import numpy as np

from loopscope.model.kinds import Origin, WaitKind, WakeKind
from loopscope.model.location import Location
from loopscope.trace.columns import Trace, Uint8s, Uint32s

KINDS: Final = tuple(WaitKind)
"""A column of kinds holds indexes into this tuple."""

CODE: Final = {kind: index for index, kind in enumerate(KINDS)}

# The asyncio functions people wait in: file and function (or the class before the dot).
_BY_FUNCTION: Final = {
    ("tasks.py", "sleep"): WaitKind.SLEEP,
    ("tasks.py", "__sleep0"): WaitKind.YIELD,
    ("tasks.py", "wait"): WaitKind.TASK,
    ("tasks.py", "_wait"): WaitKind.TASK,
    ("tasks.py", "wait_for"): WaitKind.TASK,
    ("tasks.py", "_wait_for_one"): WaitKind.TASK,
    ("tasks.py", "_AsCompletedIterator"): WaitKind.TASK,
    ("taskgroups.py", "TaskGroup"): WaitKind.TASK,
    ("locks.py", "Lock"): WaitKind.LOCK,
    ("locks.py", "Semaphore"): WaitKind.SEMAPHORE,
    ("locks.py", "Event"): WaitKind.EVENT,
    ("locks.py", "Condition"): WaitKind.CONDITION,
    ("locks.py", "Barrier"): WaitKind.BARRIER,
    ("queues.py", "Queue"): WaitKind.QUEUE,
    ("threads.py", "to_thread"): WaitKind.EXECUTOR,
    ("subprocess.py", "Process"): WaitKind.SUBPROCESS,
    ("base_subprocess.py", "BaseSubprocessTransport"): WaitKind.SUBPROCESS,
}

# Files all of whose waits are of one kind.
_BY_FILE: Final = {
    "streams.py": WaitKind.IO,
    "selector_events.py": WaitKind.IO,
    "proactor_events.py": WaitKind.IO,
    "base_events.py": WaitKind.IO,
    "unix_events.py": WaitKind.IO,
    "sslproto.py": WaitKind.IO,
    "staggered.py": WaitKind.IO,
    "subprocess.py": WaitKind.SUBPROCESS,
    "base_subprocess.py": WaitKind.SUBPROCESS,
}

# Kinds that are made of simpler ones: a barrier waits on a condition, a queue's join on an event.
_WHOLE: Final = frozenset(
    {WaitKind.BARRIER, WaitKind.QUEUE, WaitKind.SUBPROCESS, WaitKind.EXECUTOR}
)

# What a bare future turned out to be, by what woke the task in the end. An event of a library is
# its way to wait for the same things: anyio waits for data with one.
_BY_WAKE: Final = {
    WakeKind.IO: WaitKind.IO,
    WakeKind.THREAD: WaitKind.EXECUTOR,
    WakeKind.TIMER: WaitKind.SLEEP,
}


@dataclass(frozen=True)
class WaitKinds:
    """The kind of every stack in a trace, as far as the stack alone tells."""

    of_node: Uint8s
    gatherings: frozenset[int]
    library_events: frozenset[int]
    """The stacks in which a library, and not the program, waits for an event."""

    def of_wait(self, trace: Trace, node: int, object_id: int, origin: int) -> WaitKind:
        """Return the kind of one wait.

        Args:
            trace: The trace.
            node: The await stack.
            object_id: What it waits for, 0 for a nameless future.
            origin: The ``WakeKind`` at the root of what ended it; UNKNOWN if nothing did.
        """
        kind = KINDS[int(self.of_node[node])]
        if node in self.library_events:
            return _BY_WAKE.get(WakeKind(origin), kind)
        if kind is not WaitKind.FUTURE:
            return kind
        if object_id in self.gatherings or is_task(trace, object_id):
            return WaitKind.TASK
        return _BY_WAKE.get(WakeKind(origin), WaitKind.FUTURE)


def classify_stacks(trace: Trace) -> WaitKinds:
    """Classify every stack of a trace by its frames."""
    words = trace.words
    of_location = [_kind_of_place(place) for place in words.locations]
    count = len(words.node_parent)
    kinds = np.full(count, CODE[WaitKind.FUTURE], np.uint8)
    for node in range(1, count):
        place = words.location(node)
        if place.origin is not Origin.STANDARD:
            continue  # awaits a future of its own, whatever its callers are
        known = of_location[int(words.node_location[node])]
        parent = int(kinds[int(words.node_parent[node])])
        kinds[node] = parent if known is None or KINDS[parent] in _WHOLE else CODE[known]
    gatherings = frozenset(
        number for number, (name, _) in trace.objects.items() if name == "GatheringFuture"
    )
    events = np.flatnonzero(kinds == CODE[WaitKind.EVENT]).tolist()
    library_events = frozenset(node for node in events if _is_of_library(trace, node))
    return WaitKinds(kinds, gatherings, library_events)


def _is_of_library(trace: Trace, node: int) -> bool:
    """Whether the innermost code of a stack beside Python's own is that of a library."""
    words = trace.words
    while node and words.location(node).origin is Origin.STANDARD:
        node = int(words.node_parent[node])
    return words.location(node).origin is Origin.LIBRARY


def is_task(trace: Trace, object_id: int) -> bool:
    """Whether an object's number is a task's."""
    rows = trace.tasks.row_of
    return 0 < object_id < len(rows) and bool(rows[object_id] >= 0)


def wait_kind_column(
    trace: Trace, kinds: WaitKinds, node: Uint32s, objects: Uint32s, origin: Uint8s
) -> Uint8s:
    """Return ``WaitKinds.of_wait`` for whole columns."""
    column: Uint8s = kinds.of_node[node].copy()
    is_bare = column == CODE[WaitKind.FUTURE]
    if kinds.library_events:
        is_event = np.zeros(len(kinds.of_node), bool)
        is_event[list(kinds.library_events)] = True
        is_bare |= is_event[node]
    bare = np.flatnonzero(is_bare)
    if not len(bare):
        return column
    tasks = np.zeros(max(len(trace.tasks.row_of), int(objects.max(initial=0)) + 1), bool)
    tasks[: len(trace.tasks.row_of)] = trace.tasks.row_of >= 0
    tasks[[number for number in kinds.gatherings if number < len(tasks)]] = True
    for wake, kind in _BY_WAKE.items():
        column[bare[origin[bare] == wake]] = CODE[kind]
    column[bare[tasks[objects[bare]]]] = CODE[WaitKind.TASK]
    return column


def _kind_of_place(place: Location) -> WaitKind | None:
    path = PurePath(place.file)
    if path.parent.name != "asyncio":
        return None
    owner = place.function.partition(".")[0]
    return _BY_FUNCTION.get((path.name, owner)) or _BY_FILE.get(path.name)
