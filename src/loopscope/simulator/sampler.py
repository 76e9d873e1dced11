"""Photographs what computes, from a real thread outside the world, where computing is measured.

What a step has computed is charged when it is over, when its frames are gone.
"""

import _thread
import time
from collections import Counter
from types import CodeType, FrameType
from typing import Final

from loopscope.frames import frame_of
from loopscope.simulator.redirect import real_twin
from loopscope.simulator.world import World

LOOK_EVERY_NS: Final = 5_000_000
DEEPEST: Final = 200
MOST_KEPT: Final = 10_000

Stack = tuple[tuple[CodeType, int], ...]
"""Code and byte offset of each frame, the innermost first."""

_start_thread: Final = real_twin(_thread.start_new_thread)
_sleep: Final = real_twin(time.sleep)  # noqa: TID251  (it looks now and then)


class Sampler:
    """Looks at the thread that has the baton, every few milliseconds.

    Args:
        world: Whose threads are looked at.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._is_over = False
        self._seen: list[tuple[int, Stack]] = []

    def start(self) -> None:
        """Begin to look."""
        _start_thread(self._watch, ())

    def stop(self) -> None:
        """Look no more; the thread ends by itself."""
        self._is_over = True

    def take(self, ident: int) -> Stack | None:
        """Return where a thread was seen most since the last time, None if it was not seen."""
        seen, self._seen = self._seen, []
        stacks = [stack for thread, stack in seen if thread == ident and stack]
        if not stacks:
            return None
        most = Counter(stack[0] for stack in stacks).most_common(1)[0][0]
        return next(stack for stack in stacks if stack[0] == most)

    def _watch(self) -> None:
        while not self._is_over:
            _sleep(LOOK_EVERY_NS / 1e9)
            ident = self._world.current.ident
            frame = frame_of(ident)
            if len(self._seen) < MOST_KEPT:
                self._seen.append((ident, _stack(frame)))


def _stack(frame: FrameType | None) -> Stack:
    stack: list[tuple[CodeType, int]] = []
    while frame is not None and len(stack) < DEEPEST:
        stack.append((frame.f_code, frame.f_lasti))
        frame = frame.f_back
    return tuple(stack)
