"""Calls a handler of the user's: at one instant, and whatever it raises is reported."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Never

from loopscope.errors import SimulationError
from loopscope.simulator.hosts.model import LiveHost
from loopscope.simulator.program_lines import is_users
from loopscope.simulator.world import World


class HandlerFailedError(Exception):
    """A handler failed, which has been reported; its cause is what it raised."""


def call_handler(host: LiveHost, handler: Callable[[Any], Any], argument: object) -> Any:
    """Return what a handler returns for a request.

    Raises:
        HandlerFailedError: It raised something, or waited for something.
    """
    try:
        with _no_waiting(host.world):
            return handler(argument)
    except Exception as error:
        raise report_failure(host, handler, error) from error


def report_failure(
    host: LiveHost, handler: Callable[[Any], Any], error: Exception
) -> HandlerFailedError:
    """Report that a handler, or what it returned, was no good; returns the exception to raise."""
    name = getattr(handler, "__qualname__", repr(handler))
    problem = SimulationError(
        f"The handler {name} of the host {host.name} failed{_line(error)}: "
        f"{type(error).__name__}: {error}. The program got an error instead of an answer; correct "
        "the handler.",
        slug="handler-failed",
    )
    problem.__cause__ = error
    host.report(problem)
    return HandlerFailedError(str(problem))


def _line(error: Exception) -> str:
    """Return where the user's own code raised an error; empty if it did not."""
    places = [
        f" at line {line} of {frame.f_code.co_filename}"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if is_users(frame)
    ]
    return places[-1] if places else ""


@contextmanager
def _no_waiting(world: World) -> Iterator[None]:
    """Refuse waiting: a handler runs between two moments, on a thread that waits already."""
    vars(world)["block"] = _refuse
    try:
        yield
    finally:
        del vars(world)["block"]


def _refuse(*_: object, **__: object) -> Never:
    raise RuntimeError("a handler must not wait; how long its host takes is the host's latency.")
