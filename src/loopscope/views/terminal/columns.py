"""Reduces many intervals of time to the columns of a picture, without a loop over them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from loopscope.trace.columns import Int64s

Integers = npt.NDArray[np.int32] | npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_CHUNK = 1 << 19


@dataclass(frozen=True)
class Scale:
    """A span of time laid over columns of equal width."""

    begin_ns: int
    end_ns: int
    columns: int

    @property
    def column_ns(self) -> float:
        """How long a column is."""
        return max(self.end_ns - self.begin_ns, 1) / self.columns

    def column(self, time_ns: int) -> int:
        """Return the column a time falls into; the end of the span is in the last one."""
        at = int((time_ns - self.begin_ns) / self.column_ns)
        return min(max(at, 0), self.columns - 1)

    def time(self, column: int) -> int:
        """Return when a column begins."""
        return self.begin_ns + round(column * self.column_ns)


def chunks(count: int) -> Iterator[slice]:
    """Divide long columns into parts that fit into a processor's cache."""
    return (slice(start, start + _CHUNK) for start in range(0, count, _CHUNK))


def coverage(scale: Scale, rows: int, row: Integers, begin: Int64s, end: Int64s) -> Floats:
    """Return how much of each cell of a picture intervals cover, in columns, summed up.

    A cell that no interval touches is exactly 0, and one that an interval touches is not: an
    interval without any length counts as a nanosecond.

    Args:
        scale: The columns.
        rows: How many rows the picture has.
        row: The row of each interval, or -1 to leave it out.
        begin: When each interval begins.
        end: When it ends.
    """
    size = rows * (scale.columns + 1)
    steps, parts = np.zeros(size, np.int64), np.zeros(size)
    for chunk in chunks(len(row)):
        _add(scale, row[chunk], begin[chunk], end[chunk], (steps, parts))
    shape = rows, scale.columns + 1
    whole = steps.reshape(shape).cumsum(axis=1)
    cells: Floats = np.maximum((whole + parts.reshape(shape))[:, : scale.columns], 0.0)
    return cells


def _add(
    scale: Scale, row: Integers, begin: Int64s, end: Int64s, sums: tuple[Int64s, Floats]
) -> None:
    """Add the whole columns that intervals cover (as steps up and down), and their parts."""
    steps, parts = sums
    drawn = (row >= 0) & (end >= scale.begin_ns) & (begin < scale.end_ns)
    begin, end = begin[drawn], end[drawn]
    left = np.maximum((begin - scale.begin_ns) / scale.column_ns, 0.0)
    right = (np.maximum(end, begin + 1) - scale.begin_ns) / scale.column_ns
    right = np.minimum(right, float(scale.columns))
    base = row[drawn].astype(np.int64) * (scale.columns + 1)
    first = left.astype(np.int64)
    last = np.minimum(right.astype(np.int64), scale.columns - 1)
    size = len(steps)
    steps += np.bincount(base + first, minlength=size) - np.bincount(base + last, minlength=size)
    parts += np.bincount(base + first, weights=first - left, minlength=size)
    parts += np.bincount(base + last, weights=right - last, minlength=size)


def stretches(states: npt.NDArray[np.uint8]) -> list[tuple[int, int, int]]:
    """Return the runs of equal values as (value, first column, column after the last)."""
    if not len(states):
        return []
    cuts = np.flatnonzero(np.diff(states)) + 1
    edges = [0, *cuts.tolist(), len(states)]
    return [(int(states[a]), a, b) for a, b in pairwise(edges)]
