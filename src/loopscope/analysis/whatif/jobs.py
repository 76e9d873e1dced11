"""Jobs of executors: which worker pool took them, how large it was, and how long each took."""

from collections import defaultdict

import numpy as np

from loopscope.analysis.timeline import Timeline
from loopscope.analysis.whatif.graph import Cause, Job, Pool
from loopscope.model.kinds import WakeKind
from loopscope.model.records import Job as RecordedJob
from loopscope.trace.columns import Int32s, Trace, Uint8s

ENOUGH_WORKERS = 1 << 16
"""The size of a pool that nobody saw full."""

THREADS = "asyncio"
"""How asyncio names its own pool."""

AT_ONCE_NS = 2_000_000
"""A job that began later than this after it was handed in had to wait for a worker."""


def recorded_jobs(
    timeline: Timeline, after: Int32s, cause: Uint8s
) -> tuple[dict[int, Job], tuple[Pool, ...]]:
    """Return the job that each step waited for, and the pools they ran in.

    Only jobs whose begin follows the step they are anchored at can be moved with it; the others
    stay waits on the outside.
    """
    trace = timeline.trace
    steps = trace.steps
    nodes = np.flatnonzero((steps.wake == WakeKind.THREAD) & (steps.job > 0))
    of_pool: dict[str, list[tuple[int, RecordedJob]]] = defaultdict(list)
    for node in nodes.tolist():
        job = trace.jobs.get(int(steps.job[node]))
        if job is None or after[node] < 0 or cause[node] != Cause.EVENT:
            continue
        of_pool[_pool_name(job.thread)].append((node, job))
    jobs: dict[int, Job] = {}
    pools: list[Pool] = []
    for name, members in of_pool.items():
        pool, hand_in = _size_and_hand_in(trace, after, members)
        for node, job in members:
            gap = job.begin_ns - int(steps.end[after[node]])
            jobs[node] = Job(
                len(pools),
                job.end_ns - job.begin_ns,
                gap if gap < AT_ONCE_NS else hand_in,
                max(int(steps.ready[node]) - job.end_ns, 0),
            )
        pools.append(Pool(name, pool))
    return jobs, tuple(pools)


def _size_and_hand_in(
    trace: Trace, after: Int32s, members: list[tuple[int, RecordedJob]]
) -> tuple[int, int]:
    """Return a pool's size, as far as somebody had to wait, and how long handing a job in takes."""
    gaps = [job.begin_ns - int(trace.steps.end[after[node]]) for node, job in members]
    soon = [gap for gap in gaps if gap < AT_ONCE_NS]
    hand_in = int(np.median(soon)) if soon else 0
    if len(soon) == len(gaps):
        is_own = _pool_name(members[0][1].thread) == THREADS
        return default_workers(trace.info.cpus) if is_own else ENOUGH_WORKERS, hand_in
    begins = np.sort([job.begin_ns for _, job in members])
    ends = np.sort([job.end_ns for _, job in members])
    at_once = np.arange(1, len(begins) + 1) - np.searchsorted(ends, begins, "right")
    return int(at_once.max()), hand_in


def _pool_name(thread: str) -> str:
    """Return a pool's name from that of one of its threads: ``asyncio_3`` is of ``asyncio``."""
    name, underline, number = thread.rpartition("_")
    return name if underline and number.isdecimal() else thread


def default_workers(cpus: int) -> int:
    """Return how many threads asyncio's own pool has (``ThreadPoolExecutor``'s default)."""
    return min(32, cpus + 4) if cpus else 32
