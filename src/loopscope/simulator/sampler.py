"""Photographs what computes, from a real thread outside the world, where computing is measured.

What a step has computed is charged when it is over, when its frames are gone.
"""

import _thread
import time
from collections import Counter
from typing import Final

from loopscope.frames import Stack, stack_of
from loopscope.simulator.redirect import real_twin
from loopscope.simulator.world import World

LOOK_EVERY_NS: Final = 5_000_000
MOST_KEPT: Final = 10_000

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
            if len(self._seen) < MOST_KEPT:
                self._seen.append((ident, stack_of(ident)))
