"""Runs a coroutine function, or a plain one, in a world with described hosts."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from loopscope.errors import SimulationError
from loopscope.simulator.hosts.description import Description
from loopscope.simulator.hosts.directory import HostDirectory
from loopscope.simulator.hosts.host import Host
from loopscope.simulator.loop import VirtualLoop
from loopscope.simulator.network.network import Network
from loopscope.simulator.network.patches import patches
from loopscope.simulator.patches.everything import patched
from loopscope.simulator.world import World

Main = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a simulation.

    Attributes:
        result: What the function returned, or the exception it raised.
        seconds: How long it took in the world.
        problems: What was wrong with the description of the world.
        real_calls: The audit events of real sockets that its threads raised.
    """

    result: Any
    seconds: float
    problems: list[SimulationError]
    real_calls: list[str]


class _Listener:
    """Hears what real sockets are used for; an audit hook stays for ever."""

    world: World | None = None
    heard: list[str]

    def hear(self, event: str, _: object) -> None:
        """Note an event of the socket module that comes from a thread of the simulation."""
        if self.world is not None and event.startswith("socket.") and self.world.is_here():
            self.heard.append(event)


_listener = _Listener()
sys.addaudithook(_listener.hear)


def simulate(main: Main, *hosts: Host | Description, seed: int = 0) -> Outcome:
    """Run a function in a world; a coroutine function on a virtual loop."""
    world = World(seed)
    described = [one.description if isinstance(one, Host) else one for one in hosts]
    network = Network(world, HostDirectory(described))
    _listener.world, _listener.heard = world, []
    try:
        with patches(network) as network_patches, patched(world, network_patches) as program:
            try:
                result = _run(main, world)
            except Exception as error:  # noqa: BLE001 - the outcome of what is tested
                result = error
            program.finish()
    finally:
        _listener.world = None
    return Outcome(result, world.now_ns / 1e9, network.problems, _listener.heard)


def _run(main: Main, world: World) -> Any:
    if not asyncio.iscoroutinefunction(main):
        return main()
    loop = VirtualLoop(world)
    asyncio.set_event_loop(loop)
    try:
        return _complete(loop, main())
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def _complete(loop: VirtualLoop, coroutine: Coroutine[Any, Any, Any]) -> Any:
    try:
        return loop.run_until_complete(coroutine)
    finally:
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())


def of(main: Main, *hosts: Host | Description, seed: int = 0) -> tuple[Any, float]:
    """Return what a function returned and how long it took in a world.

    The function must not raise, touch anything real, or miss something in the description.
    """
    outcome = simulate(main, *hosts, seed=seed)
    if isinstance(outcome.result, Exception):
        raise outcome.result
    assert outcome.problems == []
    assert outcome.real_calls == []
    return outcome.result, outcome.seconds
