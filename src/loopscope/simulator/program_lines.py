"""Tells the program's own lines from those of Python, of its libraries and of loopscope."""

import sysconfig
from pathlib import Path
from types import FrameType
from typing import Final

_LIBRARIES: Final = (
    "<frozen",
    sysconfig.get_path("stdlib"),
    "/site-packages/",
    "/dist-packages/",
)
_OWN: Final = str(Path(__file__).parents[1])


def is_users(frame: FrameType) -> bool:
    """Whether a frame runs the program's own code: none of Python's, a library's or ours."""
    path = frame.f_code.co_filename
    return not path.startswith(_OWN) and not any(part in path for part in _LIBRARIES)


def program_line(frame: FrameType | None) -> str:
    """Return the innermost line that is the program's own: ``Line 3 of app.py``.

    Where none is, it is the innermost of all; without a frame it is ``The program``.
    """
    innermost = frame
    while frame is not None and not is_users(frame):
        frame = frame.f_back
    frame = frame or innermost
    if frame is None:
        return "The program"
    return f"Line {frame.f_lineno} of {frame.f_code.co_filename}"
