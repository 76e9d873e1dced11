"""A whole program in a simulated world, with its recording."""

from pathlib import Path
from typing import Final

from loopscope.errors import LoopscopeError
from loopscope.model.units import NS_PER_S
from loopscope.recorder.recorder import Recorder
from loopscope.recorder.stage import simulated_stage
from loopscope.simulator.run import Settings, Simulation
from loopscope.simulator.sampler import LOOK_EVERY_NS, Sampler
from loopscope.simulator.world import World

SIMULATED_SUFFIX: Final = ".simulated.loopscope"


class SimulatedRun:
    """A whole program that is simulated and, where a path is given, recorded.

    Args:
        settings: What the run depends on.
        path: Where the trace goes; None to write none.
        program: What is simulated, for the trace's header.
        main_names: Under which names of modules costs mean the program itself.
    """

    def __init__(
        self, settings: Settings, path: Path | None, program: str, main_names: tuple[str, ...] = ()
    ) -> None:
        self.path = path or Path()
        self.simulation = Simulation(settings, main_names)
        self._program = program
        self._recorder: Recorder | None = None
        self._is_recorded = path is not None
        self._sampler: Sampler | None = None

    def start(self) -> None:
        """The program begins.

        Raises:
            RecordError: The trace cannot be written.
            UsageError: A function that is to cost something does not exist.
            SimulationError: Another simulation runs in this process.
        """
        self.simulation.start()
        if not self._is_recorded:
            return
        world = self.simulation.world
        stage = simulated_stage(lambda: world.now_ns, world.epoch_ns, world.seed)
        try:
            self._recorder = Recorder(self.path, self._program, stage)
        except LoopscopeError:
            self.simulation.stop()
            raise
        self._recorder.start()
        self._listen(self._recorder)

    def _listen(self, recorder: Recorder) -> None:
        """Let the recording know what holds a loop, and where."""
        world = self.simulation.world
        if world.meter is None:
            world.on_held = recorder.note_held
            return
        sampler = self._sampler = Sampler(world)
        sampler.start()
        world.on_held = _Joined(recorder, world, sampler).note

    def finish(self) -> None:
        """The program's last line has run: wait for its threads, in virtual time."""
        self.simulation.finish()

    def stop(self) -> None:
        """All is over, exit handlers too."""
        self.simulation.world.on_held = None
        if self._sampler is not None:
            self._sampler.stop()
        if self._recorder is not None:
            self._recorder.stop()
        self.simulation.stop()

    def remarks(self) -> list[str]:
        """Return how long the whole program took, and which servers may be missing."""
        seconds = self.simulation.world.now_ns / NS_PER_S
        return [
            f"The program took {seconds:.9g} s of virtual time.",
            *map(_nobody_listens, self.simulation.refused_ports()),
        ]

    def failures(self) -> list[LoopscopeError]:
        """Return why the run was stopped and what left the simulation; empty if all is well."""
        return list(self.simulation.failures())


class _Joined:
    """Joins charges for computing that follow each other: most are shorter than a photograph."""

    def __init__(self, recorder: Recorder, world: World, sampler: Sampler) -> None:
        self._recorder = recorder
        self._world = world
        self._sampler = sampler
        self._began_ns = self._ended_ns = 0

    def note(self, waited: bool, began_ns: int) -> None:
        """Be told that the calling thread waited or computed."""
        if waited:
            self._recorder.note_held(waited, began_ns)
            return
        world = self._world
        if began_ns != self._ended_ns:
            self._began_ns = began_ns
        self._ended_ns = world.now_ns
        if self._ended_ns - self._began_ns >= LOOK_EVERY_NS:
            stack = self._sampler.take(world.current.ident)
            self._recorder.note_held(waited, self._began_ns, stack)
            self._began_ns = self._ended_ns


def _nobody_listens(port: int) -> str:
    return (
        f"Nothing listens at port {port} of this machine, so the connection was refused. If a "
        f'server is meant, describe it: a [[host]] with name = "localhost" and port = {port}.'
    )
