"""What would leave the simulation is refused where it happens, and said again at the end."""

# ruff: noqa: PLW0108 - a name has to be looked up when it is called

import _socket
import asyncio
import contextlib
import ctypes
import gc
import itertools
import multiprocessing
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import types
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest
from tests.simulator.patches.runs import outcome, simulate

from loopscope.errors import SimulationError
from loopscope.simulator.network.active import needed_network
from loopscope.simulator.patches import native_waits, outside
from loopscope.simulator.patches.everything import patched
from loopscope.simulator.redirect import real_twin
from loopscope.simulator.world import World

PAIR = socket.socketpair()


class Kept:
    """Where nobody looks for names of what is replaced."""

    socket = socket.socket


async def start_process() -> None:
    """Start a process as asyncio does."""
    await asyncio.create_subprocess_exec(sys.executable, "-V")


async def start_shell() -> None:
    """Start a shell as asyncio does."""
    await asyncio.create_subprocess_shell("true")


async def read_pipe() -> None:
    """Let asyncio read what another program writes."""
    with open(os.devnull) as file:  # noqa: PTH123 - as programs take sys.stdin
        await asyncio.get_running_loop().connect_read_pipe(asyncio.Protocol, file)


WAYS_OUT: dict[str, tuple[Callable[[], Any], str]] = {
    "subprocess": (lambda: subprocess.run(["true"], check=False), "starts a process"),  # noqa: S607
    "os.system": (lambda: os.system("true"), "starts a process"),  # noqa: S605, S607
    "os.posix_spawn": (lambda: os.posix_spawn("/bin/true", ["true"], {}), "starts a process"),
    "os.fork": (lambda: os.fork(), "forks a process"),
    "os.forkpty": (lambda: os.forkpty(), "forks a process"),
    "os.execv": (lambda: os.execv("/bin/true", ["true"]), "replaces its process"),  # noqa: S606
    "multiprocessing": (lambda: multiprocessing.Process(target=print).start(), "starts a process"),
    "spawn": (
        lambda: multiprocessing.get_context("spawn").Process(target=print).start(),
        "starts a process",
    ),
    "manager": (lambda: multiprocessing.Manager(), "starts a process"),
    "asyncio": (start_process, "starts a process"),
    "asyncio's shell": (start_shell, "starts a process"),
    "a pipe": (read_pipe, "lets its loop wait for a real file or pipe"),
    "a real socket": (lambda: Kept.socket(), "makes a real socket"),
    "getaddrinfo": (lambda: _socket.getaddrinfo("a", 1), "asks the real name service"),
    "send": (lambda: PAIR[0].send(b"x"), "sends through a real socket"),
    "recv": (lambda: PAIR[0].recv(1), "receives from a real socket"),
    "recv_into": (lambda: PAIR[0].recv_into(bytearray(1)), "receives from a real socket"),
    "connect": (lambda: PAIR[0].connect("/nowhere"), "connects a real socket"),
    "connect_ex": (lambda: PAIR[0].connect_ex("/nowhere"), "connects a real socket"),
    "bind": (lambda: PAIR[0].bind("/nowhere"), "binds a real socket"),
    "listen": (lambda: PAIR[0].listen(), "listens at a real socket"),
    "accept": (lambda: PAIR[0].accept(), "accepts from a real socket"),
    "alarm": (lambda: signal.alarm(1), "sets an alarm of the system"),
    "setitimer": (lambda: signal.setitimer(signal.ITIMER_REAL, 1), "sets an alarm of the system"),
    "sigwait": (lambda: signal.sigwait([signal.SIGUSR1]), "waits for a signal"),
    "pause": (lambda: signal.pause(), "waits for a signal"),
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_a_way_out_is_refused(way: str) -> None:
    """With the line of the program, what it does, and what to do instead."""
    leave, words = WAYS_OUT[way]
    raised: list[SimulationError] = []

    def program() -> Any:
        try:
            return leave()
        except SimulationError as error:
            raised.append(error)
            raise

    run = simulate(program)
    escape = run.failures[0]
    assert escape.slug == "escape"
    assert f"{words}, which the simulation cannot follow." in str(escape)
    assert re.match(rf"Line \d+ of {re.escape(__file__)} ", str(escape))
    assert not raised or raised == [escape]


def test_an_escape_that_is_swallowed_is_not_forgotten() -> None:
    """A program that catches everything goes on; the run has failed all the same."""

    def program() -> str:
        try:
            os.fork()
        except Exception:  # noqa: BLE001 - such programs exist
            return "went on"
        return "forked"

    run = simulate(program)
    assert run.result == "went on"
    (failure,) = run.failures
    assert str(failure) == (
        f"Line {program.__code__.co_firstlineno + 2} of {__file__} forks a process, which the"
        " simulation cannot follow. Run the program without the simulation, or let a stand-in"
        " take the place of the process."
    )


def test_an_escape_that_is_tried_again_and_again_is_told_once() -> None:
    """A program that tries a line five times has one failure."""

    def program() -> None:
        for _ in range(5):
            with contextlib.suppress(SimulationError):
                os.fork()

    assert len(simulate(program).failures) == 1


def test_the_audit_hook_outlives_its_module() -> None:
    """At the exit of Python the hook still runs, when the names of its module are gone."""
    hook = outside._hear
    bare = types.FunctionType(hook.__code__, {}, argdefs=hook.__defaults__)
    bare("os.fork", ())


def test_tls_over_a_real_socket_is_refused() -> None:
    """A connection that was made before; TLS over memory goes on."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    mine, other = socket.socketpair()
    over_memory = context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO())
    with other, context.wrap_socket(mine, do_handshake_on_connect=False) as over_socket:

        def program() -> None:
            with pytest.raises(ssl.SSLWantReadError):
                over_memory.do_handshake()
            over_socket.do_handshake()

        (failure,) = simulate(program).failures
    assert "uses TLS over a real socket" in str(failure)


def test_what_stays_inside_is_allowed(tmp_path: Path) -> None:
    """Files are real, and cost no virtual time; an alarm may be taken back."""

    def program() -> Any:
        path = tmp_path / "file"
        path.write_text("words")
        signal.alarm(0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        return path.read_text(), PAIR[0].fileno() > 0, time.monotonic()

    assert outcome(program) == ("words", True, 0.0)


def test_a_simulated_socket_can_be_told_of_signals() -> None:
    """As trio does it: what was set before comes back, and other threads may not."""

    def program() -> list[object]:
        with socket.socket() as one, socket.socket() as other:
            first = signal.set_wakeup_fd(one.fileno())
            second = signal.set_wakeup_fd(other.fileno(), warn_on_full_buffer=False)
            third = signal.set_wakeup_fd(-1)
            with ThreadPoolExecutor(1) as pool:
                error = pool.submit(signal.set_wakeup_fd, one.fileno()).exception()
            return [first, second == one.fileno(), third == other.fileno(), type(error)]

    assert outcome(program) == [-1, True, True, ValueError]
    assert signal.set_wakeup_fd(-1) == -1


def test_threads_outside_may_do_what_they_like() -> None:
    """The runner of the tests goes on with its sockets and processes."""
    go, done = threading.Semaphore(0), threading.Semaphore(0)
    seen: list[Any] = []

    def outsider() -> None:
        go.acquire()
        one, other = socket.socketpair()
        one.send(b"real")
        seen.append(other.recv(4))
        one.close()
        other.close()
        seen.append(subprocess.run([sys.executable, "-c", "exit(3)"], check=False).returncode)
        done.release()

    def program() -> None:
        go.release()
        while not done.acquire(blocking=False):
            pass

    thread = threading.Thread(target=outsider)
    thread.start()
    outcome(program)
    thread.join()
    assert seen == [b"real", 3]


def test_afterwards_all_is_allowed_again() -> None:
    """Nothing is refused when no simulation runs."""
    simulate(os.fork)
    PAIR[0].send(b"x")
    assert PAIR[1].recv(1) == b"x"
    assert subprocess.run([sys.executable, "-c", "exit(3)"], check=False).returncode == 3


# ------------------------------------------------------------------------------- waits in C

real_clock = real_twin(time.monotonic)


def wait_in_c(seconds: float) -> None:
    """Wait as a C library does: no Python function sees it."""
    ctypes.CDLL(None).usleep(int(seconds * 1e6))


@pytest.fixture
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the tests need not wait long."""
    monkeypatch.setattr(native_waits, "LOOK_EVERY_S", 0.002)


@pytest.mark.usefixtures("_looks_often")
def test_a_wait_in_c_is_noticed() -> None:
    """It cannot be refused, but it is said, with its line; once a wait."""
    run = simulate(lambda: wait_in_c(0.1))
    (failure,) = run.failures
    assert str(failure) == (
        f"Line {wait_in_c.__code__.co_firstlineno + 2} of {__file__} waits in a C library, in real"
        " time, which the simulation cannot see. Use a pure Python client, or let a stand-in take"
        " its place."
    )


class Process:
    """What ``/proc`` says of a thread that naps: at each look it has slept and woken again."""

    read: ClassVar[list[str]] = []

    def __init__(self, path: str) -> None:
        self._path = path

    def read_text(self) -> str:
        """Return what is in the file, and note that it was read."""
        self.read.append(self._path)
        if self._path.endswith("syscall"):
            return "35 0x0 0x0\n"
        return f"State:\tS (sleeping)\nvoluntary_ctxt_switches:\t{len(self.read)}\n"


def looks(monkeypatch: pytest.MonkeyPatch, computed_ns: int) -> tuple[list[str], list[str]]:
    """Look eight times at a thread that naps; return what was noted, and what was read."""
    clock = itertools.count(0, computed_ns)
    monkeypatch.setattr(native_waits, "_clock_ns", lambda _: next(clock))
    monkeypatch.setattr(native_waits, "Path", Process)
    monkeypatch.setattr(Process, "read", [])
    monkeypatch.setattr(native_waits, "_asks_user", lambda _: False)
    noted: list[str] = []
    watch = native_waits.NativeWaits(World(), cast("Any", types.SimpleNamespace(note=noted.append)))
    for _ in range(8):
        watch.look()
    return noted, Process.read


def test_one_nap_after_another_is_a_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite waits so for a database that another connection has locked."""
    (said,), _ = looks(monkeypatch, computed_ns=0)
    assert "waits in a C library" in said


def test_a_thread_that_computes_is_not_looked_at_more_closely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a look makes would move the objects of the program to other places in memory."""
    noted, read = looks(monkeypatch, computed_ns=10_000_000)
    assert noted == []
    assert len(read) == 2  # of the first look: nothing is known before it


@pytest.mark.usefixtures("_looks_often")
def test_computing_for_long_is_no_wait() -> None:
    """A thread that computes does not sleep."""

    def program() -> None:
        end = real_clock() + 0.05
        while real_clock() < end:
            pass

    assert outcome(program) is None


@pytest.mark.usefixtures("_looks_often")
def test_waiting_for_the_user_is_no_escape() -> None:
    """``input`` takes no virtual time, however long the user thinks."""
    reader, writer = os.pipe()
    saved = os.dup(0)
    os.dup2(reader, 0)

    def answer() -> None:
        wait_in_c(0.1)
        os.write(writer, b"y")

    typist = threading.Thread(target=answer)
    typist.start()
    try:
        assert outcome(lambda: os.read(0, 1)) == b"y"
    finally:
        os.dup2(saved, 0)
        typist.join()
        for file in (reader, writer, saved):
            os.close(file)


@pytest.mark.usefixtures("_looks_often")
def test_what_looks_for_waits_keeps_no_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a simulation left is collected once another one begins, not when somebody looks."""
    worlds = []

    def program() -> None:
        end = real_clock() + 0.05
        while real_clock() < end:
            pass
        monkeypatch.setattr(native_waits, "LOOK_EVERY_S", 5)
        end = real_clock() + 0.01
        while real_clock() < end:  # meanwhile somebody looks for the last time
            pass
        worlds.append(weakref.ref(needed_network().world))

    assert outcome(program) is None
    assert outcome(lambda: None) is None
    gc.collect()
    try:
        assert [one() for one in worlds] == [None]
    finally:
        native_waits._watcher.end()


def test_a_system_that_does_not_tell_is_asked_in_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without ``/proc`` nothing is noticed, and nothing fails."""
    monkeypatch.setattr(native_waits, "Path", lambda _: Path("/nowhere/at/all"))
    assert native_waits._sleep_of(1) is None
    assert native_waits._asks_user(1) is False


def test_escapes_are_told_also_without_a_run() -> None:
    """``patched`` by itself hands them over."""
    with patched(World()) as program:
        with pytest.raises(SimulationError):
            os.fork()
        assert len(program.escapes) == 1
        assert program.limit is None
