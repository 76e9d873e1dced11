"""Notes what holds a loop in a simulation, which tells the moment itself: there is no watchdog."""

import sys
from collections.abc import Callable
from typing import Final

from loopscope.frames import Stack, stack_from
from loopscope.recorder.interner import Interner
from loopscope.recorder.watchdog import Watched, step_part
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

    def note(self, waited: bool, began_ns: int, stack: Stack | None) -> None:
        """Note that the calling thread waited (or else computed) since ``began_ns``.

        Args:
            waited: Whether it waited.
            began_ns: Since when.
            stack: Where, the innermost frame first; None for where it is now.
        """
        now = self._now()
        if now - began_ns < SHORTEST_HOLD_NS:
            return
        watched = self._running_here()
        step = watched.running_step() if watched is not None else None
        if watched is None or step is None:
            return
        node = 0
        for code, offset in step_part(stack_from(sys._getframe()) if stack is None else stack):
            node = self._interner.node(node, code, offset)
        if not node:
            return
        state = _WAITS if waited else _COMPUTES
        ordinal = step[0] & 0xFFFFFFFF
        self._writer.fact(Kind.SAMPLE, now, watched.loop, node, ordinal, code=state)
