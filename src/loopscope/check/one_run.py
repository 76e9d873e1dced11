"""Runs a program once in its world, and says which promise it broke."""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from loopscope.analysis.summary import summarise
from loopscope.check.cancel import COUNT_ONLY, Canceller, cancelling
from loopscope.check.cancel_verdict import judge_cancelled
from loopscope.check.case import Case
from loopscope.check.guidance import choices_of
from loopscope.check.outcome import Outcome
from loopscope.check.program import Program, own_process
from loopscope.check.promises import Promises
from loopscope.check.surroundings import Surroundings
from loopscope.check.verdict import Broken, Ran, judge
from loopscope.check.watching import watched
from loopscope.session.simulated_run import SimulatedRun
from loopscope.simulator.hosts.description import Description
from loopscope.simulator.run import Settings
from loopscope.simulator.world_parts import SimulationOver
from loopscope.trace.reader import read_trace

MOST_PRINTED: Final = 2_000
"""How many characters of what a failing run printed are kept."""


def run_case(
    program: Program, promises: Promises, case: Case, trace: Path | None = None
) -> Outcome:
    """Run a program once, in this process, which is afterwards as it was before.

    Args:
        program: The program and its world.
        promises: What it must hold.
        case: What determines the run.
        trace: Where its recording goes; it is not recorded without.

    Raises:
        LoopscopeError: The world or a promise does not fit the program.
    """
    if case.cancel_at:
        # Where something was cancelled, less may overlap: only the cancellation is judged.
        promises = replace(promises, concurrency_at_least=None)
    if trace is None and promises.needs_trace:
        with tempfile.TemporaryDirectory(prefix="loopscope-") as directory:
            return _run(program, promises, case, Path(directory) / "run.loopscope")
    return _run(program, promises, case, trace)


def _run(program: Program, promises: Promises, case: Case, trace: Path | None) -> Outcome:
    usually_left = _usually_left(program, promises, case) if case.cancel_at else frozenset()
    choices = choices_of(case)
    with own_process(program) as (main, printed):
        settings = replace(settings_of(program.surroundings), seed=case.seed, draws=choices)
        run = SimulatedRun(settings, trace, program.identity, program.main_names)
        running = _Running(program, promises, case, run)
        found = running.judge(running.go(main), usually_left)
        output = printed.getvalue()[-MOST_PRINTED:] if found is not None else ""
    duration_ns = run.simulation.world.now_ns
    if found is None and promises.concurrency_at_least is not None and trace is not None:
        found = _judge_overlap(promises.concurrency_at_least, trace)
    order = tuple(choices.order)
    if found is None:
        return Outcome(
            case,
            duration_ns,
            order=order,
            suspensions=running.suspensions,
            own_suspensions=running.own_suspensions,
        )
    return Outcome(
        case,
        duration_ns,
        broken=found.sentence,
        kind=found.kind,
        where=found.where,
        detail=found.detail,
        is_world=found.is_world,
        choices=tuple(choices.taken()),
        order=order,
        suspensions=running.suspensions,
        output=output,
    )


@dataclass(slots=True)
class _LastLeft:
    """A sweep over the suspensions of one run asks for the same again and again."""

    program: Program | None = None
    case: Case | None = None
    keys: frozenset[str] = frozenset()


_last_left = _LastLeft()


def _usually_left(program: Program, promises: Promises, case: Case) -> frozenset[str]:
    """Return what a run leaves behind in which nothing is cancelled."""
    plain = replace(case, cancel_at=COUNT_ONLY, cancels_own=False)
    if _last_left.program is not program or _last_left.case != plain:
        with own_process(program) as (main, _):
            settings = settings_of(program.surroundings)
            settings = replace(settings, seed=case.seed, draws=choices_of(plain))
            run = SimulatedRun(settings, None, program.identity, program.main_names)
            running = _Running(program, promises, plain, run)
            running.go(main)
        _last_left.program, _last_left.case, _last_left.keys = program, plain, running.left
    return _last_left.keys


@dataclass(slots=True)
class _LastSettings:
    """Sweeps ask for the same settings again and again, and reading a world file takes time."""

    of: Surroundings | None = None
    settings: Settings | None = None


_last = _LastSettings()


def settings_of(surroundings: Surroundings) -> Settings:
    """Return the settings of a simulation in these surroundings, the seed still to be set.

    Handlers are imported anew for every run, as all modules of the program are: they may remember.
    """
    if _last.settings is not None and _last.of is surroundings:
        return _last.settings
    settings = surroundings.settings()
    if surroundings.world is None or not any(_has_handler(host) for host in settings.hosts):
        _last.settings, _last.of = settings, surroundings
    return settings


def _has_handler(host: Description) -> bool:
    return host.handler is not None or any(one.handler is not None for one in host.answers)


class _Running:
    """A program on its way through one simulation."""

    def __init__(self, program: Program, promises: Promises, case: Case, run: SimulatedRun) -> None:
        self._program = program
        self._promises = promises
        self._case = case
        self._run = run
        self._canceller: Canceller | None = None

    @property
    def suspensions(self) -> int:
        """How often the main task was suspended, where that was counted."""
        return self._canceller.suspensions if self._canceller is not None else 0

    @property
    def own_suspensions(self) -> tuple[int, ...]:
        """The numbers of those at which another task may be cancelled, where that was counted."""
        return tuple(self._canceller.own_suspensions) if self._canceller is not None else ()

    @property
    def left(self) -> frozenset[str]:
        """The keys of what was left behind, where that was looked at."""
        found = self._canceller.left if self._canceller is not None else []
        return frozenset(one.key for one in found)

    def judge(self, ran: Ran, usually_left: frozenset[str]) -> Broken | None:
        """Return the promise that was broken: after a cancellation, that it comes out clean."""
        found = judge(self._program, self._promises, ran)
        canceller = self._canceller
        if (
            canceller is None
            or not canceller.was_cancelled
            or (found is not None and found.is_world)
        ):
            return found
        return judge_cancelled(ran, canceller, usually_left)

    def go(self, main: ModuleType) -> Ran:
        """Run it to its end, whatever that is."""
        simulation = self._run.simulation
        code = None
        if self._program.function is None and simulation.settings.costs.fixed_ns:
            source = Path(self._program.file).read_bytes()
            plain = compile(source, self._program.file, "exec", dont_inherit=True)
            code = simulation.program_code(source, self._program.file, plain)
        ran = Ran(main)
        self._run.start()
        try:
            with watched(simulation.world, self._promises) as watch:
                ran.watch = watch
                case = self._case
                cancels = cancelling(simulation.world, case.cancel_at, own=case.cancels_own)
                with cancels as self._canceller:
                    self._call(code, ran)
        finally:
            self._run.stop()
        ran.failures = self._run.failures()
        ran.duration_ns = simulation.world.now_ns
        return ran

    def _call(self, code: Any, ran: Ran) -> None:  # noqa: ANN401
        try:
            ran.result = self._program.call(code, ran.main, self._run.finish)
        except SimulationOver:
            pass  # the failures of the simulation say why
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001  (told as what the program did)
            ran.error = error
        if ran.watch is not None:
            ran.watch.note_tasks()


def _judge_overlap(least: int, trace: Path) -> Broken | None:
    peak = summarise(read_trace(trace)).overlap.peak_count
    if peak >= least:
        return None
    return Broken(
        "concurrency",
        f"At most {peak} waits on the outside overlapped, and not {least}.",
    )
