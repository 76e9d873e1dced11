"""Where a recording takes place: in reality, or in a simulation that lends it its clock."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Stage:
    """What a recorder takes from its surroundings.

    Attributes:
        clock: Returns nanoseconds that never go backwards; None for the monotonic clock.
        origin_ns: What the clock shows at time 0 of the trace.
        wall_ns: What the wall clock (``time.time_ns``) shows then.
        about: What the trace's header says of it.
    """

    clock: Callable[[], int] | None
    origin_ns: int
    wall_ns: int
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def is_real(self) -> bool:
        """Whether time passes by itself."""
        return self.clock is None


def real_stage() -> Stage:
    """Return this process, now."""
    return Stage(None, time.monotonic_ns(), time.time_ns(), {"pid": os.getpid()})


def simulated_stage(clock: Callable[[], int], wall_ns: int, seed: int) -> Stage:
    """Return a simulation; nothing of it may differ from one run to the next.

    Args:
        clock: Returns the nanoseconds since the simulation began.
        wall_ns: What its wall clock showed then.
        seed: Its seed.
    """
    return Stage(clock, 0, wall_ns, {"pid": 0, "seed": seed})
