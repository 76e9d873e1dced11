"""Collects garbage at the same moments in every run, and no more often than a run needs."""

import contextlib
import gc
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from loopscope.simulator.world import World

FULL_AFTER_STEPS: Final = 200_000
A_RUN_IN_STEPS: Final = 200
"""What a run leaves is old when the next one lets go of it: only a full collection finds it. How
much that is goes with the steps of the runs; what a run leaves without any counts as so many."""

THRESHOLDS: Final = (100_000, 50, 1000)
"""Most runs make fewer objects, so that nothing is collected in the middle of them."""


@dataclass(slots=True)
class _Left:
    """How many steps there were in this process since the last full collection."""

    steps: int = 0


_left = _Left()


@contextlib.contextmanager
def steady_collection(world: World) -> Iterator[None]:
    """Collect what earlier runs left, and let the block run with thresholds of its own.

    A collector that follows those of the process would come at other moments in each run, and
    finalizers with it.

    Args:
        world: The world that lives in the block.
    """
    before = gc.get_threshold()
    if _left.steps < FULL_AFTER_STEPS:
        gc.collect(1)
    else:
        gc.collect()
        _left.steps = 0
    gc.set_threshold(*THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        _left.steps += world.steps + A_RUN_IN_STEPS
