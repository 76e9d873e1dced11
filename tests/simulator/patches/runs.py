"""Runs a program in a world where computing is free, and says what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from loopscope.errors import SimulationError
from loopscope.simulator.costs import FREE
from loopscope.simulator.patches.install import running
from loopscope.simulator.run import Settings, Simulation
from loopscope.simulator.world_parts import SimulationOver


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a simulation.

    Attributes:
        result: What the program returned; None if it was stopped.
        seconds: How long it took in virtual time.
        failures: Why it was stopped, and what tried to leave the simulation.
    """

    result: Any
    seconds: float
    failures: list[SimulationError]


def simulate(main: Callable[[], Any], *, seed: int = 0, cpus: int = 4) -> Run:
    """Run a function, or a coroutine function, in a world of its own.

    An error of the simulation that comes out of the program is among the failures.
    """
    simulation = Simulation(Settings(seed=seed, cpus=cpus, costs=FREE))
    result = None
    simulation.start()
    try:
        result = simulation.run(main)
    except (SimulationOver, SimulationError):
        pass
    finally:
        simulation.stop()
    return Run(result, simulation.world.now_ns / 1e9, simulation.failures())


def outcome(main: Callable[[], Any], *, seed: int = 0, cpus: int = 4) -> Any:
    """Return what a program returns that neither gets stuck nor leaves the simulation."""
    run = simulate(main, seed=seed, cpus=cpus)
    assert [str(one) for one in run.failures] == []
    return run.result


def compute(seconds: float) -> None:
    """Compute for a while, on the thread of a simulation."""
    world = running()
    assert world is not None
    world.compute(round(seconds * 1e9))
