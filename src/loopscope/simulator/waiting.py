"""What the tasks of a loop wait for and what they hold, read from their suspended frames.

A lock of asyncio does not know who has it. But a task inside ``async with lock:`` keeps the lock's
``__aexit__`` on the stack of a suspended frame, and there it can be read. Those of anyio know it.
"""

import asyncio
import gc
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from types import CodeType, FrameType, MethodType
from typing import Any, Final

from loopscope.frames import frame_of
from loopscope.simulator.anyio_waits import TAKES, awaited_at, is_of_anyio, kind_of, owners_of
from loopscope.simulator.program_lines import is_users
from loopscope.simulator.world_parts import VirtualThread

_ASYNCIO: Final = f"{sysconfig.get_path('stdlib')}/asyncio/"
_EXITS: Final = ("__aexit__", "__exit__")


@dataclass(frozen=True, slots=True, eq=False)
class WaitingTask:
    """A task that is suspended.

    Attributes:
        task: The task.
        frames: Its await stack, outermost first.
        awaited: What it waits for: a lock, queue, event ..., a list of tasks and futures, its
            description where there is no more to say of it, or None where nothing is known.
        verb: How it waits, as ``waits for`` or ``waits to put into``.
        holds: The locks and semaphores whose ``async with`` it is in.
    """

    task: "asyncio.Task[Any]"
    frames: list[FrameType]
    awaited: Any
    verb: str
    holds: list[Any]

    def is_for_notice(self) -> bool:
        """Whether it waits to be notified at a condition, and not to take its lock."""
        is_condition = isinstance(self.awaited, asyncio.Condition)
        return (is_condition or kind_of(self.awaited) == "condition") and self.verb != TAKES

    def place(self) -> FrameType | None:
        """Return the innermost frame of the program's own code, else the outermost of all."""
        own = [frame for frame in self.frames if is_users(frame)]
        return own[-1] if own else self.frames[0] if self.frames else None


def look_at(task: "asyncio.Task[Any]", others: "Sequence[asyncio.Task[Any]]" = ()) -> WaitingTask:
    """Return what a task waits for and holds.

    Args:
        task: The task.
        others: The tasks of which some may be what it waits for.
    """
    chain = list(_await_chain(task.get_coro()))
    frames = [frame for _, frame in chain]
    verb, awaited = _awaited(task, frames)
    passed_on = _passed_on(task, frames, awaited)
    tellers = [] if passed_on is None else [one for one in others if _tells(one, passed_on)]
    if tellers:
        verb, awaited = "waits for", tellers
    holds = [
        lock
        for awaitable, _ in chain
        for lock in _entered(awaitable)
        if lock is not awaited and _is_taken(lock, task)
    ]
    return WaitingTask(task, frames, awaited, verb, holds)


def end_of(thread: VirtualThread) -> str:
    """Return what those wait for who join a thread."""
    return f"the end of thread {thread.name}"


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


def _is_taken(lock: Any, task: "asyncio.Task[Any]") -> bool:
    if kind_of(lock):
        return kind_of(lock) == "semaphore" or bool(owners_of(lock, [task]))
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
    told = awaited_at(_innermost_of_anyio(frames))
    if told is not None:
        return told
    for frame in _innermost_of_asyncio(frames):
        found = _awaited_at(frame)
        if found is not None and isinstance(found[1], asyncio.Condition):
            takes = isinstance(frames[-1].f_locals.get("self"), asyncio.Lock)
            return TAKES if takes else found[0], found[1]
        if found is not None:
            return found
    return "waits for", None


def _innermost_of_asyncio(frames: list[FrameType]) -> list[FrameType]:
    """Return the frames of asyncio in which a stack ends, the outermost first."""
    return _innermost(frames, lambda code: code.co_filename.startswith(_ASYNCIO))


def _innermost_of_anyio(frames: list[FrameType]) -> list[FrameType]:
    """Return the frames in which a stack ends of anyio, and of asyncio below it."""
    return _innermost(
        frames, lambda code: code.co_filename.startswith(_ASYNCIO) or is_of_anyio(code)
    )


def _innermost(frames: list[FrameType], is_wanted: Callable[[CodeType], bool]) -> list[FrameType]:
    begin = len(frames)
    while begin and is_wanted(frames[begin - 1].f_code):
        begin -= 1
    return frames[begin:]


def _passed_on(task: "asyncio.Task[Any]", frames: list[FrameType], awaited: Any) -> Any:
    """Return what the task waits at if other tasks may fill that at their end; else None.

    So ``asyncio.shield`` and ``as_completed`` do it.
    """
    if awaited is None:
        return getattr(task, "_fut_waiter", None)
    is_next = any(
        frame.f_code.co_name == "_wait_for_one" for frame in _innermost_of_asyncio(frames)
    )
    return awaited if is_next else None


def _tells(task: "asyncio.Task[Any]", thing: object) -> bool:
    """Whether something is called at the end of a task that knows a thing: to fill it."""
    callbacks = getattr(task, "_callbacks", None) or ()
    return any(thing is one for callback, *_ in callbacks for one in _known_to(callback))


def _known_to(callback: Any) -> Iterator[object]:
    """Yield what a callback has at hand: of its closure, its arguments, its object."""
    for cell in getattr(callback, "__closure__", None) or ():
        yield from gc.get_referents(cell)
    if isinstance(callback, partial):
        yield from callback.args
    yield from getattr(getattr(callback, "__self__", None), "__dict__", {}).values()


def _awaited_at(frame: FrameType) -> tuple[str, Any] | None:
    """Return how and for what asyncio waits in one of its frames, None if that does not say."""
    function, names = frame.f_code.co_name, frame.f_locals
    if function == "_wait" and "fs" in names:
        return "waits for", [one for one in names["fs"] if not one.done()]
    if function == "sleep":
        return "sleeps", names.get("delay")
    if function == "to_thread":
        return "waits for", f"{_function_name(names.get('func'))} in a thread"
    if function in _SOCKET_VERBS:
        return _SOCKET_VERBS[function], _connection(names.get("sock"))
    return _awaited_from(names.get("self"), function)


def _awaited_from(owner: object, function: str) -> tuple[str, Any] | None:
    """Return how and for what a method of asyncio's waits, None if that does not say."""
    if isinstance(owner, asyncio.Queue):
        return _QUEUE_VERBS.get(function, "waits to get from"), owner
    if isinstance(owner, asyncio.TaskGroup):
        return "waits for", [one for one in owner._tasks if not one.done()]
    if isinstance(owner, asyncio.StreamReader):
        transport = owner._transport  # type: ignore[attr-defined]
        sock = transport and transport.get_extra_info("socket")
        return "waits to read from", _connection(sock)
    return ("waits for", owner) if isinstance(owner, _PRIMITIVES) else None


def _function_name(function: object) -> str:
    while isinstance(function, partial):
        function = function.func
    return getattr(function, "__qualname__", "a function")


def _connection(sock: Any) -> str:
    """Return what a report calls a simulated socket, or what is left of it."""
    file = getattr(getattr(sock, "_sock", sock), "_file", None)
    return getattr(file, "name", "a connection")


_QUEUE_VERBS: Final = {"put": "waits to put into", "join": "waits until all is done of"}
_SOCKET_VERBS: Final = {
    "sock_accept": "waits for a connection at",
    "sock_connect": "connects to",
    "sock_recv": "waits to read from",
    "sock_recv_into": "waits to read from",
    "sock_recvfrom": "waits to read from",
    "sock_sendall": "waits to write to",
}
_PRIMITIVES: Final = (
    asyncio.Lock,
    asyncio.Semaphore,
    asyncio.Event,
    asyncio.Condition,
    asyncio.Barrier,
)
