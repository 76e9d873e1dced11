"""Runs a program once in a world, and notes everything that it is judged by."""

import asyncio
import gc
import inspect
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

from loopscope.check.one_run import settings_of
from loopscope.check.places import deepest, raised_at
from loopscope.check.program import Program, own_process
from loopscope.check.promises import Promises
from loopscope.check.surroundings import Surroundings
from loopscope.check.verdict import described
from loopscope.check.watching import Watch, watched
from loopscope.learn.lessons.model import Trial
from loopscope.session.simulated_run import SimulatedRun
from loopscope.simulator.world import World
from loopscope.simulator.world_parts import SimulationOver

MOST_STEPS: Final = 200_000
LONGEST_NS: Final = 3_600_000_000_000


@dataclass(slots=True)
class Attempt:
    """What one run of a program came to.

    Attributes:
        error: The type of what it raised, "" for nothing; ``told`` says it with its message.
        raised_at: The line that raised it.
        stuck: Why the simulation was stopped, "" if it was not.
        result: What the trial's expression gave; None for a script.
        printed: The lines it printed.
        also: The values of the other expressions of the trial, by name.
        duration_ns: How long it took.
        blocked_ns: How long its steps held the loop.
        lost: What went wrong without a word: coroutines never awaited, exceptions nobody saw,
            tasks that the end of the program cut off.
    """

    error: str = ""
    told: str = ""
    raised_at: str = ""
    stuck: str = ""
    result: object = None
    printed: tuple[str, ...] = ()
    also: dict[str, object] = field(default_factory=dict)
    duration_ns: int = 0
    blocked_ns: int = 0
    lost: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Candidate:
    """A program in a trial, ready to be run again and again.

    Attributes:
        file: The program.
        base: Where the modules are that it imports.
        trial: What is called, and in which world.
    """

    file: Path
    base: Path
    trial: Trial

    @cached_property
    def _program(self) -> Program:
        setting = self.trial.setting
        return Program(
            name=self.file.name,
            file=str(self.file),
            path_entry=str(self.base),
            argv=(self.file.name,),
            surroundings=Surroundings(
                world=setting.world,
                costs=setting.costs,
                cpus=setting.cpus,
                max_steps=MOST_STEPS,
                max_time_ns=LONGEST_NS,
            ),
        )

    @cached_property
    def _source(self) -> bytes:
        return self.file.read_bytes()

    def attempt(self, seed: int, trace: Path | None = None) -> Attempt:
        """Run it once in this process, which is afterwards as it was before.

        Args:
            seed: Where all that is left to chance comes from.
            trace: Where a recording of the run goes; none is made without.

        Raises:
            LoopscopeError: The trial's world does not fit the program.
        """
        program, found = self._program, Attempt()
        settings = replace(settings_of(program.surroundings), seed=seed)
        with own_process(program) as (main, printed), self._imported(main):
            run = SimulatedRun(settings, trace, program.identity, program.main_names)
            code = run.simulation.program_code(self._source, program.file, self._code)
            run.start()
            try:
                with _noted(run.simulation.world, found):
                    self._call(code, main, found)
                    run.finish()
            except SimulationOver:
                pass  # the failures of the simulation say why
            finally:
                run.stop()
        found.stuck = "\n".join(str(failure) for failure in run.failures())
        found.duration_ns = run.simulation.world.now_ns
        found.printed = tuple(printed.getvalue().splitlines())
        return found

    @contextmanager
    def _imported(self, main: ModuleType) -> Iterator[None]:
        """Let a program that is called be a module, whose functions other processes find."""
        if not self.trial.call:
            yield
            return
        main.__name__ = self.file.stem
        before = sys.modules.get(main.__name__)
        sys.modules[main.__name__] = main
        try:
            yield
        finally:
            del sys.modules[main.__name__]
            if before is not None:
                sys.modules[main.__name__] = before

    @cached_property
    def _code(self) -> CodeType:
        return compile(self._source, str(self.file), "exec", dont_inherit=True)

    def _call(self, code: CodeType, main: ModuleType, found: Attempt) -> None:
        try:
            exec(code, main.__dict__)  # noqa: S102  (what it is for)
            if self.trial.call:
                found.result = _value(self.trial.call, main)
            found.also = {name: _value(text, main) for name, text in self.trial.also.items()}
        except (SimulationOver, KeyboardInterrupt):
            raise
        except BaseException as error:  # noqa: BLE001  (told as what the program did)
            inner = deepest(error)
            found.error, found.told = type(inner).__name__, described(inner)
            found.raised_at = raised_at(error)


def _value(expression: str, main: ModuleType) -> object:
    """Return the value of an expression in a module; a coroutine is run to its end."""
    value = eval(expression, main.__dict__)  # noqa: S307  (what it is for)
    return asyncio.run(value) if inspect.iscoroutine(value) else value


@contextmanager
def _noted(world: World, found: Attempt) -> Iterator[None]:
    """Note what holds the loop and what is lost while the block runs."""

    def on_held(is_waiting: bool, since_ns: int) -> None:
        if recorded is not None:
            recorded(is_waiting, since_ns)
        if asyncio._get_running_loop() is not None:  # noqa: SLF001  (the public way raises)
            found.blocked_ns += world.now_ns - since_ns

    recorded = world.on_held
    world.on_held = on_held
    with warnings.catch_warnings(record=True) as warned, watched(world, Promises()) as watch:
        warnings.simplefilter("always")
        try:
            yield
        finally:
            gc.collect(1)
            watch.note_tasks()
            found.lost = _lost(watch, warned)


def _lost(watch: Watch, warned: list[warnings.WarningMessage]) -> list[str]:
    forgotten = [str(one.message) for one in warned if "never awaited" in str(one.message)]
    losses = [*watch.lost, *watch.unfinished]
    return [*forgotten, *(f"{loss.what} ({loss.where})" for loss in losses)]
