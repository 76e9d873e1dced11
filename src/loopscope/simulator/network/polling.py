"""Stand-ins for ``select.select``, ``select.poll`` and ``select.epoll`` on simulated sockets."""

import errno
import math
import select
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final, Protocol, Self

from loopscope.errors import SimulationError
from loopscope.simulator.network.active import needed_network, network_here
from loopscope.simulator.network.files import (
    FAILED,
    HUNG_UP,
    READABLE,
    WRITABLE,
    File,
    to_ns,
)
from loopscope.simulator.network.network import FIRST_DESCRIPTOR, Network
from loopscope.simulator.network.poller import WaitingPoller, wait_for_any
from loopscope.simulator.network.stream import os_error
from loopscope.simulator.program_lines import program_line
from loopscope.simulator.world import World

REAL_EPOLL: Final = getattr(select, "epoll", None)
_INVALID: Final = 0x020
_NS_PER_MS: Final = 1_000_000


class HasDescriptor(Protocol):
    """An object with a descriptor."""

    def fileno(self) -> int:
        """Return the descriptor."""


FileLike = int | HasDescriptor


def descriptor_of(file: FileLike) -> int:
    """Return a descriptor as the select module finds it."""
    if isinstance(file, int):
        descriptor = file
    else:
        method = getattr(file, "fileno", None)
        if method is None:
            raise TypeError("argument must be an int, or have a fileno() method.")
        descriptor = method()
    if descriptor < 0:
        raise ValueError(f"file descriptor cannot be a negative integer ({descriptor})")
    return descriptor


def is_simulated(descriptor: int) -> bool:
    """Whether a descriptor is one of a simulated network."""
    return descriptor >= FIRST_DESCRIPTOR


def refuse_mixture(network: Network) -> SimulationError:
    """Return the error for waiting for real and simulated files in one call."""
    return network.problem(
        SimulationError(
            f"{program_line(sys._getframe())} waits for a real file or pipe and simulated sockets "
            "in one call of select or poll: they live by different clocks, so wait for each in a "
            "thread of its own.",
            slug="mixed-select",
        )
    )


def refuse_real(network: Network, watcher: str, descriptor: int) -> SimulationError:
    """Return the error for a real descriptor that a loop or an epoll object is to watch.

    Args:
        network: The network of the simulation.
        watcher: Who is to watch it, as ``the loop``.
        descriptor: The descriptor.
    """
    return network.problem(
        SimulationError(
            f"{program_line(sys._getframe())} lets {watcher} watch the real file descriptor "
            f"{descriptor}, which would leave the simulation: watch sockets that are made inside "
            "it, or read the file in a thread.",
            slug="real-descriptor",
        )
    )


def seconds_to_ns(timeout: float | None) -> int | None:
    """Turn the timeout of ``select`` into nanoseconds; None waits without limit."""
    if timeout is None:
        return None
    if timeout < 0:
        raise ValueError("timeout must be non-negative")
    return to_ns(timeout)


def make_select(real_select: Any) -> Any:
    """Return a stand-in for ``select.select``; real files alone are left to the real one."""

    def simulated_select(
        rlist: Iterable[FileLike],
        wlist: Iterable[FileLike],
        xlist: Iterable[FileLike],
        timeout: float | None = None,
    ) -> tuple[list[FileLike], list[FileLike], list[FileLike]]:
        lists = [list(rlist), list(wlist), list(xlist)]
        every = {descriptor_of(file) for files in lists for file in files}
        simulated = {descriptor for descriptor in every if is_simulated(descriptor)}
        network = needed_network()
        if every and not simulated:
            return real_select(*lists, timeout)  # type: ignore[no-any-return]
        if every != simulated:
            raise refuse_mixture(network)
        wanted = {
            descriptor: (network.file(descriptor), events)
            for descriptor, events in _wanted(lists).items()
        }
        limit_ns = seconds_to_ns(timeout)
        ready = dict(wait_for_any(network.world, "select", wanted, limit_ns))
        masks = (READABLE | HUNG_UP | FAILED, WRITABLE | FAILED, 0)
        found = [
            [file for file in files if ready.get(descriptor_of(file), 0) & mask]
            for files, mask in zip(lists, masks, strict=True)
        ]
        return found[0], found[1], found[2]

    return simulated_select


def _wanted(lists: Sequence[list[FileLike]]) -> dict[int, int]:
    wanted: dict[int, int] = {}
    for files, events in zip(lists, (READABLE, WRITABLE, 0), strict=True):
        for file in files:
            descriptor = descriptor_of(file)
            wanted[descriptor] = wanted.get(descriptor, 0) | events
    return wanted


class SimulatedPoll:
    """Stands in for the object that ``select.poll()`` returns.

    Args:
        real: A real poll object, used while only real files are registered.
    """

    def __init__(self, real: Any) -> None:
        self._network = needed_network()
        self._real = real
        self._has_real = False
        self._wanted: dict[int, int] = {}

    def register(
        self, fd: FileLike, eventmask: int = READABLE | WRITABLE | select.POLLPRI, /
    ) -> None:
        """Watch a file."""
        descriptor = descriptor_of(fd)
        self._wanted[descriptor] = eventmask
        if not is_simulated(descriptor):
            self._has_real = True
            self._real.register(descriptor, eventmask)

    def modify(self, fd: FileLike, eventmask: int, /) -> None:
        """Watch a file for other events."""
        if descriptor_of(fd) not in self._wanted:
            raise os_error(errno.ENOENT)
        self.register(fd, eventmask)

    def unregister(self, fd: FileLike, /) -> None:
        """Watch a file no more."""
        descriptor = descriptor_of(fd)
        del self._wanted[descriptor]
        if not is_simulated(descriptor):
            self._real.unregister(descriptor)
            self._has_real = any(not is_simulated(one) for one in self._wanted)

    def poll(self, timeout: float | None = None, /) -> list[tuple[int, int]]:
        """Wait; ``timeout`` is in milliseconds, None or less than zero = without limit."""
        if self._has_real:
            if any(map(is_simulated, self._wanted)):
                raise refuse_mixture(self._network)
            return self._real.poll(timeout)  # type: ignore[no-any-return]
        files = self._network.files
        closed = [one for one in self._wanted if one not in files]
        if closed:
            return [(descriptor, _INVALID) for descriptor in closed]
        is_endless = timeout is None or timeout < 0
        limit_ns = None if is_endless else math.ceil(timeout or 0) * _NS_PER_MS
        wanted = {one: (files[one], events) for one, events in self._wanted.items()}
        return wait_for_any(self._network.world, "poll", wanted, limit_ns)


class _EpollType(type):
    """Lets real epoll objects count as instances, since threads outside make such."""

    def __instancecheck__(cls, instance: object) -> bool:
        return super().__instancecheck__(instance) or (
            REAL_EPOLL is not None and isinstance(instance, REAL_EPOLL)
        )


class _EpollFile(File):
    """What the descriptor of an epoll object stands for."""

    __slots__ = ("_poller",)

    def __init__(self, world: World, poller: WaitingPoller) -> None:
        super().__init__(world, "epoll")
        self._poller = poller

    def mask(self) -> int:
        """Return what poll(2) would report: readable if anything watched is ready."""
        return READABLE if self._poller.collect() else 0


class SimulatedEpoll(metaclass=_EpollType):
    """Stands in for ``select.epoll``; threads outside the simulation get a real one."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Make a simulated object, or a real one for a thread outside the simulation."""
        if network_here() is None:
            return REAL_EPOLL(*args, **kwargs)  # type: ignore[misc, no-any-return]
        return super().__new__(cls)

    def __init__(self, sizehint: int = -1, flags: int = 0) -> None:  # noqa: ARG002 - the interface
        network = needed_network()
        self._network = network
        self._poller = WaitingPoller(network.world, "epoll")
        self._file = _EpollFile(network.world, self._poller)
        self._descriptor = network.add(self._file)

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._file.is_closed

    def fileno(self) -> int:
        """Return its simulated descriptor."""
        self._check()
        return self._descriptor

    def close(self) -> None:
        """Watch nothing any more."""
        if not self.closed:
            self._poller.forget_all()
            self._network.remove(self._descriptor)

    def __enter__(self) -> Self:
        self._check()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def register(self, fd: FileLike, eventmask: int = READABLE | WRITABLE) -> None:
        """Watch a file."""
        descriptor = self._simulated(fd)
        if descriptor in self._poller.watched:
            raise os_error(errno.EEXIST)
        self._poller.watch(descriptor, self._network.file(descriptor), eventmask)

    def modify(self, fd: FileLike, eventmask: int) -> None:
        """Watch a file for other events."""
        descriptor = self._simulated(fd)
        if descriptor not in self._poller.watched:
            raise os_error(errno.ENOENT)
        self._poller.watch(descriptor, self._network.file(descriptor), eventmask)

    def unregister(self, fd: FileLike) -> None:
        """Watch a file no more."""
        descriptor = self._simulated(fd)
        if descriptor not in self._poller.watched:
            raise os_error(errno.ENOENT)
        self._poller.forget(descriptor)

    def poll(self, timeout: float | None = None, maxevents: int = -1) -> list[tuple[int, int]]:
        """Wait; ``timeout`` is in seconds, None or less than zero = without limit."""
        self._check()
        is_endless = timeout is None or timeout < 0
        ready = self._poller.wait(None if is_endless else to_ns(timeout or 0))
        return ready if maxevents <= 0 else ready[:maxevents]

    def _check(self) -> None:
        if self.closed:
            raise ValueError("I/O operation on closed epoll object")

    def _simulated(self, fd: FileLike) -> int:
        self._check()
        descriptor = descriptor_of(fd)
        if not is_simulated(descriptor):
            raise refuse_real(self._network, "epoll", descriptor)
        return descriptor
