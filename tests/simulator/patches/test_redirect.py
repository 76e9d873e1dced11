"""A built-in function is led elsewhere in place, whoever holds a reference to it, and back."""

import _socket
import copy
import gc
import os
import pickle
import select
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import pytest

from loopscope.simulator.redirect import Redirection, real_twin, why_not_here


@contextmanager
def led(function: Any, target: Any) -> Iterator[Redirection]:
    """Lead a built-in elsewhere while the block runs."""
    redirection = Redirection(function)
    redirection.lead_to(target)
    try:
        yield redirection
    finally:
        redirection.lead_back()


def told(*args: Any, **kwargs: Any) -> Any:
    """Return the arguments."""
    return args, kwargs


CALLS: dict[str, tuple[Any, tuple[Any, ...], dict[str, Any]]] = {
    "no argument": (time.monotonic, (), {}),
    "one argument": (time.sleep, (0,), {}),
    "a tuple": (time.strftime, ("%H", time.gmtime(0)), {}),
    "a tuple and keywords": (_socket.getaddrinfo, ("host",), {"port": 80}),
    "an array": (select.select, ([], [], [], 0), {}),
    "an array and keywords": (os.getrandom, (1,), {"flags": 0}),
}
"""One built-in function for each way in which C functions take their arguments."""


@pytest.mark.parametrize("way", CALLS)
def test_arguments_arrive_as_they_were_given(way: str) -> None:
    """Whatever the calling convention, the target gets the same arguments, time after time."""
    function, args, kwargs = CALLS[way]
    with led(function, told):
        answers = {repr(function(*args, **kwargs)) for _ in range(100)}
    assert answers == {repr((args, kwargs))}


def test_a_name_bound_before_follows() -> None:
    """``from time import monotonic`` means the target as well, and afterwards the clock again."""
    with led(time.monotonic, lambda: "virtual"):
        inside: Any = monotonic()
    assert inside == "virtual"
    assert isinstance(monotonic(), float)


def test_every_byte_is_as_before() -> None:
    """Led back, the function object is the same in memory, and the module is counted as before."""
    redirection = Redirection(time.monotonic)
    before, references = bytes(redirection._memory), sys.getrefcount(time)
    for _ in range(10):
        redirection.lead_to(lambda: 0)
        assert bytes(redirection._memory) != before
        gc.collect(0)
        redirection.lead_back()
    assert (bytes(redirection._memory), sys.getrefcount(time)) == (before, references)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_exceptions_pass(error: type[BaseException]) -> None:
    """What the target raises comes out of the built-in."""

    def target() -> None:
        raise error("from the target")

    with led(time.monotonic, target), pytest.raises(error, match="from the target"):
        time.monotonic()


def test_wrong_arguments_raise_what_they_raise() -> None:
    """CPython counts the arguments of a built-in before it calls it; it still does."""
    with led(time.monotonic, told), pytest.raises(TypeError, match=r"takes no arguments \(1 given"):
        time.monotonic(1)  # type: ignore[call-arg]


def test_the_twin_does_the_real_thing() -> None:
    """What was asked for the real function goes on to be that while the other is led elsewhere."""
    twin = real_twin(time.monotonic)
    with led(time.monotonic, lambda: -1.0):
        assert twin() > 0 > time.monotonic()


def test_it_is_named_pickled_and_copied_as_ever() -> None:
    """A redirected function still is ``time.monotonic`` to everyone who asks."""
    with led(time.monotonic, told):
        assert repr(time.monotonic) == "<built-in function monotonic>"
        assert pickle.loads(pickle.dumps(time.monotonic)) is time.monotonic  # noqa: S301 - our own
        assert copy.deepcopy(time.monotonic) is time.monotonic
        assert time.monotonic.__module__ == "time"


@pytest.mark.parametrize("function", [test_exceptions_pass, [].__len__, dict])
def test_anything_else_is_refused(function: Any) -> None:
    """What is no built-in function does not lie in memory like one, and is left alone."""
    with pytest.raises(ValueError, match="does not lie in memory as expected"):
        Redirection(function)
    assert real_twin(function) is function


def test_another_interpreter_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where objects may lie otherwise there is a sentence that says which interpreter it is."""
    assert why_not_here() is None
    monkeypatch.setattr(sys, "version_info", (3, 99, 1))
    why = why_not_here()
    assert why == "This is cpython 3.99.1; built-ins can be redirected in CPython up to 3.13."
    with pytest.raises(ValueError, match="memory"):
        Redirection(time.monotonic)


def test_a_build_without_the_interpreter_lock_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Objects of a free-threaded build have another head."""
    monkeypatch.setattr(sysconfig, "get_config_var", lambda _: 1)
    assert "free-threaded build of CPython" in str(why_not_here())
