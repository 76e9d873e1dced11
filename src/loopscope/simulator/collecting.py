"""Collects garbage at the same moments in every run, and no more often than a run needs."""

import contextlib
import gc
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

FULL_COLLECTION_EVERY: Final = 250
"""What a run leaves is old when the next one lets go of it: only a full collection finds it."""

THRESHOLDS: Final = (100_000, 50, 1000)
"""Most runs make fewer objects, so that nothing is collected in the middle of them."""


@dataclass(slots=True)
class _Counted:
    """How many runs there were in this process."""

    runs: int = 0


_counted = _Counted()


@contextlib.contextmanager
def steady_collection() -> Iterator[None]:
    """Collect what earlier runs left, and let the block run with thresholds of its own.

    A collector that follows those of the process would come at other moments in each run, and
    finalizers with it.
    """
    before = gc.get_threshold()
    _counted.runs += 1
    gc.collect(2 if _counted.runs % FULL_COLLECTION_EVERY == 0 else 1)
    gc.set_threshold(*THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
