"""Locks, recursive locks and simple queues in virtual time; everything else is made of these.

The locks stay what they are, real ones, also those that were made before the simulation: only
their methods are redirected, on the class. A thread of the simulation takes a lock as ever if it
is free. If it is not, the thread waits at a gate of the world, and who releases the lock opens it.
"""

import _queue
import _thread
import threading
from _thread import get_ident
from collections.abc import Callable, Iterator
from typing import Any, Final, Protocol

from loopscope.simulator.patches.escape import Escapes
from loopscope.simulator.patches.install import (
    ForAll,
    Replacement,
    can_redirect,
    real_method,
)
from loopscope.simulator.patches.seconds import is_duration, to_ns
from loopscope.simulator.patches.waits import waited_for
from loopscope.simulator.redirect import Function
from loopscope.simulator.world import World
from loopscope.simulator.world_parts import Gate, VirtualThread

PATIENCE_S: Final = 0.02
"""How long, really, a lock may be held by a thread outside of the simulation (a logger's, say)
before a thread of it waits in virtual time."""

_BOUND: Final = ("acquire", "release", "_release_save", "_acquire_restore", "_is_owned")
"""The methods of its lock that a condition keeps."""

_AT_ONCE: Final = False
"""``blocking``, ``block``: do not wait."""

_LOCK: Final = "lock"
"""What is waited for if it is a lock itself; what a condition is made of is held by nobody."""

Take = Callable[..., bool]


class End(Protocol):
    """The end of a thread."""

    def wait(self, timeout: float) -> bool:
        """Wait for it, for some seconds or (-1) for ever; False if the time was over first."""


class Waits:
    """Which locks are held by whom, and who waits for them.

    Attributes:
        gates: Where threads wait, by the id of the lock or queue; only while one does.
        holders: Who holds a lock, by its id.
        ends: Locks that are released by the system when a thread ends, by their id.
    """

    def __init__(self, world: World, escapes: Escapes) -> None:
        self.world = world
        self.gates: dict[int, Gate] = {}
        self.holders: dict[int, VirtualThread] = {}
        self.ends: dict[int, End] = {}
        self._escapes = escapes

    def lock(self, lock: Any, real_acquire: Take, timeout: float) -> bool:
        """Wait for a lock that is not free, for some seconds or (-1) for ever."""
        end = self.ends.get(id(lock))
        if end is not None:
            return end.wait(timeout)
        if timeout == 0:
            self.world.read_ns()  # a program may wait by trying again and again
            return False
        is_taken = id(lock) not in self.holders and real_acquire(lock, timeout=PATIENCE_S)
        if not is_taken:
            timeout_ns = None if timeout < 0 else to_ns(timeout)
            is_taken = self.until(
                id(lock), waited_for(_LOCK), timeout_ns, lambda: real_acquire(lock, _AT_ONCE)
            )
        if is_taken:
            self.taken(lock)
        return is_taken

    def until(self, key: int, what: str, timeout_ns: int | None, take: Callable[[], bool]) -> bool:
        """Wait at a gate until something can be taken; False if the time was over first."""
        world = self.world
        until_ns = None if timeout_ns is None else world.now_ns + timeout_ns
        gate = Gate(what)
        try:
            while True:
                gate = self.gates.setdefault(key, gate)
                gate.holder = self.holders.get(key) if what == _LOCK else None
                left_ns = None if until_ns is None else until_ns - world.now_ns
                was_woken = world.block(gate, left_ns)
                if take():
                    return True
                if not was_woken:
                    return False
        finally:
            if not gate.waiting and self.gates.get(key) is gate:
                del self.gates[key]

    def taken(self, lock: object) -> None:
        """The calling thread has a lock now."""
        self.holders[id(lock)] = self.world.current
        gate = self.gates.get(id(lock))
        if gate is not None and gate.what == _LOCK:
            gate.holder = self.world.current

    def given(self, key: int) -> None:
        """A lock was released, or a queue filled: let one thread have it."""
        gate = self.gates.get(key)
        if gate is None:
            return
        if self.world.is_here():
            self.world.wake(gate)
        elif gate.waiting:
            self._escapes.note(
                f"A thread that is not part of the simulation wakes one that is ({gate.what}).",
            )


def lock_patches(waits: Waits) -> Iterator[Replacement]:
    """Yield what replaces the methods of locks, recursive locks and simple queues.

    Nothing where that cannot be done: then there are no threads either (``threads.py``).
    """
    if not can_redirect(_thread.LockType, "acquire"):
        return
    yield from _locks(waits)
    yield from _recursive_locks(waits)
    yield from _queues(waits)
    for name in _BOUND:
        default = vars(threading.Condition).get(name)
        yield threading.Condition, name, _OfItsLock(name, default)


class _OfItsLock:
    """A method that a condition has from its lock, as the lock has it now.

    A condition keeps these methods when it is made, before the simulation perhaps.
    """

    def __init__(self, name: str, default: Function | None) -> None:
        self._name = name
        self._default = default

    def __get__(self, condition: Any, owner: type) -> Any:
        if condition is None:
            return self
        method = getattr(condition._lock, self._name, None)
        if method is None and self._default is not None:
            return self._default.__get__(condition)
        return method

    def __set__(self, condition: Any, method: Function) -> None:
        vars(condition)[self._name] = method


def _locks(waits: Waits) -> Iterator[Replacement]:
    lock_type = _thread.LockType
    real_acquire = real_method(lock_type, "acquire")
    real_release = real_method(lock_type, "release")
    world, holders, gates = waits.world, waits.holders, waits.gates
    acquire = _acquire(waits, real_acquire, _thread.allocate_lock)

    def release(self: Any, *_: object) -> None:
        real_release(self)
        if get_ident() == world.current.ident:
            holders.pop(id(self), None)
        if gates:
            waits.given(id(self))

    # Releasing first: a lock that is taken meanwhile (by a tracer, say) is seen to be given back.
    for name in ("release", "release_lock", "__exit__"):
        yield lock_type, name, ForAll(release)
    for name in ("acquire", "acquire_lock", "__enter__"):
        yield lock_type, name, ForAll(acquire)


def _recursive_locks(waits: Waits) -> Iterator[Replacement]:
    lock_type = _thread.RLock
    real_acquire = real_method(lock_type, "acquire")
    real_release = real_method(lock_type, "release")
    real_save = real_method(lock_type, "_release_save")
    real_restore = real_method(lock_type, "_acquire_restore")
    is_mine = real_method(lock_type, "_is_owned")
    world, holders, gates = waits.world, waits.holders, waits.gates
    acquire = _acquire(waits, real_acquire, _thread.RLock)

    def given(self: Any) -> None:
        if get_ident() == world.current.ident:
            holders.pop(id(self), None)
        if gates:
            waits.given(id(self))

    def release(self: Any, *_: object) -> None:
        real_release(self)
        if not is_mine(self):
            given(self)

    def release_save(self: Any) -> Any:
        state = real_save(self)
        given(self)
        return state

    def acquire_restore(self: Any, state: Any) -> None:
        if get_ident() == world.current.ident:
            acquire(self)
            real_release(self)
        real_restore(self, state)

    yield lock_type, "release", ForAll(release)
    yield lock_type, "__exit__", ForAll(release)
    yield lock_type, "_release_save", ForAll(release_save)
    yield lock_type, "_acquire_restore", ForAll(acquire_restore)
    yield lock_type, "acquire", ForAll(acquire)
    yield lock_type, "__enter__", ForAll(acquire)


def _acquire(waits: Waits, real_acquire: Take, make: Callable[[], Any]) -> Function:
    """Return ``acquire`` of the class of locks that ``make`` makes."""
    world, holders, gates, ends = waits.world, waits.holders, waits.gates, waits.ends

    def acquire(self: Any, blocking: bool = True, timeout: float = -1) -> bool:
        if get_ident() != world.current.ident:
            return real_acquire(self, blocking, timeout)
        if timeout != -1:
            real_acquire(make(), blocking, timeout)  # a wrong timeout raises what it raises
        if real_acquire(self, _AT_ONCE):
            holders[id(self)] = world.current
            if gates:
                waits.taken(self)
            return True
        if not blocking and id(self) not in ends:  # conditions ask so whether they are locked
            world.read_ns()  # a program may wait by trying again and again
            return False
        return waits.lock(self, real_acquire, timeout if blocking else 0)

    return acquire


def _queues(waits: Waits) -> Iterator[Replacement]:
    queue_type = _queue.SimpleQueue
    real_get = real_method(queue_type, "get")
    real_put = real_method(queue_type, "put")
    world, gates = waits.world, waits.gates

    def get(self: Any, block: bool = True, timeout: float | None = None) -> Any:
        if get_ident() != world.current.ident:
            return real_get(self, block, timeout)
        must_fail = block and timeout is not None and not is_duration(timeout)
        try:
            return real_get(self, must_fail, timeout)
        except _queue.Empty:
            if not block or timeout == 0:
                world.read_ns()
                raise
        found: list[Any] = []
        timeout_ns = None if timeout is None else to_ns(timeout)
        if not waits.until(
            id(self), waited_for("queue (get)"), timeout_ns, lambda: take(self, found)
        ):
            raise _queue.Empty
        return found[0]

    def take(queue: Any, found: list[Any]) -> bool:
        try:
            found.append(real_get(queue, _AT_ONCE))
        except _queue.Empty:
            return False
        return True

    def put(self: Any, item: Any, block: bool = True, timeout: float | None = None) -> None:
        real_put(self, item, block, timeout)
        if gates:
            waits.given(id(self))

    yield queue_type, "get", ForAll(get)
    yield queue_type, "get_nowait", ForAll(lambda self: get(self, _AT_ONCE))
    yield queue_type, "put", ForAll(put)
    yield queue_type, "put_nowait", ForAll(put)
