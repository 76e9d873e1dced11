"""One run of the program, as it is or rewritten, under one schedule, in the throw-away copy."""

import asyncio.runners
import contextlib
import importlib
import linecache
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from loopscope.check.choices import AsUsual, Choices
from loopscope.check.fixing.branches import Branch, Branches
from loopscope.check.fixing.guard import guarded
from loopscope.check.fixing.pictures import Picture, pictures_of, without_addresses
from loopscope.check.fixing.schedule import Schedule
from loopscope.check.fixing.scratch import Scratch
from loopscope.check.fixing.seen import FINE, BranchSeen, Request, Seen, Visit
from loopscope.check.fixing.steering import Steering
from loopscope.check.one_run import settings_of
from loopscope.check.program import Printed, Program, own_process
from loopscope.check.verdict import STOPPED, described
from loopscope.errors import LoopscopeError
from loopscope.session.simulated_run import SimulatedRun
from loopscope.simulator.world_parts import SimulationOver

MOST_STEPS: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Trial:
    """What is run. It can be pickled.

    Attributes:
        program: The program in the copy.
        scratch: The copy.
        directory: The working directory, in the copy.
        schedule: What is otherwise than usual.
        texts: Source files that are other than in the copy, by their path in it.
        trace: Where a recording goes; None for none.
    """

    program: Program
    scratch: Scratch
    directory: str
    schedule: Schedule = field(default_factory=Schedule)
    texts: Mapping[str, bytes] = field(default_factory=dict)
    trace: Path | None = None


def run_trial(trial: Trial) -> Seen:
    """Run it in this process, which is afterwards as it was before, and so is the copy.

    Raises:
        LoopscopeError: The world does not fit.
    """
    scratch = trial.scratch
    scratch.put(trial.texts)
    importlib.invalidate_caches()
    linecache.checkcache()
    files: dict[str, str] = {}
    try:
        seen = _Trying(trial).go()
    finally:
        files = scratch.take_changes(trial.texts)
    return replace(seen, files=files)


class _Output(Printed):
    """Standard output; what a branch prints goes to the branch."""

    def __init__(self, branches: Branches) -> None:
        super().__init__()
        self._branches = branches
        self.outside: list[str] = []

    def write(self, text: str, /) -> int:
        branch = self._branches.current
        (self.outside if branch is None else branch.printed).append(text)
        return super().write(text)


class _Trying:
    """A program on its way through one trial."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial
        self._branches = Branches(lambda: self._run.simulation.world.now_ns, self._picture)
        self._steering = Steering(trial.schedule, self._branches)
        self._state: dict[str, str] = {}

    def go(self) -> Seen:
        """Run the program to its end, whatever that is."""
        trial, program = self._trial, self._trial.program
        error: BaseException | None = None
        output = _Output(self._branches)
        with contextlib.ExitStack() as stack:
            main, _ = stack.enter_context(own_process(program))
            stack.enter_context(contextlib.redirect_stdout(output))
            # Only now, since handlers of the world are the program's own modules: they remember.
            settings = replace(
                settings_of(program.surroundings),
                draws=Choices(AsUsual()),
                steer=self._steering,
                max_steps=MOST_STEPS,
            )
            self._run = SimulatedRun(settings, trial.trace, program.identity, program.main_names)
            refused = stack.enter_context(guarded(trial.scratch.base))
            # What is installed from below the folder, to be edited there, is the program's as well.
            sys.path[:] = [trial.scratch.there(entry) if entry else entry for entry in sys.path]
            os.chdir(trial.directory)
            os.environ["PWD"] = trial.directory
            self._run.start()
            try:
                error = self._call(main)
            finally:
                self._run.stop()
            modules = self._own_modules(main)
            self._state |= pictures_of(modules, self._is_own)
        failures = self._run.failures()
        return Seen(
            ending=_ending(error, failures),
            duration_ns=self._run.simulation.world.now_ns,
            printed=tuple(without_addresses("".join(output.outside)).splitlines()),
            printed_all=without_addresses(output.getvalue()),
            state=self._state,
            requests=tuple(Request(*one) for one in self._steering.requests),
            visits=_visits(self._branches.all),
            has_acted=self._steering.has_acted,
            problem=_problem(failures, refused),
            own_files=tuple(modules),
        )

    def _call(self, main: ModuleType) -> BaseException | None:
        try:
            with self._branches.marked(), self._steering.listening(), self._hearing_results():
                self._trial.program.call(None, main, self._run.finish)
        except SimulationOver:
            return None  # the failures of the simulation say why
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001  (told as what the program did)
            return error
        return None

    @contextlib.contextmanager
    def _hearing_results(self) -> Iterator[None]:
        """Note what main coroutines return."""
        run = asyncio.runners.Runner.run

        def run_noted(runner: Any, coroutine: Any, **options: Any) -> Any:  # noqa: ANN401
            result = run(runner, coroutine, **options)
            self._state[f"what {coroutine.__name__}() returned"] = self._picture(result)
            return result

        asyncio.runners.Runner.run = run_noted  # type: ignore[assignment, method-assign]
        try:
            yield
        finally:
            asyncio.runners.Runner.run = run  # type: ignore[method-assign]

    def _picture(self, value: object) -> str:
        return Picture(self._is_own).of(value)

    def _is_own(self, kind: type) -> bool:
        module = sys.modules.get(kind.__module__)
        return module is not None and (
            kind.__module__ == "__main__" or self._trial.program.is_own(module)
        )

    def _own_modules(self, main: ModuleType) -> dict[str, ModuleType]:
        """Return the program's own modules, by the path of their file in the folder."""
        program = self._trial.program
        found = {program.file: main}
        for module in list(sys.modules.values()):
            if module is not main and program.is_own(module):
                found.setdefault(module.__file__ or "", module)
        folder = self._trial.scratch.folder
        return {
            str(Path(file).relative_to(folder) if Path(file).is_relative_to(folder) else file): one
            for file, one in found.items()
        }


def _ending(error: BaseException | None, failures: list[LoopscopeError]) -> str:
    for failure in failures:
        return f"it was stopped ({failure.slug})"
    if error is None or (isinstance(error, SystemExit) and error.code in (None, 0)):
        return FINE
    if isinstance(error, SystemExit):
        code = error.code if isinstance(error.code, int) else 1
        return f"it ended with exit code {code}"
    return f"it raised {without_addresses(described(error))}"


def _problem(failures: list[LoopscopeError], refused: list[str]) -> str:
    for failure in failures:
        if failure.slug not in STOPPED:
            return str(failure)
    if refused:
        return (
            f"It writes {refused[0]}, outside its own folder, which is refused in a trial: let it "
            "write below its folder."
        )
    return ""


def _visits(branches: list[Branch]) -> tuple[Visit, ...]:
    """Return the branches, those together that belong to one visit."""
    visits: dict[tuple[int, int], list[Branch]] = {}
    for one in branches:
        visits.setdefault(one.visit, []).append(one)
    found = []
    for together in visits.values():
        begun = [one.begun_ns for one in together if one.begun_ns >= 0]
        ended = [one.ended_ns for one in together if one.ended_ns >= 0]
        lasts_ns = max(ended) - min(begun) if begun and ended else 0
        found.append(Visit(tuple(_branch_seen(one) for one in together), lasts_ns))
    return tuple(found)


def _branch_seen(branch: Branch) -> BranchSeen:
    lasts_ns = branch.ended_ns - branch.begun_ns if branch.ended_ns >= 0 else 0
    printed = without_addresses("".join(branch.printed))
    return BranchSeen(branch.label, printed, branch.result, lasts_ns, tuple(branch.leaves))
