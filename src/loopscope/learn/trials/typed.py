"""Asks mypy whether a learner's program is typed as strictly as the exercise wants it."""

import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from loopscope.errors import LessonError

_OPTIONS: Final = (
    "--strict", "--no-error-summary", "--no-color-output", "--hide-error-context",
    "--config-file=", "--no-site-packages",
)  # fmt: skip


def type_errors(program: Path, base: Path) -> list[str]:
    """Return what ``mypy --strict`` says of a program, ``Line N: ...`` each; empty if nothing.

    Args:
        program: The program.
        base: Where the modules are that it imports; they are not looked at themselves.

    Raises:
        LessonError: mypy is not installed.
    """
    if importlib.util.find_spec("mypy") is None:
        raise LessonError(
            "This exercise wants type hints, and mypy is not installed to check them: install it "
            "with 'pip install loopscope[learn]'.",
            slug="learn-mypy",
        )
    cache = Path(tempfile.gettempdir()) / f"loopscope-mypy-{os.getuid()}"
    ended = subprocess.run(  # noqa: S603  (this very Python)
        [sys.executable, "-m", "mypy", *_OPTIONS, f"--cache-dir={cache}", str(program.absolute())],
        env=os.environ | {"MYPYPATH": str(base.absolute())},
        cwd=base,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    found = [_told(line) for line in ended.stdout.splitlines() if program.name in line]
    if ended.returncode > 1:
        raise LessonError(f"mypy could not look at {program}: {ended.stderr}", slug="learn-mypy")
    return found if ended.returncode else []


def _told(line: str) -> str:
    """Return ``Line N: message`` for a line of mypy's output."""
    place, _, message = line.partition(": ")
    number = place.rpartition(":")[2]
    return f"Line {number}: {message.removeprefix('error: ')}"
