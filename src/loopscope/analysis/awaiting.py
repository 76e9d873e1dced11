"""What a suspended task waits for, in words a person uses."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath
from typing import Final

import numpy as np

from loopscope.analysis.names import TaskNames, short_function
from loopscope.analysis.timeline import Timeline
from loopscope.analysis.wait_kinds import is_task
from loopscope.model.kinds import Origin, WaitKind, WakeKind
from loopscope.model.location import Location
from loopscope.model.units import counted
from loopscope.trace.columns import Int32s

_WORDS: Final = {
    WaitKind.SLEEP: ("sleep", "its sleep"),
    WaitKind.IO: ("I/O", "I/O"),
    WaitKind.LOCK: ("lock", "a lock"),
    WaitKind.SEMAPHORE: ("semaphore", "a semaphore"),
    WaitKind.EVENT: ("event", "an event"),
    WaitKind.CONDITION: ("condition", "a condition"),
    WaitKind.BARRIER: ("barrier", "a barrier"),
    WaitKind.QUEUE: ("queue", "a queue"),
    WaitKind.TASK: ("task", "another task"),
    WaitKind.EXECUTOR: ("thread", "a worker thread"),
    WaitKind.SUBPROCESS: ("process", "a subprocess"),
    WaitKind.FUTURE: ("future", "a future"),
    WaitKind.YIELD: ("yield", "its next turn"),
}

# What the innermost asyncio function that the user called says better than its kind.
_BY_FUNCTION: Final = {
    (WaitKind.QUEUE, "get"): ("get", "an item from a queue"),
    (WaitKind.QUEUE, "put"): ("put", "room in a queue"),
    (WaitKind.QUEUE, "join"): ("join", "a queue to be worked off"),
    (WaitKind.TASK, "__aexit__"): ("task group", "its task group"),
    (WaitKind.TASK, "wait"): ("wait", "the tasks of asyncio.wait"),
    (WaitKind.TASK, "wait_for"): ("wait_for", "its wait_for"),
    (WaitKind.TASK, "_wait_for_one"): ("as_completed", "the next task of as_completed"),
    (WaitKind.IO, "drain"): ("drain", "room to write"),
    (WaitKind.IO, "wait"): ("I/O", "I/O"),
    (WaitKind.IO, "open_connection"): ("connect", "a connection"),
    (WaitKind.IO, "create_connection"): ("connect", "a connection"),
}
_HEADER: Final = re.compile(r"(async (?:with|for) .*?)(?: as \w+)?:(?=\s|$)")
_READS: Final = ("read", "readline", "readexactly", "readuntil", "sock_recv", "sock_recv_into")


@dataclass(frozen=True, slots=True)
class Awaited:
    """What a task waits for.

    ``label`` is a word or two for a narrow place (``sleep``, ``get``, ``gather``); ``phrase``
    continues "waits for". ``where`` is the innermost line of the user's own code, ``caller`` the
    user's line that called its function, None where there is none; ``code`` its source text.
    """

    kind: WaitKind
    label: str
    phrase: str
    where: Location
    caller: Location | None
    code: str
    object_id: int


class Waits:
    """Describes the suspensions of a timeline.

    Args:
        timeline: The timeline.
        names: How its tasks are called.
    """

    def __init__(self, timeline: Timeline, names: TaskNames) -> None:
        self._timeline = timeline
        self._names = names
        self._known: dict[tuple[int, int, WaitKind], Awaited] = {}

    @cached_property
    def next_step(self) -> Int32s:
        """The next step of the same task for every step, -1 for the last."""
        previous = self._timeline.previous
        following = np.full(len(previous), -1, np.int32)
        own = np.flatnonzero(previous >= 0)
        following[previous[own]] = own
        return following

    def after_step(self, index: int) -> Awaited:
        """Describe the suspension that begins at the end of a step."""
        steps = self._timeline.trace.steps
        following = int(self.next_step[index])
        origin = int(self._timeline.origin[following]) if following >= 0 else WakeKind.UNKNOWN
        return self.describe(int(steps.stack[index]), int(steps.object[index]), origin)

    def describe(self, node: int, object_id: int, origin: int) -> Awaited:
        """Describe a suspension by its await stack, its object and what ended it in the end."""
        kind = self._timeline.kinds.of_wait(self._timeline.trace, node, object_id, origin)
        key = node, object_id, kind
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._describe(node, object_id, kind)
        return known

    def _describe(self, node: int, object_id: int, kind: WaitKind) -> Awaited:
        words = self._timeline.trace.words
        stack = words.stack(node)
        own = [index for index, place in enumerate(stack) if place.is_user]
        where = words.user_location(node)
        below = stack[own[-1] + 1 :] if own else stack
        called = next((place for place in below if _is_asyncio(place)), None)
        label, phrase = self._words(kind, called, object_id)
        return Awaited(
            kind=kind,
            label=label,
            phrase=phrase,
            where=where,
            caller=stack[own[-2]] if len(own) > 1 else None,
            code=_awaited_code(words.source_text(where)) if own else "",
            object_id=object_id,
        )

    def _words(self, kind: WaitKind, called: Location | None, object_id: int) -> tuple[str, str]:
        trace = self._timeline.trace
        function = short_function(called) if called else ""
        if kind is WaitKind.TASK and object_id in self._timeline.kinds.gatherings:
            return "gather", f"its gather of {counted(trace.objects[object_id][1], 'task')}"
        if kind is WaitKind.TASK and not function and is_task(trace, object_id):
            return self._names.of(object_id), f"the end of {self._names.of(object_id)}"
        if kind is WaitKind.SLEEP and function != "sleep":
            return "timer", "a timer"
        if kind is WaitKind.IO and function in _READS:
            return function, "data to read"
        known = _BY_FUNCTION.get((kind, function))
        if known is None and kind is WaitKind.IO and function and not function.startswith("_"):
            return function, "I/O"
        return known or _WORDS[kind]


def _awaited_code(text: str) -> str:
    """Return what is awaited: of a compound statement only its header."""
    header = _HEADER.match(text)
    return (header[1] if header else text).removeprefix("await ").strip()


def _is_asyncio(place: Location) -> bool:
    return place.origin is Origin.STANDARD and PurePath(place.file).parent.name == "asyncio"
