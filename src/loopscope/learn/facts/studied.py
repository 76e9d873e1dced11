"""A run of a program, with everything that questions about it are made from."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from loopscope.analysis.awaiting import Waits
from loopscope.analysis.names import TaskNames
from loopscope.analysis.summary import Summary, summarise
from loopscope.analysis.wakes import Causes
from loopscope.errors import LessonError
from loopscope.model.kinds import Origin
from loopscope.trace.reader import read_trace

LIMIT_S: Final = 120


@dataclass(frozen=True)
class Studied:
    """A program that was run, in a simulated world or really.

    Attributes:
        file: The program.
        source: Its lines.
        printed: The lines it printed.
        errors: What it wrote to its error output.
        exit_code: How it ended; 0 if all went well.
        summary: What its recording says.
        is_exact: Whether another such run takes just as long: nothing in it is measured.
    """

    file: Path
    source: tuple[str, ...]
    printed: tuple[str, ...]
    errors: str
    exit_code: int
    summary: Summary
    is_exact: bool = True

    @cached_property
    def names(self) -> TaskNames:
        """What its tasks are called."""
        return TaskNames(self.summary.trace)

    @cached_property
    def waits(self) -> Waits:
        """What its tasks waited for."""
        return Waits(self.summary.timeline, self.names)

    @cached_property
    def causes(self) -> Causes:
        """Who woke whom."""
        return Causes(self.summary.timeline, self.names)

    @cached_property
    def own_rows(self) -> tuple[int, ...]:
        """The tasks that no library made for itself, as rows of the trace's tasks."""
        places = self.summary.trace.words.locations
        numbers = self.names.coroutine_numbers
        rows = self.summary.rows
        return tuple(row for row in rows if places[numbers[row]].origin is not Origin.LIBRARY)

    def is_own(self, file: str) -> bool:
        """Whether a place of the trace is in the program's own file."""
        return Path(file) == self.file.absolute()


def study(
    file: Path,
    trace: Path,
    *,
    options: Sequence[str] = (),
    arguments: Sequence[str] = (),
    verb: str = "simulate",
) -> Studied:
    """Run a program in a process of its own, and read its recording.

    Args:
        file: The program.
        trace: Where the recording goes; what was there before is gone.
        options: More options of the verb.
        arguments: The program's own.
        verb: ``simulate`` for a simulated world, ``run`` for the real one.

    Raises:
        LessonError: The program wrote no recording, or never ended.
    """
    trace.unlink(missing_ok=True)
    own = [sys.executable, "-X", "utf8", "-m", "loopscope", verb, "--quiet"]
    command = [*own, "--out", str(trace), *options, str(file), *arguments]
    try:
        ended = subprocess.run(  # noqa: S603  (this very Python)
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
            env=os.environ | {"NO_COLOR": "1", "PYTHONHASHSEED": "0"},
        )
    except subprocess.TimeoutExpired as error:
        raise LessonError(
            f"{file} was not over after {LIMIT_S} s: give it less to do.",
            slug="learn-endless",
        ) from error
    errors = ended.stderr.decode(errors="replace")
    if not trace.exists():
        raise LessonError(
            f"{file} could not be simulated: {errors.strip() or 'it left no recording'}",
            slug="learn-not-simulated",
        )
    return Studied(
        file=file,
        source=tuple(file.read_text("utf-8", "replace").splitlines()),
        printed=tuple(ended.stdout.decode(errors="replace").splitlines()),
        errors=errors,
        exit_code=ended.returncode,
        summary=summarise(read_trace(trace)),
        is_exact="--cost=none" in options,
    )
