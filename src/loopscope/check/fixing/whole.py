"""Fixes a program from beginning to end: copy, worker process, trials, and writing if asked to."""

import os
import stat
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from loopscope.analysis.fix_report import FixReport
from loopscope.check.fixing.fix import Fixing, Wanted
from loopscope.check.fixing.scratch import is_small, make_scratch, remove
from loopscope.check.fixing.seen import Seen
from loopscope.check.fixing.trial import Trial, run_trial
from loopscope.check.machines import Died, Local
from loopscope.check.program import Program
from loopscope.errors import CheckError

_WRITABLE: Final = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
"""A file that nobody may write stays as it is, whatever root could do."""

_DIED: Final = (
    "The process in which the program was tried ended before the program did: it crashed, or "
    "called os._exit. So nothing can be compared."
)


def fix_program(
    program: Program,
    seeds: int,
    tell: Callable[[int, int], None] = lambda *_: None,
    *,
    applies: bool = False,
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
    entry = Path(program.file).parent
    is_below = here == entry or here in entry.parents
    folder = here if is_below and (here == entry or is_small(here)) else entry
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
    if applies and contents:
        try:
            write_all(contents)
        except CheckError as error:
            return replace(report, not_written=str(error))
        report = replace(report, written=tuple(map(str, map(_near(here), contents))))
    return report


def _shown(folder: Path, here: Path, name: str) -> str:
    return str(_near(here)(folder / name))


def _near(here: Path) -> Callable[[Path], Path]:
    def near(path: Path) -> Path:
        return path.relative_to(here) if path.is_relative_to(here) else path

    return near


def write_all(contents: Mapping[Path, tuple[bytes, bytes]]) -> None:
    """Replace files, each as a whole or not at all.

    Args:
        contents: For each file what must still be in it, and what it becomes.

    Raises:
        CheckError: One was changed meanwhile, or cannot be written; no file after it is written.
    """
    for path, (before, _) in contents.items():
        _check_unchanged(path, before)
        if not (os.access(path, os.W_OK) and path.stat().st_mode & _WRITABLE):
            raise _unwritable(path, "it is read-only")
    for path, (before, after) in contents.items():
        _check_unchanged(path, before)
        try:
            _replace(path.resolve(), after)
        except OSError as error:
            raise _unwritable(path, error.strerror or "it failed") from error


def _check_unchanged(path: Path, before: bytes) -> None:
    try:
        if path.read_bytes() == before:
            return
    except OSError:
        pass
    raise CheckError(
        f"{path} was changed while its rewrite was tried: nothing was written to it. Run the "
        "command again.",
        slug="fix-changed",
    )


def _replace(path: Path, content: bytes) -> None:
    """Write beside a file, then let that take its place."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(stat.S_IMODE(path.stat().st_mode))
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _unwritable(path: Path, why: str) -> CheckError:
    return CheckError(
        f"{path} cannot be written ({why}): the change is as the diff shows it; make the file "
        "writable, or apply the diff by hand.",
        slug="fix-unwritable",
    )
