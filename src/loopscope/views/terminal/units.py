"""Times since the start as people read them, and the labels of an axis of times."""

from loopscope.model.units import UNITS


def format_clock(ns: int) -> str:
    """Return a time since the start, in seconds to the millisecond, for a column of times."""
    return f"{ns / 1e9:.3f} s"


def axis_times(begin_ns: int, end_ns: int, most: int) -> list[tuple[int, str]]:
    """Return round times within a span and their labels, at most ``most`` of them.

    All labels are in one unit, which only depends on the end of the span.
    """
    if end_ns <= begin_ns or most < 1:
        return []
    step = _round_step((end_ns - begin_ns) / most)
    first = -(-begin_ns // step) * step
    size, unit = next(((size, unit) for size, unit in UNITS if end_ns >= size), (1, "ns"))
    return [(time, f"{time / size:.9g} {unit}") for time in range(first, end_ns + 1, step)]


def _round_step(least: float) -> int:
    size = 1
    while True:
        for factor in (1, 2, 5):
            if size * factor >= least:
                return size * factor
        size *= 10
