"""``time`` and ``datetime`` in virtual time.

The monotonic clocks begin at 0, the wall clock at ``world.epoch_ns``: the same moment in every run.
The zone stays the machine's. The clocks of computing (``process_time``, ``thread_time``) show what
was charged, so that a run with fixed costs repeats to the nanosecond.
"""

import logging
import time
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, tzinfo
from functools import partial
from sys import version_info
from threading import get_ident
from typing import Any

from loopscope.simulator.patches.install import ForAll, Replacement, real
from loopscope.simulator.patches.seconds import is_duration, to_ns
from loopscope.simulator.world import World

Clock = Callable[[], int]


def clock_patches(world: World) -> Iterator[Replacement]:
    """Yield what replaces the clocks and ``sleep``."""

    def wall_ns() -> int:
        return world.epoch_ns + world.read_ns()

    def process_ns() -> int:
        world.read_ns()
        mine = world.current
        return world.computed_ns if mine.cores is None else mine.computed_ns

    def thread_ns() -> int:
        world.read_ns()
        return world.current.computed_ns

    clocks: dict[str, Clock] = {
        "time": wall_ns,
        "monotonic": world.read_ns,
        "perf_counter": world.read_ns,
        "process_time": process_ns,
        "thread_time": thread_ns,
    }
    for name, clock in clocks.items():
        yield time, name, ForAll(_in_seconds(world, clock, real(getattr(time, name))))
        yield time, f"{name}_ns", ForAll(_in_ns(world, clock, real(getattr(time, f"{name}_ns"))))
    yield time, "sleep", partial(_sleep, world, real(time.sleep))  # noqa: TID251 - it is replaced
    yield from _clocks_by_number(clocks)
    yield from _calendar(wall_ns)
    yield datetime, "now", partial(_now, wall_ns)
    yield datetime, "utcnow", partial(_utcnow, wall_ns)
    # When the program began, for the messages' ``relativeCreated``: in ns since 3.13.
    began_ns = world.epoch_ns
    yield logging, "_startTime", began_ns if version_info >= (3, 13) else began_ns / 1e9


def _in_seconds(world: World, clock: Clock, real_clock: Callable[[], float]) -> Callable[[], float]:
    """Return a clock in seconds. Programs read clocks in their hottest loops: count calls."""

    def in_seconds() -> float:
        return clock() / 1_000_000_000 if get_ident() == world.current.ident else real_clock()

    return in_seconds


def _in_ns(world: World, clock: Clock, real_clock: Clock) -> Clock:
    return lambda: clock() if get_ident() == world.current.ident else real_clock()


def _sleep(world: World, real_sleep: Callable[[object], None], seconds: float, /) -> None:
    if not is_duration(seconds):
        real_sleep(seconds)  # raises what it raises
    if not seconds:
        world.read_ns()  # a program may wait by sleeping for no time at all
    world.sleep(to_ns(seconds), "sleep")


def _clocks_by_number(clocks: dict[str, Clock]) -> Iterator[Replacement]:
    """Yield ``clock_gettime``, which asks for a clock by its number."""
    numbers = {
        "CLOCK_REALTIME": "time",
        "CLOCK_TAI": "time",
        "CLOCK_MONOTONIC": "monotonic",
        "CLOCK_MONOTONIC_RAW": "monotonic",
        "CLOCK_BOOTTIME": "monotonic",
        "CLOCK_UPTIME_RAW": "monotonic",
        "CLOCK_PROCESS_CPUTIME_ID": "process_time",
        "CLOCK_THREAD_CPUTIME_ID": "thread_time",
    }
    known = {getattr(time, number, None): clocks[name] for number, name in numbers.items()}

    def by_number(real_clock: Callable[[int], Any], unit: int, number: int, /) -> Any:
        clock = known.get(number)
        if clock is None:
            return real_clock(number)
        return clock() if unit == 1 else clock() / unit

    yield time, "clock_gettime", partial(by_number, real(time.clock_gettime), 1_000_000_000)
    yield time, "clock_gettime_ns", partial(by_number, real(time.clock_gettime_ns), 1)


def _calendar(wall_ns: Clock) -> Iterator[Replacement]:
    """Yield the functions of ``time`` that mean now when they are not told a time."""

    def now_s() -> int:
        return wall_ns() // 1_000_000_000

    def of_seconds(function: Callable[..., Any], *args: Any) -> Any:
        return function(*args) if args and args[0] is not None else function(now_s())

    def of_fields(function: Callable[..., Any], count: int, *args: Any) -> Any:
        return function(*args) if len(args) != count else function(*args, localtime(now_s()))

    localtime = real(time.localtime)
    for function in (time.localtime, time.gmtime, time.ctime):
        yield time, function.__name__, partial(of_seconds, real(function))
    yield time, "asctime", partial(of_fields, real(time.asctime), 0)
    yield time, "strftime", partial(of_fields, real(time.strftime), 1)


def _now(wall_ns: Clock, cls: type[datetime], tz: tzinfo | None = None) -> datetime:
    # Whole microseconds survive the way through a float until the year 2112.
    return cls.fromtimestamp(wall_ns() // 1000 / 1_000_000, tz)


def _utcnow(wall_ns: Clock, cls: type[datetime]) -> datetime:
    if version_info >= (3, 12):
        warnings.warn(
            "datetime.datetime.utcnow() is deprecated and scheduled for removal in a future"
            " version. Use timezone-aware objects to represent datetimes in UTC:"
            " datetime.datetime.now(datetime.UTC).",
            DeprecationWarning,
            stacklevel=3,
        )
    return _now(wall_ns, cls, UTC).replace(tzinfo=None)
