"""Fixes a program from beginning to end: copy, worker process, trials, and writing if asked to."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from loopscope.analysis.fix_report import FixReport
from loopscope.check.fixing.fix import Fixing, Wanted
from loopscope.check.fixing.scratch import is_small, make_scratch, remove
from loopscope.check.fixing.seen import Seen
from loopscope.check.fixing.trial import Trial, run_trial
from loopscope.check.fixing.writing import write_all
from loopscope.check.machines import Died, Local
from loopscope.check.program import Program
from loopscope.errors import CheckError

_DIED: Final = (
    "The process in which the program was tried ended before the program did: it crashed, or "
    "called os._exit. So nothing can be compared."
)


def fix_program(
    program: Program, seeds: int, tell: Callable[[int, int], None], *, applies: bool
) -> FixReport:
    """Find awaits of a program that could run together, try them, and write what was proved.

    Args:
        program: The program and its world.
        seeds: How often all durations are drawn anew for each change.
        tell: Told before each change that is tried, with how many there are.
        applies: Whether changes of level 3 are written.

    Raises:
        LoopscopeError: It cannot be tried; the message says why.
    """
    program.surroundings.settings()  # so that what does not fit is told before anything runs
    here = Path.cwd()
    folder = _folder(program, here)
    scratch = make_scratch(folder)
    worker = Local(1)

    def run(trial: Trial) -> Seen:
        try:
            return worker.answer(partial(run_trial, trial))
        except Died:
            scratch.take_changes(trial.texts)
            return Seen(problem=_DIED)

    directory = scratch.there(here)
    if directory == str(here):
        directory = str(scratch.folder)
    shown = partial(_shown, folder, here)
    try:
        fixing = Fixing(Wanted(program, scratch, directory, seeds, shown), run, tell)
        report = fixing.fix()
        contents = fixing.new_contents()
    finally:
        worker.close()
        remove(scratch.base)
    if not (applies and contents):
        return report
    try:
        write_all(contents)
    except CheckError as error:
        return replace(report, not_written=str(error))
    return replace(report, written=tuple(str(_near(here, path)) for path in contents))


def _folder(program: Program, here: Path) -> Path:
    """Return the folder that is copied: the working directory, if that holds the program."""
    entry = Path(program.file).parent
    if here == entry or (here in entry.parents and is_small(here)):
        return here
    return entry


def _shown(folder: Path, here: Path, name: str) -> str:
    return str(_near(here, folder / name))


def _near(here: Path, path: Path) -> Path:
    """Return a path as one would write it in a directory."""
    return path.relative_to(here) if path.is_relative_to(here) else path
