"""Refuses what would leave the simulation: real sockets, processes, signals that fall due."""

import _ssl
import _thread
import asyncio.subprocess
import multiprocessing.process
import multiprocessing.util
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, Final

from loopscope.simulator.missing_modules import CHANGES, hear_change
from loopscope.simulator.patches.escape import Escapes
from loopscope.simulator.patches.install import Replacement, real, real_method
from loopscope.simulator.redirect import Function
from loopscope.simulator.world import World

_PROCESS_ADVICE: Final = (
    "Run the program without the simulation, or let a stand-in take the place of the process."
)
_SOCKET_ADVICE: Final = "Make the socket inside the simulated program, with Python's socket module."
_POOL_ADVICE: Final = (
    "Only concurrent.futures.ProcessPoolExecutor is simulated: hand the work to one."
)
_SIGNAL_ADVICE: Final = "Use asyncio.timeout, threading.Timer or loop.call_later."

_PIPE_ADVICE: Final = "Read or write it in a thread: await asyncio.to_thread(sys.stdin.readline)."

_REFUSED: Final = {
    "os.exec": ("replaces its process", _PROCESS_ADVICE),
    "os.fork": ("forks a process", _PROCESS_ADVICE),
    "os.forkpty": ("forks a process", _PROCESS_ADVICE),
    "os.posix_spawn": ("starts a process", _PROCESS_ADVICE),
    "os.spawn": ("starts a process", _PROCESS_ADVICE),
    "os.startfile": ("starts a process", _PROCESS_ADVICE),
    "os.system": ("starts a process", _PROCESS_ADVICE),
    "subprocess.Popen": ("starts a process", _PROCESS_ADVICE),
    "socket.__new__": ("makes a real socket", _SOCKET_ADVICE),
    "socket.bind": ("binds a real socket", _SOCKET_ADVICE),
    "socket.connect": ("connects a real socket", _SOCKET_ADVICE),
    "socket.getaddrinfo": ("asks the real name service", _SOCKET_ADVICE),
    "socket.gethostbyaddr": ("asks the real name service", _SOCKET_ADVICE),
    "socket.gethostbyname": ("asks the real name service", _SOCKET_ADVICE),
    "socket.getnameinfo": ("asks the real name service", _SOCKET_ADVICE),
    "socket.sendmsg": ("sends through a real socket", _SOCKET_ADVICE),
    "socket.sendto": ("sends through a real socket", _SOCKET_ADVICE),
}
"""Audit events that must not come from a thread of the simulation."""

_TLS: Final[type] = vars(_ssl)["_SSLSocket"]

_SOCKET_METHODS: Final = {
    "_accept": "accepts from a real socket",
    "connect_ex": "connects a real socket",
    "listen": "listens at a real socket",
    "recv": "receives from a real socket",
    "recv_into": "receives from a real socket",
    "recvfrom": "receives from a real socket",
    "recvfrom_into": "receives from a real socket",
    "recvmsg": "receives from a real socket",
    "recvmsg_into": "receives from a real socket",
    "send": "sends through a real socket",
    "sendall": "sends through a real socket",
}
"""What can be done with a real socket that was made before, and raises no audit event."""


class _Guard:
    """The audit hook: there is one for ever, since none can be taken back."""

    world: World | None = None
    escapes: Escapes
    is_installed = False


def watch(world: World, escapes: Escapes) -> None:
    """Refuse real sockets and processes to the threads of a world, from now on."""
    _Guard.world, _Guard.escapes = world, escapes
    if not _Guard.is_installed:
        _Guard.is_installed = True
        sys.addaudithook(_hear)


def unwatch() -> None:
    """Refuse nothing any more."""
    _Guard.world = None


def _hear(event: str, args: tuple[Any, ...], guard: type[_Guard] = _Guard) -> None:
    world = guard.world  # not by a global name: the hook outlives those of this module
    if world is None:
        return
    if event in CHANGES:
        hear_change(event, args)
    if event not in _REFUSED or _thread.get_ident() != world.current.ident:
        return
    raise _Guard.escapes.refuse(*_REFUSED[event])


def refused_pipe() -> Exception:
    """Return what is raised when a loop is to wait for a pipe."""
    return _Guard.escapes.refuse("lets its loop wait for a real file or pipe", _PIPE_ADVICE)


def outside_patches(escapes: Escapes) -> Iterator[Replacement]:
    """Yield what refuses the ways out that no audit event tells of."""

    def refusal(what: str, advice: str) -> Function:
        def refuse(*_: Any, **__: Any) -> Any:
            raise escapes.refuse(what, advice)

        return refuse

    for name, what in _SOCKET_METHODS.items():
        yield socket.SocketType, name, refusal(what, _SOCKET_ADVICE)
    yield from _tls(escapes)
    start = refusal("starts a process", _POOL_ADVICE)
    yield multiprocessing.process.BaseProcess, "start", start
    yield subprocess, "_fork_exec", start
    yield multiprocessing.util, "spawnv_passfds", start
    for name in ("create_subprocess_exec", "create_subprocess_shell"):
        yield asyncio.subprocess, name, refusal("starts a process", _PROCESS_ADVICE)
    for name in ("pause", "sigwait", "sigwaitinfo", "sigtimedwait"):
        if hasattr(signal, name):
            yield signal, name, refusal("waits for a signal", _SIGNAL_ADVICE)
    yield from _alarms(escapes)
    yield signal, "set_wakeup_fd", _wakeup()


def _tls(escapes: Escapes) -> Iterator[Replacement]:
    """Yield what refuses TLS over a real socket; over memory it may go on."""

    def guarded(real_method: Function) -> Function:
        def call(tls: Any, *args: Any, **kwargs: Any) -> Any:
            if isinstance(tls.owner, ssl.SSLSocket):
                raise escapes.refuse("uses TLS over a real socket", _SOCKET_ADVICE)
            return real_method(tls, *args, **kwargs)

        return call

    for name in ("do_handshake", "read", "write", "shutdown"):
        yield _TLS, name, guarded(real_method(_TLS, name))


def _alarms(escapes: Escapes) -> Iterator[Replacement]:
    """Yield the timers of the system: they would ring in real time. Taking one back is allowed."""

    def guarded(real_set: Function, place: int) -> Function:
        def set_alarm(*args: Any) -> Any:
            if any(args[place:]):
                raise escapes.refuse("sets an alarm of the system", _SIGNAL_ADVICE)
            return real_set(*args)

        return set_alarm

    for name, place in (("alarm", 0), ("setitimer", 1)):
        if hasattr(signal, name):
            yield signal, name, guarded(real(getattr(signal, name)), place)


def _wakeup() -> Function:
    """Return ``signal.set_wakeup_fd``, which takes simulated sockets too.

    Nothing is ever written to one: whoever waits in virtual time is never asleep when a signal
    comes.
    """
    real_set = real(signal.set_wakeup_fd)
    kept = -1

    def set_wakeup_fd(fd: int, /, **kwargs: Any) -> int:
        nonlocal kept
        before, kept = kept, -1
        try:
            real_before = int(real_set(fd, **kwargs))
        except OSError:  # the system does not know a simulated socket
            real_before, kept = int(real_set(-1, **kwargs)), fd
        return real_before if before == -1 else before

    return set_wakeup_fd
