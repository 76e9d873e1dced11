"""What the simulated network replaces in the standard library."""

import select
import selectors
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from loopscope.simulator.network import active, resolving
from loopscope.simulator.network.active import needed_network
from loopscope.simulator.network.network import Network
from loopscope.simulator.network.polling import SimulatedEpoll, SimulatedPoll, make_select
from loopscope.simulator.network.sockets import SimulatedSocket
from loopscope.simulator.network.tls import SimulatedSSLSocket
from loopscope.simulator.network.tls_contexts import Contexts
from loopscope.simulator.patches.install import real

Replacement = tuple[Any, str, Any]


@contextmanager
def patches(network: Network) -> Iterator[Callable[[], Iterator[Replacement]]]:
    """Let the threads of a world use a network while the block runs.

    Yields:
        The replacements to be installed (a patch set).
    """
    contexts = Contexts()
    active.install(network)
    try:
        yield lambda: _replacements(contexts)
    finally:
        active.uninstall()
        contexts.leave()


def _replacements(contexts: Contexts) -> Iterator[Replacement]:
    yield socket, "socket", SimulatedSocket
    yield socket, "socketpair", _socketpair
    yield socket, "fromfd", _fromfd
    yield socket, "dup", _dup
    yield socket, "close", _close
    yield socket, "getdefaulttimeout", _getdefaulttimeout
    yield socket, "setdefaulttimeout", _setdefaulttimeout
    for name in (
        "getaddrinfo",
        "gethostbyname",
        "gethostbyname_ex",
        "gethostbyaddr",
        "getnameinfo",
        "gethostname",
    ):
        yield socket, name, getattr(resolving, name)
    real_select, real_poll = real(select.select), real(select.poll)
    yield select, "select", make_select(real_select)
    yield select, "poll", lambda: SimulatedPoll(real_poll())
    if hasattr(select, "epoll"):
        yield select, "epoll", SimulatedEpoll
        yield selectors.EpollSelector, "_selector_cls", SimulatedEpoll
    for name, method in contexts.methods().items():
        yield ssl.SSLContext, name, method
    yield ssl.SSLContext, "sslsocket_class", SimulatedSSLSocket


def _socketpair(
    family: int | None = None, kind: int = socket.SOCK_STREAM, proto: int = 0
) -> tuple[SimulatedSocket, SimulatedSocket]:
    network = needed_network()
    one, other = (
        SimulatedSocket(family or socket.AF_UNIX, kind, proto, network.add(end))
        for end in network.pair()
    )
    return one, other


def _fromfd(fd: int, family: int, type: int, proto: int = 0) -> SimulatedSocket:  # noqa: A002
    return SimulatedSocket(family, type, proto, _dup(fd))


def _dup(fd: int) -> int:
    network = needed_network()
    file = network.file(fd)
    file.references += 1
    return network.add(file)


def _close(fd: int) -> None:
    network = needed_network()
    network.file(fd)
    network.remove(fd)


def _getdefaulttimeout() -> float | None:
    return needed_network().default_timeout


def _setdefaulttimeout(timeout: float | None) -> None:
    if timeout is not None and not timeout >= 0:
        raise ValueError("Timeout value out of range")
    needed_network().default_timeout = None if timeout is None else float(timeout)
