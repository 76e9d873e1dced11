"""Changes as the command line has them: ``--together app.py:12-14``, and back."""

import math
import re
from typing import Final

from loopscope.errors import UsageError
from loopscope.model.changes import (
    Change,
    Cores,
    Elsewhere,
    Faster,
    Limit,
    NoStalls,
    OffLoop,
    Together,
)

_LINES: Final = re.compile(r"(.+):([1-9]\d{0,8})(?:-([1-9]\d{0,8}))?", re.DOTALL)
_LINE: Final = re.compile(r"(.+?):([1-9]\d{0,8})(?::(\w+))?", re.DOTALL)
_FACTOR: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)x?")
_MOST_COUNT: Final = 1_000_000


def read_together(text: str) -> Together:
    """Read ``FILE:LINE`` or ``FILE:FIRST-LAST``.

    Raises:
        UsageError: It is something else.
    """
    match = _LINES.fullmatch(text)
    if match is None or int(match[3] or match[2]) < int(match[2]):
        raise _wrong("--together", text, "FILE:LINE or FILE:FIRST-LAST, such as app.py:12-14")
    return Together(match[1], int(match[2]), int(match[3] or match[2]))


def read_off_loop(text: str) -> OffLoop:
    """Read ``FILE:LINE``, ``FILE:LINE:thread`` or ``FILE:LINE:process``.

    Raises:
        UsageError: It is something else.
    """
    match = _LINE.fullmatch(text)
    if match is None or (match[3] or Elsewhere.THREAD) not in tuple(Elsewhere):
        raise _wrong("--off-loop", text, "FILE:LINE or FILE:LINE:process, such as app.py:30")
    return OffLoop(match[1], int(match[2]), Elsewhere(match[3] or Elsewhere.THREAD))


def read_limit(text: str) -> Limit:
    """Read ``OBJECT=N``.

    Raises:
        UsageError: It is something else.
    """
    name, equals, count = text.rpartition("=")
    if not (name and equals and count.isdecimal() and 0 < int(count) <= _MOST_COUNT):
        raise _wrong("--limit", text, "OBJECT=N with N of at least 1, such as semaphore=8")
    return Limit(name, int(count))


def read_faster(text: str) -> Faster:
    """Read ``NAME=2x``.

    Raises:
        UsageError: It is something else.
    """
    name, equals, factor = text.rpartition("=")
    match = _FACTOR.fullmatch(factor)
    if not (name and equals) or match is None or not float(match[1]):
        raise _wrong("--host", text, "NAME=2x, such as api.example.com=2x (0.5x: half as fast)")
    return Faster(name, float(match[1]))


def spell(change: Change) -> str:
    """Return a change as the command line has it."""
    match change:
        case Together(file, first, last):
            lines = f"{first}" if first == last else f"{first}-{last}"
            return f"--together {file}:{lines}"
        case OffLoop(file, line, where):
            return f"--off-loop {file}:{line}" + f":{where}" * (where is not Elsewhere.THREAD)
        case Limit(name, count):
            return f"--limit {name}={count}"
        case Faster(host, factor):
            return f"--host {host}={_number(factor)}x"
        case Cores(count):
            return f"--cores {count}"
        case NoStalls():
            return "--no-stalls"


def _number(value: float) -> str:
    return str(int(value)) if math.isfinite(value) and value == int(value) else repr(value)


def _wrong(option: str, text: str, form: str) -> UsageError:
    return UsageError(f"{option} {text} cannot be read: give {form}.", slug="whatif-option")
