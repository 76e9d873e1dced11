"""Objects whose place in a set does not depend on where they lie in memory.

asyncio keeps tasks and asynchronous generators in sets, and programs do so with tasks
(``asyncio.wait``). The order in which such a set is gone through follows from the addresses of
what is in it, and these differ from run to run. Here it follows from the order of creation.
"""

import asyncio
import itertools
import weakref
from collections.abc import Iterator
from typing import Any


class Task(asyncio.Task[Any]):
    """A task whose hash is a number that it is given when it is first put into a set."""

    __slots__ = ("_number",)
    _numbers = itertools.count(1)
    _number: int

    def __hash__(self) -> int:
        try:
            return self._number
        except AttributeError:
            number = self._number = next(Task._numbers)
            return number

    __eq__ = object.__eq__


def restart_numbers() -> None:
    """Let the next task have the first number again: a simulation begins."""
    Task._numbers = itertools.count(1)


class WeakList:
    """A set of weakly held objects that is gone through in the order of their arrival."""

    def __init__(self) -> None:
        self._refs: dict[int, weakref.ref[Any]] = {}

    def add(self, item: object) -> None:
        """Add an object, if it is not there yet."""
        key = id(item)
        known = self._refs.get(key)
        if known is None or known() is not item:
            self._refs.pop(key, None)
            self._refs[key] = weakref.ref(item)

    def discard(self, item: object) -> None:
        """Take an object out, if it is there."""
        known = self._refs.get(id(item))
        if known is not None and known() is item:
            del self._refs[id(item)]

    def clear(self) -> None:
        """Take everything out."""
        self._refs.clear()

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[Any]:
        for ref in list(self._refs.values()):
            item = ref()
            if item is not None:
                yield item
