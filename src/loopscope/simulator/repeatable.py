"""Objects whose place in a set does not depend on where they lie in memory.

asyncio keeps tasks and asynchronous generators in sets, and programs do so with tasks and futures
(``asyncio.wait``). The order in which such a set is gone through follows from the addresses of
what is in it, and these differ from run to run. Here it follows from the order of creation.
"""

import asyncio
import ctypes
import itertools
import sys
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final


class Numbers:
    """Numbers for objects in the order in which they are asked for; none is kept alive."""

    def __init__(self) -> None:
        self._next = itertools.count(1)
        self._known: dict[int, tuple[weakref.ref[Any], int]] = {}

    def take(self) -> int:
        """Return a number that no object has yet."""
        return next(self._next)

    def of(self, item: object) -> int:
        """Return an object's number."""
        known = self._known.get(id(item))
        if known is not None and known[0]() is item:
            return known[1]
        number = next(self._next)
        self._known[id(item)] = weakref.ref(item), number
        return number


class _Now:
    """The numbers of the simulation that runs.

    Not an attribute of the class of tasks: what is set on a class makes the interpreter forget what
    it has learned of all its instances.
    """

    __slots__ = ("numbers",)
    numbers: Numbers


_now = _Now()
_now.numbers = Numbers()


class Task(asyncio.Task[Any]):
    """A task whose hash is a number that it is given when it is first put into a set."""

    __slots__ = ("_number",)
    _number: int

    def __hash__(self) -> int:
        try:
            return self._number
        except AttributeError:
            number = self._number = _now.numbers.take()
            return number

    __eq__ = object.__eq__


@contextmanager
def numbered_futures() -> Iterator[None]:
    """Let the hashes of futures be numbers, too, for the time of a simulation.

    A subclass would make every wait slower. So the function behind ``hash`` is replaced in
    asyncio's own classes, where these lie in memory as expected.
    """
    _now.numbers = numbers = Numbers()

    def number(item: Any) -> int:
        if getattr(item.get_loop(), "is_virtual", False):
            return numbers.of(item)
        return object.__hash__(item)

    hook = _HASH(number)
    address = ctypes.cast(hook, ctypes.c_void_p).value
    slots = [slot for kind in _KINDS if (slot := _hash_slot(kind)) is not None]
    for slot in slots:
        slot.value = address
    try:
        yield
    finally:
        for slot in slots:
            slot.value = _PLAIN


_HASH: Final = ctypes.PYFUNCTYPE(ctypes.c_ssize_t, ctypes.py_object)
_HASH_OFFSET: Final = 15 * ctypes.sizeof(ctypes.c_void_p)
"""Where ``tp_hash`` lies in CPython's ``PyTypeObject``, behind fourteen others of its size."""

_PLAIN: Final = ctypes.c_void_p.from_address(id(object) + _HASH_OFFSET).value
_KINDS: Final = (asyncio.Future, asyncio.Task)


def _hash_slot(kind: type) -> ctypes.c_void_p | None:
    """Return the place of a class's hash function, None where it has one of its own."""
    if sys.implementation.name != "cpython":
        return None
    slot = ctypes.c_void_p.from_address(id(kind) + _HASH_OFFSET)
    return slot if slot.value == _PLAIN else None


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
