"""Puts a whole world under a program: clocks, threads, processes, randomness, and no way out."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from loopscope.simulator.patches.clocks import clock_patches
from loopscope.simulator.patches.drivers import Drivers
from loopscope.simulator.patches.escape import Escapes
from loopscope.simulator.patches.install import PatchSet, installed
from loopscope.simulator.patches.locks import Waits, lock_patches
from loopscope.simulator.patches.machine import machine_patches
from loopscope.simulator.patches.native_waits import NativeWaits
from loopscope.simulator.patches.outside import outside_patches, unwatch, watch
from loopscope.simulator.patches.processes import Processes
from loopscope.simulator.patches.randomness import Randomness
from loopscope.simulator.patches.threads import Threads
from loopscope.simulator.redirect import why_not_here
from loopscope.simulator.world import World


class Patched:
    """A program that stands on a world.

    Attributes:
        escapes: What tried to leave the simulation, also where the program swallowed the error.
        limit: What cannot be virtual in this interpreter, and why; None if all can be.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._escapes = Escapes()
        self._waits = Waits(world, self._escapes)
        self._threads = Threads(world, self._waits, self._escapes)
        self._processes = Processes(world, self._escapes)
        self._randomness = Randomness(world)
        self._drivers = Drivers(self._escapes)
        self.escapes = self._escapes.errors
        why = why_not_here()
        self.limit = why and f"{why} Threads are refused, and datetime.now() shows real time."

    def finish(self) -> None:
        """Wait, in virtual time, for all that an interpreter waits for when its program has ended.

        Pools do what was submitted to them, and threads that are no daemons are joined.
        """
        self._processes.finish()
        self._threads.finish()

    def end_threads(self) -> None:
        """End the threads that are left, in silence."""
        self._threads.close()

    def patch_sets(self) -> Iterator[PatchSet]:
        """Yield what replaces everything but the network and the loop."""
        yield partial(clock_patches, self._world)
        yield self._randomness.patches
        yield partial(lock_patches, self._waits)
        yield self._threads.patches
        yield self._processes.patches
        yield partial(outside_patches, self._escapes)
        yield machine_patches
        yield self._drivers.patches

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Refuse ways out while the block runs, and end the world's threads after it."""
        watch(self._world, self._escapes)
        waits = NativeWaits(self._world, self._escapes)
        waits.start()
        try:
            with self._randomness.shared(), self._drivers.late():
                yield
        finally:
            waits.stop()
            self.end_threads()
            unwatch()


@contextmanager
def patched(world: World, *patch_sets: PatchSet) -> Iterator[Patched]:
    """Put a world under the program while the block runs; then restore everything exactly.

    Args:
        world: The world. Its threads that are left at the end of the block unwind.
        *patch_sets: What is replaced beside (the network, the loop): see ``installed``.

    Raises:
        SimulationError: Another simulation runs in this process.
    """
    program = Patched(world)
    with (
        installed(world, *program.patch_sets(), *patch_sets),
        program.guarded(),
    ):
        yield program
