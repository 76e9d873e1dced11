"""Which lines of the program something is about."""

import os
import re
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from loopscope.simulator.program_lines import is_users

if TYPE_CHECKING:
    import asyncio

Line = tuple[str, int]
"""A line of source: the file, as Python knows it, and the number."""

_AT: Final = re.compile(r"^      at (\S+:\d+), in ", re.MULTILINE)
_OWN: Final = str(Path(__file__).parents[1])


def place(path: str, line: int) -> str:
    """Return a line as it is shown: relative to the working directory where that is shorter."""
    return f"{path.removeprefix(f'{Path.cwd()}{os.sep}')}:{line}"


def raised_at(error: BaseException) -> str:
    """Return the innermost of the program's own lines that an exception came through, or ""."""
    own = [
        (frame, line)
        for one in _nested(error)
        for frame, line in traceback.walk_tb(one.__traceback__)
        if is_users(frame)
    ]
    if not own:
        return ""
    frame, line = own[-1]
    return place(frame.f_code.co_filename, line)


def deepest(error: BaseException) -> BaseException:
    """Return the first exception that is no group."""
    return list(_nested(error))[-1]


def _nested(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception, and the first in each group, down to one that is no group."""
    yield error
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
        yield error


def waited_at(report: str) -> str:
    """Return the lines that a deadlock's report names, in order and each once."""
    return ", ".join(dict.fromkeys(_AT.findall(report)))


def stands_at(frame: FrameType | None) -> str:
    """Return the innermost of the program's own lines on a stack, or ""."""
    while frame is not None and not is_users(frame):
        frame = frame.f_back
    return "" if frame is None else place(frame.f_code.co_filename, frame.f_lineno)


def created_by(task: "asyncio.Task[Any]") -> str:
    """Return the line at which a task stands, or where its coroutine begins."""
    frames = [frame for frame in task.get_stack() if is_users(frame)]
    if frames:
        return place(frames[-1].f_code.co_filename, frames[-1].f_lineno)
    code = getattr(task.get_coro(), "cr_code", None)
    return "" if code is None else place(code.co_filename, code.co_firstlineno)


def told(error: BaseException) -> str:
    """Return an exception as Python would print it, without our own frames."""
    whole = traceback.TracebackException.from_exception(error)
    _clean(whole)
    return "".join(whole.format()).rstrip()


def _clean(told_: traceback.TracebackException) -> None:
    kept = [one for one in told_.stack if not one.filename.startswith(_OWN)]
    told_.stack = traceback.StackSummary.from_list(kept)
    for other in (told_.__cause__, told_.__context__, *(told_.exceptions or ())):
        if other is not None:
            _clean(other)
