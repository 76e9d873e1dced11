"""One simulated run: a world, what is put under the program, and what is to be said of it."""

import asyncio
import contextlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from types import CodeType
from typing import Any

from loopscope.errors import SimulationError
from loopscope.simulator.charging import Charges
from loopscope.simulator.collecting import steady_collection
from loopscope.simulator.costs import Costs, CpuMeter
from loopscope.simulator.deadlock import verdict
from loopscope.simulator.hosts.description import Description
from loopscope.simulator.hosts.directory import HostDirectory, stub_host
from loopscope.simulator.hosts.draws import Draws
from loopscope.simulator.hosts.steer import Steer
from loopscope.simulator.loops import loop_patches
from loopscope.simulator.missing_modules import missing_modules
from loopscope.simulator.network.network import Network
from loopscope.simulator.network.patches import patches as network_patches
from loopscope.simulator.patches.everything import Patched, patched
from loopscope.simulator.repeatable import numbered_futures
from loopscope.simulator.world import NEVER_NS, World

MOST_STEPS = 10_000_000
LONGEST_NS = 24 * 3_600_000_000_000


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run depends on, beside the program.

    Attributes:
        seed: Where every random choice comes from.
        cpus: How many processors the program finds.
        costs: How computing is charged.
        hosts: The hosts it can reach.
        stub_latency_ns: How long hosts take that nobody described; None if there are none such.
        max_steps: How many steps its loops may run.
        max_time_ns: How long it may take, in virtual time.
        draws: Decides what the hosts leave to chance; None lets the seed decide. It is used up by
            one run.
        steer: Hears of every request to a host, and may change what comes of it.
    """

    seed: int = 0
    cpus: int = 4
    costs: Costs = field(default_factory=Costs)
    hosts: tuple[Description, ...] = ()
    stub_latency_ns: int | None = None
    max_steps: int = MOST_STEPS
    max_time_ns: int = LONGEST_NS
    draws: Draws | None = None
    steer: Steer | None = None


class Simulation:
    """A world under the program, from ``start`` to ``stop``.

    Args:
        settings: What the run depends on.
        main_names: Under which names of modules costs mean the program itself.
    """

    def __init__(self, settings: Settings, main_names: tuple[str, ...] = ()) -> None:
        self.world = world = World(settings.seed, cpus=settings.cpus)
        self.settings = settings
        world.limit_ns = min(settings.max_time_ns, NEVER_NS)
        world.step_limit = settings.max_steps
        world.on_stop = partial(verdict, world)
        hosts = list(settings.hosts)
        if settings.stub_latency_ns is not None:
            hosts.append(stub_host(settings.stub_latency_ns))
        self._network = Network(world, HostDirectory(hosts, settings.draws, settings.steer))
        self._charges = Charges(world, settings.costs.fixed_ns, main_names)
        self._stack = contextlib.ExitStack()
        self._patched: Patched | None = None

    def program_code(self, source: bytes, path: str, code: CodeType) -> CodeType:
        """Return the program's code with the costs of its own functions in it."""
        return self._charges.program_code(source, path, code)

    def start(self) -> None:
        """Put the world under the program."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(steady_collection(self.world))
            stack.enter_context(numbered_futures())
            stack.callback(self._charges.restore)
            stack.enter_context(missing_modules())
            network = stack.enter_context(network_patches(self._network))
            self._patched = stack.enter_context(
                patched(
                    self.world, network, partial(loop_patches, self.world), self._charges.patches
                )
            )
            self._stack = stack.pop_all()
        if self.settings.costs.factor:  # only now: nothing before is the program's computing
            self.world.meter = CpuMeter(self.settings.costs.factor)
            self.world.meter.skip(self.world.main)

    def finish(self) -> None:
        """Wait for what Python waits for at the end of a program: pools and threads.

        Threads of a run that was stopped are ended instead: Python would wait for them in vain.
        """
        if self._patched is None:
            return
        try:
            if self.world.verdict is None:
                self._patched.finish()
        finally:
            if self.world.verdict is not None:
                self._patched.end_threads()

    def stop(self) -> None:
        """Take the world away again; its threads that are left unwind."""
        self._stack.close()

    def run(self, main: Callable[[], Any]) -> Any:
        """Call a function inside the world; a coroutine that it returns is run by asyncio.

        Raises:
            SimulationOver: The run was stopped; ``failures`` says why.
        """
        result = main()
        if inspect.iscoroutine(result):
            result = asyncio.run(result)
        self.finish()
        return result

    def refused_ports(self) -> list[int]:
        """Return at which ports of its own machine the program found nobody."""
        return list(self._network.refused_ports)

    def failures(self) -> list[SimulationError]:
        """Return why the run was stopped and what left the simulation; empty if all is well."""
        found = [] if self.world.verdict is None else [self.world.verdict]
        found += self._network.problems
        if self._patched is not None:
            found += self._patched.escapes
        return found
