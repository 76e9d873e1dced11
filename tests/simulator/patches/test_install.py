"""Everything is replaced while a simulation runs, and is exactly what it was afterwards."""

import importlib
import inspect
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import thread as pools
from contextlib import ExitStack
from pathlib import Path
from socket import getaddrinfo
from time import monotonic
from types import BuiltinFunctionType, ModuleType
from typing import Any

import pytest
from tests.simulator.patches.runs import outcome

from loopscope.errors import SimulationError
from loopscope.simulator.costs import FREE
from loopscope.simulator.patches import install
from loopscope.simulator.patches.install import ForAll, installed, real
from loopscope.simulator.redirect import Redirection
from loopscope.simulator.run import Settings, Simulation
from loopscope.simulator.world import World


class Owner:
    """Something whose attributes are replaced."""

    own = "own"

    @staticmethod
    def static() -> str:
        """Return a word."""
        return "static"

    @classmethod
    def of_class(cls) -> str:
        """Return the class's name."""
        return cls.__name__

    def method(self) -> str:
        """Return a word."""
        return "real"


class Heir(Owner):
    """Something that inherits its attributes."""


def places() -> list[tuple[Any, str]]:
    """Return everything that a simulation replaces: network, loop, clocks, threads and all."""
    found: list[tuple[Any, str]] = []
    replace = install._Changes.replace

    def note(self: Any, owner: Any, name: str, replacement: Any) -> None:
        found.append((owner, name))
        replace(self, owner, name, replacement)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(install._Changes, "replace", note)
        simulation = Simulation(Settings(costs=FREE))
        simulation.start()
        simulation.stop()
    return found


def memory_of(owner: Any, name: str) -> Any:
    """Return the object at a place, and the bytes of it that a redirection changes."""
    value = vars(owner).get(name, "absent")
    if isinstance(value, BuiltinFunctionType) and isinstance(value.__self__, ModuleType):
        return value, bytes(Redirection(value)._memory)
    return value, None


def bindings() -> dict[tuple[str, str], int]:
    """Return what every name of every loaded module is bound to, if it can be called."""
    return {
        (module.__name__, name): id(value)
        for module in list(sys.modules.values())
        if type(module) is ModuleType
        for name, value in list(vars(module).items())
        if callable(value)
    }


def succeed() -> None:
    """End as programs should."""


def fail(error: type[BaseException]) -> Callable[[], None]:
    """Return a program that raises."""

    def program() -> None:
        raise error

    return program


def refused() -> None:
    """Raise what an escape raises."""
    raise SimulationError("Line 1 escapes.", slug="escape")


ENDS = {
    "success": succeed,
    "an exception": fail(ValueError),
    "an interrupt": fail(KeyboardInterrupt),
    "an exit": fail(SystemExit),
    "an escape": refused,
}


@pytest.mark.parametrize("end", ENDS)
def test_everything_is_as_before(end: str) -> None:
    """Every attribute, every byte of a redirected function, every name of every module."""
    everything = places()
    assert len(everything) > 80
    before = [memory_of(*place) for place in everything]
    bound = bindings()
    simulation = Simulation(Settings(costs=FREE))
    simulation.start()
    during = [memory_of(*place) for place in everything]
    try:
        simulation.run(ENDS[end])
    except (Exception, KeyboardInterrupt, SystemExit) as error:  # noqa: BLE001 - each is tried
        assert end != "success", error
    finally:
        simulation.stop()
    pairs = zip(before, during, strict=True)
    same = [name for (_, name), (one, other) in zip(everything, pairs, strict=True) if one == other]
    assert set(same) <= {"_last_timestamp"}  # None, unless somebody has drawn a uuid1 before
    assert [memory_of(*place) for place in everything] == before
    assert bindings() == bound


def test_a_patch_set_that_fails_leaves_nothing() -> None:
    """What was replaced before it raised is put back, and the next simulation may begin."""
    before = memory_of(time, "monotonic"), Owner.own

    def patches() -> Iterator[install.Replacement]:
        yield time, "monotonic", lambda: 0.0
        yield Owner, "own", "replaced"
        raise ValueError("in the middle")

    with pytest.raises(ValueError, match="in the middle"), installed(World(), patches):
        pytest.fail("the block must not run")
    assert (memory_of(time, "monotonic"), Owner.own) == before
    assert outcome(lambda: "next") == "next"


def test_two_simulations_at_once_are_refused() -> None:
    """There is one clock a process; the first simulation goes on."""
    with installed(World()):
        with pytest.raises(SimulationError, match="Another simulation runs") as raised:
            outcome(succeed)
        assert raised.value.slug == "simulation-running"
        assert install.running() is not None
    assert install.running() is None


def test_inherited_and_missing_attributes() -> None:
    """They are the owner's own only while the simulation runs; wrapped methods stay wrapped."""
    before = dict(vars(Owner)), dict(vars(Heir))

    def patches() -> Iterator[install.Replacement]:
        yield Heir, "own", "heir's"
        yield Heir, "method", lambda _: "virtual"
        yield Heir, "missing", 7
        yield Owner, "static", staticmethod(lambda: "replaced")
        yield Owner, "of_class", classmethod(lambda cls: cls.__name__ + "!")

    with installed(World(), patches):
        heir: Any = Heir()
        inside = heir.own, heir.method(), heir.missing, heir.static(), heir.of_class(), Owner.own
    assert inside == ("heir's", "virtual", 7, "replaced", "Heir!", "own")
    assert (dict(vars(Owner)), dict(vars(Heir))) == before


def test_a_later_set_wins() -> None:
    """The second replacement holds, whether in place or on the owner; both are taken back."""

    def first() -> Iterator[install.Replacement]:
        yield time, "monotonic", lambda: 1.0
        yield Owner, "own", "first"

    def second() -> Iterator[install.Replacement]:
        yield time, "monotonic", lambda: 2.0
        yield Owner, "own", "second"

    with installed(World(), first, second):
        inside = monotonic(), Owner.own
    assert (inside, Owner.own) == ((2.0, "second"), "own")
    assert monotonic() > 2.0 or real(time.monotonic)() <= 2.0


def test_a_python_function_keeps_its_looks() -> None:
    """A replaced function has the name, module and signature of the original."""

    def patches() -> Iterator[install.Replacement]:
        yield socket, "getaddrinfo", lambda *_: "virtual"

    before = inspect.signature(getaddrinfo)
    with installed(World(), patches):
        assert getaddrinfo("example.com", 80) == "virtual"  # type: ignore[comparison-overlap]
        assert (getaddrinfo.__name__, getaddrinfo.__module__) == ("getaddrinfo", "socket")
        assert inspect.signature(getaddrinfo) == before


def test_other_threads_keep_the_real_thing() -> None:
    """A thread that does not belong to the world calls real functions, however they are bound."""
    answers: list[Any] = []
    go, done = threading.Semaphore(0), threading.Semaphore(0)

    def outsider() -> None:
        go.acquire()
        answers.append((monotonic() > 0, Owner().method()))
        done.release()

    def patches() -> Iterator[install.Replacement]:
        yield time, "monotonic", lambda: -1.0
        yield Owner, "method", lambda _: "virtual"

    other = threading.Thread(target=outsider)
    other.start()
    with installed(World(), patches):
        go.release()
        done.acquire()
        answers.append((monotonic() > 0, Owner().method()))
    other.join()
    assert answers == [(True, "real"), (False, "virtual")]


def test_a_function_for_all_threads_is_called_by_all() -> None:
    """Such a replacement sees to other threads by itself."""
    seen: list[int] = []

    def patches() -> Iterator[install.Replacement]:
        yield time, "monotonic", ForAll(lambda: seen.append(threading.get_ident()))

    with ExitStack() as stack:
        stack.enter_context(installed(World(), patches))
        other = threading.Thread(target=time.monotonic)
        other.start()
        other.join()
        time.monotonic()
    assert seen == [other.ident, threading.get_ident()]


def test_a_module_that_is_loaded_inside_is_put_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It bound replacements by name; afterwards the same names mean the real functions."""
    (tmp_path / "loaded_late.py").write_text(
        "from socket import getaddrinfo, socket\nfrom time import monotonic, sleep\n"
    )
    monkeypatch.syspath_prepend(tmp_path)

    def program() -> tuple[bool, float]:
        module = importlib.import_module("loaded_late")
        module.sleep(3)
        return module.getaddrinfo is socket.getaddrinfo, module.monotonic()

    try:
        assert outcome(program) == (True, 3.0)
        late: Any = sys.modules["loaded_late"]
        assert (late.socket, late.getaddrinfo, late.monotonic) == (
            socket.socket,
            getaddrinfo,
            time.monotonic,
        )
    finally:
        sys.modules.pop("loaded_late", None)


def test_a_module_that_loads_itself_when_looked_at_is_not_woken() -> None:
    """Some modules import much when their names are asked for; looking for names must not."""
    woken: list[str] = []

    class Sleeping(ModuleType):
        @property
        def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
            woken.append("yes")
            return {}

    sys.modules["sleeping"] = Sleeping("sleeping")
    try:
        outcome(succeed)
    finally:
        del sys.modules["sleeping"]
    assert woken == []


def test_what_the_program_kept_is_real_afterwards() -> None:
    """Locks, conditions, functions: what was made inside works outside, without a world."""

    def program() -> list[Any]:
        return [
            threading.Lock(),
            threading.RLock(),
            threading.Condition(),
            socket.getaddrinfo,
            pools.ThreadPoolExecutor,
        ]

    lock, recursive, condition, function, pool = outcome(program)
    with lock, recursive, condition:
        condition.notify_all()
    assert condition.acquire(timeout=0)
    condition.release()
    assert function("127.0.0.1", 80, type=socket.SOCK_STREAM)[0][4] == ("127.0.0.1", 80)
    with pool(1) as workers:
        assert workers.submit(monotonic).result() > 0
