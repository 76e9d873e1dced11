"""Reduces many intervals of time to the columns of a picture, without a loop over them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from loopscope.trace.columns import Int64s

Floats = npt.NDArray[np.float64]


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


def coverage(scale: Scale, rows: int, row: Int64s, begin: Int64s, end: Int64s) -> Floats:
    """Return how much of each cell of a picture intervals cover, in columns, summed up.

    Args:
        scale: The columns.
        rows: How many rows the picture has.
        row: The row of each interval, or -1 to leave it out.
        begin: When each interval begins.
        end: When it ends.
    """
    width = scale.columns
    left = np.clip((begin - scale.begin_ns) / scale.column_ns, 0, width)
    right = np.clip((end - scale.begin_ns) / scale.column_ns, 0, width)
    drawn = (row >= 0) & (right > left)
    left, right, base = left[drawn], right[drawn], row[drawn] * (width + 1)
    first = left.astype(np.int64)
    last = np.minimum(right.astype(np.int64), width - 1)
    size = rows * (width + 1)
    # Whole columns from the first to before the last, then what each end does not cover.
    sums = np.bincount(base + first, minlength=size) - np.bincount(base + last, minlength=size)
    whole = sums.reshape(rows, width + 1).cumsum(axis=1)[:, :width].astype(np.float64)
    part = np.bincount(base + first, weights=first - left, minlength=size)
    part += np.bincount(base + last, weights=right - last, minlength=size)
    cells: Floats = np.maximum(whole + part.reshape(rows, width + 1)[:, :width], 0.0)
    return cells


def touched(scale: Scale, rows: int, row: Int64s, begin: Int64s, end: Int64s) -> npt.NDArray[np.bool_]:
    """Return which cells any interval touches, however short it is (as for ``coverage``)."""
    width = scale.columns
    drawn = (row >= 0) & (end >= scale.begin_ns) & (begin <= scale.end_ns)
    base = row[drawn] * (width + 1)
    left = np.clip((begin[drawn] - scale.begin_ns) / scale.column_ns, 0, width - 1)
    right = np.clip((end[drawn] - scale.begin_ns) / scale.column_ns, 0, width)
    first = left.astype(np.int64)
    last = np.maximum(np.ceil(right).astype(np.int64) - 1, first)
    size = rows * (width + 1)
    sums = np.bincount(base + first, minlength=size)
    sums -= np.bincount(base + last + 1, minlength=size)
    cells: npt.NDArray[np.bool_] = sums.reshape(rows, width + 1).cumsum(axis=1)[:, :width] > 0
    return cells


def stretches(states: npt.NDArray[np.uint8]) -> list[tuple[int, int, int]]:
    """Return the runs of equal values as (value, first column, column after the last)."""
    if not len(states):
        return []
    cuts = np.flatnonzero(np.diff(states)) + 1
    edges = [0, *cuts.tolist(), len(states)]
    return [(int(states[a]), a, b) for a, b in zip(edges, edges[1:], strict=False)]
