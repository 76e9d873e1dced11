"""Runs a function in a simulated world: ``loopscope.simulate``."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, TypedDict, TypeVar, Unpack, overload

from loopscope.errors import LoopscopeError, SimulationError, UsageError
from loopscope.model.units import NS_PER_S
from loopscope.session.recording import check_target, main_program
from loopscope.session.simulated_run import SimulatedRun
from loopscope.simulator.costs import parse_costs
from loopscope.simulator.hosts.description import Description
from loopscope.simulator.hosts.host import Host
from loopscope.simulator.run import LONGEST_NS, MOST_STEPS, Settings
from loopscope.simulator.world_file import read_world
from loopscope.simulator.world_parts import SimulationOver, is_of_the_end

T = TypeVar("T")

_LEAST: Final = {"seed": 0, "latency_s": 0, "cpus": 1, "max_steps": 1, "max_time_s": 0}
"""The least values of options that are numbers."""


class SimulateOptions(TypedDict, total=False):
    """What ``simulate`` may be told.

    Attributes:
        seed: Every random choice comes from it; 0 by default.
        world: The hosts the program can reach: a world file, or ``loopscope.Host`` objects.
        latency_s: Lets hosts that nobody described answer too, after so many seconds.
        costs: What computing costs, as on the command line: ``"measured"`` (the default), a
            factor of it (``"2x"``), ``"none"``, or ``"module.function=2s"``; one or several.
        cpus: How many processors the program finds, 4 by default.
        max_steps: How many steps the loops may run, 10,000,000 by default.
        max_time_s: How long the run may take in virtual seconds, a day by default.
        out: Where the trace goes; none is written by default.
    """

    seed: int
    world: str | os.PathLike[str] | Sequence[Host]
    latency_s: float
    costs: str | Sequence[str]
    cpus: int
    max_steps: int
    max_time_s: float
    out: str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class Simulated(Generic[T]):
    """What a simulated run brought.

    Attributes:
        result: What the program returned.
        duration_s: How long it took, in virtual seconds.
        steps: How many steps its loops ran.
        trace: The recording, if one was written.
    """

    result: T
    duration_s: float
    steps: int
    trace: Path | None


@overload
def simulate(
    main: Callable[[], Coroutine[Any, Any, T]], **options: Unpack[SimulateOptions]
) -> Simulated[T]: ...
@overload
def simulate(main: Callable[[], T], **options: Unpack[SimulateOptions]) -> Simulated[T]: ...
def simulate(main: Callable[[], Any], **options: Unpack[SimulateOptions]) -> Simulated[Any]:
    """Run a function in a simulated world: no waiting, no network, every run repeatable.

    Args:
        main: A coroutine function, which ``asyncio.run`` runs, or any other function. What it
            calls finds virtual clocks, loops, threads, locks and sockets.
        **options: See ``SimulateOptions``.

    Raises:
        SimulationError: The program is deadlocked, met a limit, or left the simulation.
        LoopscopeError: An option does not fit, or the trace cannot be written.
        TypeError: ``main`` is no function, or there is no such option.
        Exception: Whatever ``main`` raises.
    """
    if asyncio._get_running_loop() is not None:  # noqa: SLF001  (the public way raises)
        raise SimulationError(
            "A simulation cannot begin while an event loop runs in its thread: call simulate() "
            "from ordinary code, or give it a thread of its own, as in a notebook: "
            "await asyncio.to_thread(loopscope.simulate, main).",
            slug="loop-running",
        )
    _check_arguments(main, options)
    path = Path(options["out"]) if "out" in options else None
    if path is not None:
        check_target(path)
    run = SimulatedRun(_settings(options), path, main_program())
    run.start()
    result = None
    error: BaseException | None = None
    try:
        result = run.simulation.run(main)
    except SimulationOver as over:
        error = over
    except Exception as raised:  # noqa: BLE001  (raised again below)
        error = raised
    finally:
        run.stop()
    _raise_first(run.failures(), error)
    world = run.simulation.world
    return Simulated(result, world.now_ns / NS_PER_S, world.steps, path)


def _raise_first(failures: list[LoopscopeError], error: BaseException | None) -> None:
    """Raise what matters most: why the run says nothing of the program, else its own error."""
    if not failures:
        if error is not None:
            raise error
        return
    first = failures[0]
    for other in failures[1:]:
        first.add_note(str(other))
    if first is error or is_of_the_end(error):
        error = first.__cause__
    raise first from error


def _check_arguments(main: object, options: SimulateOptions) -> None:
    """Refuse what is no program, and options that are misspelt or make no sense."""
    if not callable(main):
        if isinstance(main, Coroutine):
            main.close()
        raise TypeError(
            "simulate() takes the function that is the program, as in simulate(main), not "
            f"{'what it returns' if isinstance(main, Coroutine) else repr(main)}."
        )
    for name, value in options.items():
        if name not in SimulateOptions.__annotations__:
            known = ", ".join(SimulateOptions.__annotations__)
            raise TypeError(f"simulate() has no option {name!r}; there are: {known}.")
        least = _LEAST.get(name)
        if least is not None and not (isinstance(value, int | float) and value >= least):
            raise UsageError(
                f"simulate() got {name}={value!r}: give a number that is at least {least}.",
                slug="simulate-option",
            )


def _settings(options: SimulateOptions) -> Settings:
    costs = options.get("costs", ())
    latency_s = options.get("latency_s")
    return Settings(
        seed=options.get("seed", 0),
        cpus=options.get("cpus", 4),
        costs=parse_costs([costs] if isinstance(costs, str) else costs),
        hosts=_hosts(options.get("world", ())),
        stub_latency_ns=None if latency_s is None else round(latency_s * NS_PER_S),
        max_steps=options.get("max_steps", MOST_STEPS),
        max_time_ns=round(options.get("max_time_s", LONGEST_NS / NS_PER_S) * NS_PER_S),
    )


def _hosts(world: str | os.PathLike[str] | Sequence[Host]) -> tuple[Description, ...]:
    if isinstance(world, str | os.PathLike):
        return tuple(read_world(Path(world)))
    for host in world:
        if not isinstance(host, Host):
            raise UsageError(
                f"simulate() got {host!r} in world=: give a world file, or a list of "
                "loopscope.Host.",
                slug="simulate-option",
            )
    return tuple(host.description for host in world)
