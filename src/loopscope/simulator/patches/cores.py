"""Processors on which the processes of a simulated program compute, beside the program itself."""

from typing import Final

from loopscope.simulator.world import World
from loopscope.simulator.world_parts import Gate

SLICE_NS: Final = 10_000_000
"""How long a process has a processor while others want one: about what Linux gives it."""


class Cores:
    """Some processors, shared by all processes of a world.

    Args:
        world: The world.
        count: How many there are.
    """

    def __init__(self, world: World, count: int) -> None:
        self._world = world
        self._free = count
        self._wanted = Gate("processor")

    def compute(self, cost_ns: int) -> None:
        """Let the calling thread compute: time passes while it has a processor."""
        world = self._world
        while cost_ns > 0:
            while not self._free:
                world._wait(self._wanted, None)
            self._free -= 1
            spent_ns = min(cost_ns, SLICE_NS)
            cost_ns -= spent_ns
            try:
                world._wait(Gate("computing"), world.now_ns + spent_ns)
            finally:
                self._free += 1
                is_wanted = world.wake(self._wanted)
            if is_wanted and cost_ns:
                world.let_others_run()  # or this thread would have it again at once
