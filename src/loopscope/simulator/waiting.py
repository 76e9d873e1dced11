"""What the tasks of a loop wait for and what they hold, read from their suspended frames.

A lock of asyncio does not know who has it. But a task inside ``async with lock:`` keeps the lock's
``__aexit__`` on the stack of a suspended frame, and there it can be read.
"""

import asyncio
import gc
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, MethodType
from typing import Any, Final

from loopscope.frames import frame_of

_STANDARD: Final = sysconfig.get_path("stdlib")
_ASYNCIO: Final = f"{_STANDARD}/asyncio/"
_LIBRARIES: Final = ("<frozen", _STANDARD, "/site-packages/", "/dist-packages/")
_OWN: Final = str(Path(__file__).parents[1])
_EXITS: Final = ("__aexit__", "__exit__")


@dataclass(frozen=True, slots=True, eq=False)
class WaitingTask:
    """A task that is suspended.

    Attributes:
        task: The task.
        frames: Its await stack, outermost first.
        awaited: What it waits for: a lock, queue, event ..., a list of tasks and futures, or None
            where nothing is known of it.
        verb: How it waits, as ``waits for`` or ``waits to put into``.
        holds: The locks and semaphores whose ``async with`` it is in.
    """

    task: "asyncio.Task[Any]"
    frames: list[FrameType]
    awaited: Any
    verb: str
    holds: list[Any]

    def place(self) -> FrameType | None:
        """Return the innermost frame of the program's own code, else the outermost of all."""
        own = [frame for frame in self.frames if is_users(frame)]
        return own[-1] if own else self.frames[0] if self.frames else None


def look_at(task: "asyncio.Task[Any]") -> WaitingTask:
    """Return what a task waits for and holds."""
    chain = list(_await_chain(task.get_coro()))
    frames = [frame for _, frame in chain]
    verb, awaited = _awaited(task, frames)
    holds = [
        lock
        for awaitable, _ in chain
        for lock in _entered(awaitable)
        if lock is not awaited and _is_taken(lock)
    ]
    return WaitingTask(task, frames, awaited, verb, holds)


def is_users(frame: FrameType) -> bool:
    """Whether a frame runs the program's own code: none of Python's, a library's or ours."""
    path = frame.f_code.co_filename
    return not path.startswith(_OWN) and not any(part in path for part in _LIBRARIES)


def thread_frames(ident: int) -> list[FrameType]:
    """Return the stack of a thread, outermost first."""
    frame = frame_of(ident)
    frames = []
    while frame is not None:
        frames.append(frame)
        frame = frame.f_back
    return frames[::-1]


def _await_chain(awaitable: Any) -> Iterator[tuple[Any, FrameType]]:
    for _ in range(1000):
        for prefix in ("cr", "gi", "ag"):
            frame = getattr(awaitable, f"{prefix}_frame", None)
            if isinstance(frame, FrameType):
                break
        else:
            return
        yield awaitable, frame
        inner = "gi_yieldfrom" if prefix == "gi" else f"{prefix}_await"
        awaitable = getattr(awaitable, inner, None)


def _entered(awaitable: Any) -> Iterator[Any]:
    """Yield what the suspended frame of an awaitable is inside of (``with``, ``async with``)."""
    for referent in gc.get_referents(awaitable):
        if isinstance(referent, MethodType) and referent.__name__ in _EXITS:
            yield referent.__self__


def _is_taken(lock: Any) -> bool:
    return isinstance(lock, asyncio.Semaphore) or (
        isinstance(lock, asyncio.Lock | asyncio.Condition) and lock.locked()
    )


def _awaited(task: "asyncio.Task[Any]", frames: list[FrameType]) -> tuple[str, Any]:
    """Return how a task waits, and for what."""
    waiter = getattr(task, "_fut_waiter", None)
    if isinstance(waiter, asyncio.Task):
        return "waits for", [waiter]
    children = getattr(waiter, "_children", None)
    if isinstance(children, list):
        return "waits for", [child for child in children if not child.done()]
    for frame in _innermost_of_asyncio(frames):
        found = _awaited_at(frame)
        if found is not None:
            return found
    return "waits for", None


def _innermost_of_asyncio(frames: list[FrameType]) -> list[FrameType]:
    """Return the frames of asyncio in which a stack ends, the outermost first."""
    begin = len(frames)
    while begin and frames[begin - 1].f_code.co_filename.startswith(_ASYNCIO):
        begin -= 1
    return frames[begin:]


def _awaited_at(frame: FrameType) -> tuple[str, Any] | None:
    """Return how and for what asyncio waits in one of its frames, None if that does not say."""
    function, names = frame.f_code.co_name, frame.f_locals
    if function == "_wait" and "fs" in names:
        return "waits for", [one for one in names["fs"] if not one.done()]
    if function == "sleep":
        return "sleeps", names.get("delay")
    owner = names.get("self")
    if isinstance(owner, asyncio.Queue):
        return _QUEUE_VERBS.get(function, "waits to get from"), owner
    if isinstance(owner, asyncio.TaskGroup):
        return "waits for", [one for one in owner._tasks if not one.done()]
    return ("waits for", owner) if isinstance(owner, _PRIMITIVES) else None


_QUEUE_VERBS: Final = {"put": "waits to put into", "join": "waits until all is done of"}
_PRIMITIVES: Final = (
    asyncio.Lock,
    asyncio.Semaphore,
    asyncio.Event,
    asyncio.Condition,
    asyncio.Barrier,
)
