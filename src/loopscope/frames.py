"""Reads where another thread is."""

import gc
import sys
from types import CodeType, FrameType
from typing import Final

DEEPEST_STACK: Final = 200

Stack = tuple[tuple[CodeType, int], ...]
"""Code and byte offset of each frame, the innermost first."""


def frame_of(thread: int) -> FrameType | None:
    """Return the frame that a thread is in, None if it is over.

    Python 3.11 takes a lock for this, and waits for it forever if a garbage collection meanwhile
    frees a ``threading.local`` (https://github.com/python/cpython/issues/106883). So there is none.
    """
    if sys.version_info >= (3, 12) or not gc.isenabled():
        return sys._current_frames().get(thread)  # noqa: SLF001  (there is no public way)
    gc.disable()
    try:
        return sys._current_frames().get(thread)  # noqa: SLF001
    finally:
        gc.enable()


def stack_of(thread: int) -> Stack:
    """Return where a thread is; nothing if it is over.

    Whoever keeps a frame keeps its variables, also when its function has returned: the program
    would let go of them later than without being looked at. So no frame is kept.
    """
    return stack_from(frame_of(thread))


def stack_from(frame: FrameType | None) -> Stack:
    """Return the places of a frame and of those around it, at most 200."""
    stack: list[tuple[CodeType, int]] = []
    while frame is not None and len(stack) < DEEPEST_STACK:
        stack.append((frame.f_code, frame.f_lasti))
        frame = frame.f_back
    return tuple(stack)
