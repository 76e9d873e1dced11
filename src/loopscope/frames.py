"""Reads the frame that another thread is in."""

import gc
import sys
from types import FrameType


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
