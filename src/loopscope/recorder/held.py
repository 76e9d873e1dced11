"""Notes what holds a loop in a simulation, which tells the moment itself: there is no watchdog."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Final

from loopscope.model.kinds import Origin
from loopscope.recorder.interner import Interner, origin_of
from loopscope.recorder.watchdog import Watched, step_frames
from loopscope.trace.layout import Kind
from loopscope.trace.writer import TraceWriter

SHORTEST_HOLD_NS: Final = 1_000_000
"""Shorter ones are not worth a record, unless a step consists of thousands of them."""

_WAITS, _COMPUTES = ord("S"), ord("R")  # as Linux calls the states of a thread


class HoldWitness:
    """Writes a photograph of the stack whenever a step has waited or computed.

    Args:
        running_here: Returns the loop that runs on the calling thread.
        now: Returns the time since the origin.
        writer: The trace.
        interner: The places of that trace.
    """

    def __init__(
        self,
        running_here: Callable[[], Watched | None],
        now: Callable[[], int],
        writer: TraceWriter,
        interner: Interner,
    ) -> None:
        self._running_here = running_here
        self._now = now
        self._writer = writer
        self._interner = interner

    def ensure_started(self) -> None:
        """Nothing runs by itself."""

    def rest(self) -> None:
        """Nothing runs by itself."""

    def stop(self) -> None:
        """Nothing runs by itself."""

    def note(self, waited: bool, began_ns: int) -> None:
        """Note that the calling thread waited (or else computed) since ``began_ns``."""
        now = self._now()
        if now - began_ns < SHORTEST_HOLD_NS:
            return
        watched = self._running_here()
        step = watched.running_step() if watched is not None else None
        if watched is None or step is None:
            return
        node = 0
        for frame in step_frames(_outside_frame()):
            node = self._interner.node(node, frame.f_code, frame.f_lasti)
        state = _WAITS if waited else _COMPUTES
        ordinal = step[0] & 0xFFFFFFFF
        self._writer.fact(Kind.SAMPLE, now, watched.loop, node, ordinal, code=state)


def _outside_frame() -> FrameType | None:
    """Return the innermost frame that is none of loopscope's own."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and origin_of(frame.f_code.co_filename) is Origin.LOOPSCOPE:
        frame = frame.f_back
    return frame
