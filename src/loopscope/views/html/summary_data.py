"""The summary of a recording as data for the page: totals, load over time, lag, slowest waits."""

import numpy as np

from loopscope.analysis.contention import Contention
from loopscope.analysis.critical_path import PathPart
from loopscope.analysis.load import open_counts, outside_waits
from loopscope.analysis.names import TaskNames
from loopscope.analysis.summary import Summary
from loopscope.analysis.timeline import Timeline
from loopscope.model.kinds import WakeKind
from loopscope.model.location import Location
from loopscope.model.records import Wait
from loopscope.trace.columns import Int64s
from loopscope.views.html.places import clip

BUCKETS = 240
"""Into how many pieces the run is cut for the load over time: about three pixels each."""

MOST_PARTS = 12
LEAST_LAG_NS = 1_000
"""Lags shorter than this share the first bar of the histogram."""
BARS_A_DECADE = 3


def summary_data(summary: Summary) -> dict[str, object]:
    """Return everything the page's summary shows; times are nanoseconds since the begin."""
    names = TaskNames(summary.trace)
    lag = summary.lag
    return {
        "fates": {fate.word: count for fate, count in summary.fates.items()},
        "loops": [
            [clip(one.info.thread), one.use.running_ns, one.use.idle_ns, one.use.overhead_ns]
            for one in summary.loops
        ],
        "overlap": [
            summary.overlap.mean_count,
            summary.overlap.peak_count,
            summary.overlap.peak_at_ns,
        ],
        "lag": [lag.median_ns, lag.p99_ns, lag.max_ns, lag.max_at_ns],
        "path": _path(summary, names),
        "load": load_over_time(summary.timeline),
        "lags": lag_histogram(summary.timeline),
        "slowest": [_wait(summary, wait, names) for wait in summary.slowest],
        "contention": [_contention(one) for one in summary.contention],
    }


def load_over_time(timeline: Timeline) -> dict[str, list[int]]:
    """Return the peak of two counts within each of ``BUCKETS`` equal parts of the run.

    ``waits`` are the waits on the outside (timers, I/O, executors, subprocesses) that went on at
    once, ``ready`` the steps that were ready and did not run yet.
    """
    steps = timeline.trace.steps
    begins, ends = outside_waits(timeline)
    woken = steps.wake != WakeKind.RESUMED
    return {
        "waits": _peaks(timeline, begins, ends),
        "ready": _peaks(timeline, np.sort(steps.ready[woken]), np.sort(steps.begin[woken])),
    }


def _peaks(timeline: Timeline, begins: Int64s, ends: Int64s) -> list[int]:
    """Return how many spans were open at most, for each part of the run; both columns ascend."""
    trace = timeline.trace
    edges = np.linspace(0, max(trace.total_ns, 1), BUCKETS + 1).astype(np.int64) + trace.begin_ns
    opened = np.searchsorted(begins, edges[:-1], "right") - np.searchsorted(
        ends, edges[:-1], "right"
    )
    peaks = np.maximum(opened, 0)
    # A count only grows at a begin: look there, and keep the most of each part.
    level = open_counts(begins, ends)
    part = np.searchsorted(edges, begins, "right") - 1
    inside = (part >= 0) & (part < BUCKETS)
    np.maximum.at(peaks, part[inside], level[inside])
    whole: list[int] = peaks.tolist()
    return whole


def lag_histogram(timeline: Timeline) -> list[list[int]]:
    """Return ``[from_ns, to_ns, count]`` for bars of equal width on a logarithmic axis.

    The lag is how long something ready had to wait for the loop. No bar is left out between the
    first and the last one that count something.
    """
    steps = timeline.trace.steps
    woken = steps.wake != WakeKind.RESUMED
    lag = np.maximum((steps.begin - steps.ready)[woken], 0)
    if not len(lag):
        return []
    bar = np.ceil(np.log10(np.maximum(lag, LEAST_LAG_NS) / LEAST_LAG_NS) * BARS_A_DECADE)
    counts = np.bincount(bar.astype(np.int64)).tolist()
    return [[_edge(at - 1), _edge(at), count] for at, count in enumerate(counts)]


def _edge(bar: int) -> int:
    return round(LEAST_LAG_NS * 10 ** (bar / BARS_A_DECADE)) if bar >= 0 else 0


def _path(summary: Summary, names: TaskNames) -> list[dict[str, object]]:
    """Describe what the total of the first loop was made of, the longest first."""
    path = summary.loops[0].path if summary.loops else None
    return [_part(part, names) for part in path.parts[:MOST_PARTS]] if path is not None else []


def _part(part: PathPart, names: TaskNames) -> dict[str, object]:
    return {
        "share": part.share.value,
        "kind": part.kind.value if part.kind else "",
        "what": clip(part.what),
        **_place(part.where),
        "count": part.count,
        "ns": part.total_ns,
        "behind": clip(names.of(part.behind)) if part.behind else "",
    }


def _wait(summary: Summary, wait: Wait, names: TaskNames) -> dict[str, object]:
    return {
        "row": int(summary.trace.tasks.row_of[wait.task_id]),
        "name": clip(names.of(wait.task_id)),
        "kind": wait.kind.value,
        "what": clip(wait.what),
        **_place(wait.where),
        "begin": wait.begin_ns - summary.trace.begin_ns,
        "ns": wait.duration_ns,
        "isOver": wait.is_over,
    }


def _contention(one: Contention) -> dict[str, object]:
    return {
        "kind": one.kind.value,
        "name": clip(one.name),
        **_place(one.where),
        "waits": one.waits_count,
        "tasks": one.tasks_count,
        "peak": one.peak_waiting_count,
        "ns": one.waited_ns,
        "longestNs": one.longest_ns,
    }


def _place(where: Location | None) -> dict[str, object]:
    if where is None:
        return {"file": "", "line": 0}
    return {"file": where.file if where.line else clip(where.function), "line": where.line}
