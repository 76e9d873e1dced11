"""Reads the arguments of ``@pytest.mark.loopscope(...)``."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from loopscope.check.promises import Promises
from loopscope.check.surroundings import Surroundings
from loopscope.errors import UsageError
from loopscope.model.units import NS_PER_S
from loopscope.simulator.durations import parse_duration
from loopscope.simulator.hosts.host import Host

NAMES: Final = (
    "within",
    "seeds",
    "world",
    "no_stall",
    "no_lost_task",
    "concurrency_at_least",
    "expect",
    "cancel_anywhere",
    "costs",
    "latency",
)

STALL_NS: Final = 50_000_000
"""What ``no_stall=True`` means."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a marker says.

    Attributes:
        surroundings: The world.
        promises: What every run must hold.
        expect: Takes what the test returns; None for none, or where it is given as text.
        seeds: How many; None if it does not say.
        cancels: Whether to cancel at every suspension, too.
    """

    surroundings: Surroundings = field(default_factory=Surroundings)
    promises: Promises = field(default_factory=Promises)
    expect: Callable[[Any], Any] | None = None
    seeds: int | None = None
    cancels: bool = False


def read_marker(marker: pytest.Mark | None, directory: Path) -> Given:
    """Return what a marker says; None says nothing.

    Args:
        marker: The marker.
        directory: Where the names of files in it begin.

    Raises:
        UsageError: An argument makes no sense.
    """
    if marker is None:
        return Given()
    if marker.args:
        raise _wrong(f"takes no argument without a name, and {marker.args[0]!r} has none")
    given = marker.kwargs
    for name in given:
        if name not in NAMES:
            raise _wrong(f"has no argument {name}")
    expect = given.get("expect")
    if expect is not None and not isinstance(expect, str) and not callable(expect):
        raise _wrong(f"got expect={expect!r}: give a function, or its name as 'module:function'")
    no_stall_ns: int | None = STALL_NS
    if given.get("no_stall") is not True:
        no_stall_ns = _duration(given, "no_stall")
    return Given(
        surroundings=_surroundings(given, directory),
        promises=Promises(
            within_ns=_duration(given, "within"),
            no_stall_ns=no_stall_ns,
            expect=expect if isinstance(expect, str) else None,
            concurrency_at_least=_count(given, "concurrency_at_least"),
            no_lost_task=_flag(given, "no_lost_task"),
        ),
        expect=None if isinstance(expect, str) else expect,
        seeds=_count(given, "seeds"),
        cancels=_flag(given, "cancel_anywhere"),
    )


def _surroundings(given: Mapping[str, Any], directory: Path) -> Surroundings:
    world, costs = given.get("world"), given.get("costs", ())
    file: Path | None = None
    hosts: tuple[Host, ...] = ()
    if isinstance(world, str | os.PathLike):
        file = directory / world
    elif isinstance(world, Sequence) and all(isinstance(one, Host) for one in world):
        hosts = tuple(world)
    elif world is not None:
        raise _wrong(f"got world={world!r}: give a world file, or a list of loopscope.Host")
    costs = (costs,) if isinstance(costs, str) else costs
    if not isinstance(costs, Sequence) or not all(isinstance(one, str) for one in costs):
        raise _wrong(f"got costs={costs!r}: give text as in 'module.function=2s', or a list")
    for cost in costs:
        if "=" not in cost and cost != "none":
            raise _wrong(f"got costs={cost!r}: what is measured does not repeat")
    return Surroundings(
        world=file,
        hosts=tuple(host.description for host in hosts),
        latency_ns=_duration(given, "latency"),
        costs=tuple(costs),
    )


def _duration(given: Mapping[str, Any], name: str) -> int | None:
    value = given.get(name)
    if value is None or value is False:
        return None
    if isinstance(value, str):
        try:
            return parse_duration(value)
        except ValueError as error:
            raise _wrong(f"got {name}={value!r}: {error}") from None
    if isinstance(value, int | float) and value is not True and 0 <= value < 1 << 30:
        return round(value * NS_PER_S)
    raise _wrong(f"got {name}={value!r}: give seconds, as in 1.5, or text, as in '200ms'")


def _count(given: Mapping[str, Any], name: str) -> int | None:
    value = given.get(name)
    if value is None or (isinstance(value, int) and value is not True and value > 0):
        return value
    raise _wrong(f"got {name}={value!r}: give a whole number from 1")


def _flag(given: Mapping[str, Any], name: str) -> bool:
    value = given.get(name, False)
    if isinstance(value, bool):
        return value
    raise _wrong(f"got {name}={value!r}: give True or False")


def _wrong(what: str) -> UsageError:
    return UsageError(
        f"The marker loopscope {what.rstrip('.')}. Its arguments are: {', '.join(NAMES)}.",
        slug="marker-argument",
    )
