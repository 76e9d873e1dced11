"""Where built-ins cannot be redirected, names are replaced; and what cannot be is said."""

import datetime as dt
import os
import threading
import time
from time import monotonic, sleep
from typing import Any

import pytest

from loopscope.errors import SimulationError
from loopscope.simulator import redirect
from loopscope.simulator.patches import everything, install, redirect_type, threads
from loopscope.simulator.patches.everything import patched
from loopscope.simulator.world import World

WHY = "This is graalpy 3.11.7; built-ins can be redirected in CPython up to 3.13."


@pytest.fixture(autouse=True)
def _another_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this interpreter be one whose objects lie otherwise."""
    for module in (redirect, redirect_type, everything, threads):
        monkeypatch.setattr(module, "why_not_here", lambda: WHY)
    monkeypatch.setattr(install, "_functions", {})
    monkeypatch.setattr(install, "_ways", {})


def test_time_is_virtual_by_name() -> None:
    """As attributes of their modules, and as names that modules bound before."""
    before = (time.monotonic, monotonic, os.urandom)
    world = World()
    with patched(world):
        sleep(3)
        time.sleep(0.5)
        seen: list[Any] = [monotonic(), time.monotonic(), time.time() - 1767225600]
        drawn = os.urandom(8)
    assert seen == [3.5, 3.5, 3.5]
    assert (time.monotonic, monotonic, os.urandom) == before
    with patched(World()):
        assert os.urandom(8) == drawn


def test_what_is_not_virtual_is_said() -> None:
    """One sentence names the interpreter, and what follows."""
    year = dt.datetime.now(dt.UTC).year
    with patched(World()) as program:
        assert program.limit == f"{WHY} Threads are refused, and datetime.now() shows real time."
        assert dt.datetime.now(dt.UTC).year == year


def test_threads_are_refused() -> None:
    """Their locks would be real, and the process would hang."""
    with patched(World()) as program:
        with pytest.raises(SimulationError, match="starts a thread, which the simulation cannot"):
            threading.Thread(target=int).start()
        assert WHY in str(program.escapes[0])
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
