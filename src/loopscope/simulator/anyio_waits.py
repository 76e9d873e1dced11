"""What tasks of anyio wait for, and who has what, as anyio's own objects tell it.

anyio is asked for, and never imported: a program that does not use it has none of its objects.
Unlike asyncio's, its locks know who has them (``Lock.statistics().owner``).
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from types import CodeType, FrameType, ModuleType
from typing import Any, Final

Task = asyncio.Task[Any]

TAKES: Final = "waits to take"
"""How a task waits that wants the lock of a condition, and not a notice."""

_KINDS: Final = {
    "Lock": "lock",
    "Semaphore": "semaphore",
    "CapacityLimiter": "capacity limiter",
    "Condition": "condition",
    "Event": "event",
}
_STREAM_VERBS: Final = {"receive": "waits to receive from", "send": "waits to send into"}


def kind_of(thing: object) -> str:
    """Return what a lock, semaphore, limiter, condition or event of anyio is; "" for all else."""
    anyio = _anyio()
    if anyio is None:
        return ""
    return next((word for name, word in _KINDS.items() if _is(thing, anyio, name)), "")


def awaited_at(frames: list[FrameType]) -> tuple[str, Any] | None:
    """Return how and for what a stack waits that ends in anyio; None if that does not say.

    Args:
        frames: The frames in which the stack ends that are of anyio, or of asyncio below it; the
            outermost first.
    """
    anyio = _anyio()
    if anyio is None:
        return None
    owners = [frame.f_locals.get("self") for frame in frames]
    for frame, owner in zip(frames, owners, strict=True):
        if _is(owner, anyio, "Condition"):
            takes = any(_is(one, anyio, "Lock") for one in owners)
            return (TAKES if takes else "waits for"), owner
        if kind_of(owner):
            return "waits for", owner
        if _is(owner, anyio, "abc", "TaskGroup"):
            children = getattr(owner, "_tasks", ())
            return "waits for", sorted((one for one in children if not one.done()), key=hash)
        if type(owner).__name__ in ("MemoryObjectReceiveStream", "MemoryObjectSendStream"):
            verb = _STREAM_VERBS.get(frame.f_code.co_name)
            return (verb, "a memory object stream") if verb else None
    return None


def is_of_anyio(code: CodeType | None) -> bool:
    """Whether code is anyio's."""
    anyio = _anyio()
    if anyio is None or code is None:
        return False
    return any(code.co_filename.startswith(f"{one}{os.sep}") for one in anyio.__path__)


def owners_of(thing: Any, tasks: Sequence[Task]) -> list[Task]:
    """Return those of some tasks that have a lock, limiter or condition of anyio."""
    anyio = _anyio()
    if anyio is None:
        return []
    if _is(thing, anyio, "CapacityLimiter"):
        borrowers = thing.statistics().borrowers
        return [one for one in tasks if one in borrowers]
    owner = None
    if _is(thing, anyio, "Lock") or _is(thing, anyio, "Condition"):
        owner = _owner_id(thing)
    return [one for one in tasks if id(one) == owner]


def _owner_id(thing: Any) -> int | None:
    try:
        told = thing.statistics()
    except AssertionError:
        return None  # of an owner that has ended, anyio cannot always tell
    owner = getattr(told, "lock_statistics", told).owner
    return None if owner is None else int(owner.id)


def _anyio() -> ModuleType | None:
    return sys.modules.get("anyio")


def _is(thing: object, anyio: ModuleType, *names: str) -> bool:
    """Whether a thing is an instance of a class that anyio makes public under a name."""
    found: Any = anyio
    for name in names:
        found = getattr(found, name, None)
    return isinstance(found, type) and isinstance(thing, found)
