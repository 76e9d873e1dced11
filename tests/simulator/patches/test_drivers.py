"""Libraries whose sockets are in C are refused, whenever they are imported."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import aiohttp
import aiohttp.connector
import aiohttp.resolver
import pytest

import loopscope
from loopscope.errors import SimulationError
from loopscope.simulator.patches import drivers

DRIVER = """
def connect(*args):
    return "connected"

class Socket:
    def connect(self):
        return "connected"
"""


@pytest.fixture
def _driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let there be a library in C, or what looks like one, and a module that binds its names."""
    (tmp_path / "some_driver.py").write_text(DRIVER)
    (tmp_path / "user_of_driver.py").write_text("from some_driver import connect\n")
    monkeypatch.setitem(
        drivers.CONNECTS, "some_driver", ("connect", "Socket.connect", "Absent.connect", "absent")
    )
    monkeypatch.setattr(drivers, "_SEEN_TO", {*drivers.CONNECTS})
    monkeypatch.syspath_prepend(tmp_path)
    yield
    for name in ("some_driver", "user_of_driver"):
        sys.modules.pop(name, None)


def connect_all() -> list[str]:
    """Try every way to connect; returns what came of each."""
    driver: Any = importlib.import_module("some_driver")
    user: Any = importlib.import_module("user_of_driver")
    said = []
    for way in (driver.connect, driver.Socket().connect, user.connect):
        try:
            said.append(way())
        except SimulationError as error:
            said.append(str(error))
    return said


@pytest.mark.usefixtures("_driver")
@pytest.mark.parametrize("is_loaded", [True, False])
def test_a_driver_is_refused_and_then_restored(is_loaded: bool) -> None:
    """Its functions and methods raise, by every name, in two runs; afterwards all is as it was."""
    if is_loaded:
        assert connect_all() == ["connected"] * 3
    for _ in range(2):
        said: list[str] = []
        with pytest.raises(SimulationError):
            loopscope.simulate(lambda: said.extend(connect_all()), costs="none")  # noqa: B023
        line = connect_all.__code__.co_firstlineno + 7
        refusal = (
            f"Line {line} of {__file__} reaches a network through some_driver, a library in C,"
            " which the simulation cannot follow. Use a client in pure Python, or let a stand-in"
            " take its place."
        )
        assert said == [refusal] * 3
        assert connect_all() == ["connected"] * 3
    module = sys.modules["some_driver"]
    assert module.__spec__ is not None
    assert module.__loader__ is module.__spec__.loader
    assert type(module.__loader__).__module__.startswith("_frozen_importlib")
    assert not any(isinstance(finder, drivers.Drivers) for finder in sys.meta_path)


def test_aiohttp_asks_the_simulated_name_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where its resolver in C is installed, which it would prefer."""
    for module in (aiohttp.resolver, aiohttp.connector):
        monkeypatch.setattr(module, "DefaultResolver", aiohttp.resolver.AsyncResolver)

    async def ask() -> int:
        url = "https://api.example.com/"
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return response.status

    assert loopscope.simulate(ask, latency_s=0.1, costs="none").result == 200
    resolvers = {
        vars(aiohttp.resolver)["AsyncResolver"],
        vars(aiohttp.resolver)["ThreadedResolver"],
    }
    assert len(resolvers) == 2
    assert vars(aiohttp.connector)["DefaultResolver"] is aiohttp.resolver.AsyncResolver


def test_what_only_says_that_it_is_a_module_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Libraries of cffi stand among the modules, and have no names that could be read."""

    class Library:
        __slots__ = ()
        __class__ = ModuleType  # type: ignore[assignment]

    monkeypatch.setitem(sys.modules, "library_of_cffi", Library())
    assert loopscope.simulate(lambda: 1, costs="none").result == 1
