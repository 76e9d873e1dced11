"""Knows which task took which lock and semaphore, and what is still taken."""

import asyncio
import contextlib
import sys
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from loopscope.check.places import stands_at

_KINDS: Final = (asyncio.Lock, asyncio.Semaphore)


@dataclass(slots=True, eq=False)
class Guard:
    """A lock or a semaphore of the program.

    Attributes:
        ref: The object itself.
        free: How often it can be taken.
        where: The line at which it was made.
        holders: The tasks that have taken it, once for each time.
        is_passed_on: Whether a task gave it back that had not taken it.
    """

    ref: "weakref.ref[Any]"
    free: int
    where: str
    holders: list["asyncio.Task[Any] | None"] = field(default_factory=list)
    is_passed_on: bool = False

    @property
    def is_taken(self) -> bool:
        """Whether somebody still has it."""
        guard = self.ref()
        return guard is not None and getattr(guard, "_value", int(not guard.locked())) < self.free

    @property
    def key(self) -> str:
        """What is the same for the same guard in another run."""
        guard = self.ref()
        return f"{type(guard).__name__} {self.where}"

    def text(self) -> str:
        """Return what it is, for a sentence."""
        made = f" that was made at {self.where}" if self.where else ""
        return f"a {type(self.ref()).__name__}{made} taken"


class Guards:
    """The locks and semaphores of one run, as they are made, taken and given back."""

    def __init__(self) -> None:
        self._all: weakref.WeakKeyDictionary[Any, Guard] = weakref.WeakKeyDictionary()

    def all(self) -> list[Guard]:
        """Return those that are still there, in the order in which they were made."""
        return list(self._all.values())

    def taken(self) -> list[Guard]:
        """Return those that somebody has, in the order in which they were made."""
        return [one for one in self.all() if one.is_taken]

    def taken_by(self, task: "asyncio.Task[Any]") -> list[Guard]:
        """Return those that a task has taken and nobody has given back."""
        return [one for one in self.taken() if task in one.holders]

    @contextlib.contextmanager
    def noted(self) -> Iterator[None]:
        """Note, during the block, what happens to locks and semaphores."""
        with contextlib.ExitStack() as stack:
            for kind in _KINDS:
                stack.enter_context(_replaced(kind, "__init__", self._made))
                stack.enter_context(_replaced(kind, "acquire", self._acquired))
                stack.enter_context(_replaced(kind, "release", self._released))
            yield

    def _made(self, original: Callable[..., None]) -> Callable[..., None]:
        def __init__(guard: Any, *args: Any, **options: Any) -> None:  # noqa: ANN401, N807
            original(guard, *args, **options)
            free = getattr(guard, "_value", 1)
            where = stands_at(sys._getframe(1))  # noqa: SLF001  (who called)
            self._all[guard] = Guard(weakref.ref(guard), free, where)

        return __init__

    def _acquired(self, original: Callable[..., Any]) -> Callable[..., Any]:
        async def acquire(guard: Any) -> Any:  # noqa: ANN401
            taken = await original(guard)
            if guard in self._all:
                self._all[guard].holders.append(asyncio.current_task())
            return taken

        return acquire

    def _released(self, original: Callable[..., None]) -> Callable[..., None]:
        def release(guard: Any) -> None:  # noqa: ANN401
            original(guard)
            known = self._all.get(guard)
            if known is None:
                return
            task = _current_task()
            if task in known.holders:
                known.holders.remove(task)
                return
            known.is_passed_on = True
            del known.holders[:1]

        return release


def _current_task() -> "asyncio.Task[Any] | None":
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None  # released by a callback, or from another thread


@contextlib.contextmanager
def _replaced(
    kind: Any,  # noqa: ANN401  (a class)
    name: str,
    around: Callable[[Callable[..., Any]], Callable[..., Any]],
) -> Iterator[None]:
    original = vars(kind)[name]
    setattr(kind, name, around(original))
    try:
        yield
    finally:
        setattr(kind, name, original)
