"""Everything the summary of a recording says, computed once for the terminal and for JSON."""

from collections import Counter
from dataclasses import dataclass

from loopscope.analysis.contention import Contention, find_contention
from loopscope.analysis.critical_path import CriticalPath, critical_path
from loopscope.analysis.load import LoopLag, LoopUse, Overlap, loop_lag, loop_use, overlap
from loopscope.analysis.stalls import find_stalls
from loopscope.analysis.tasks import shown_rows, slowest_waits
from loopscope.analysis.timeline import Lives, Timeline, derive_timeline, task_lives
from loopscope.model.kinds import Fate
from loopscope.model.records import LoopInfo, Stall, Wait
from loopscope.trace.columns import Trace

_MAIN_THREAD = "MainThread"  # as Python names it
SLOWEST_WAITS = 10


@dataclass(frozen=True)
class LoopSummary:
    """One loop: who it is, how its thread was used, and what its time was made of."""

    info: LoopInfo
    use: LoopUse
    path: CriticalPath | None


@dataclass(frozen=True)
class Summary:
    """What a recording says, in the order a person wants to know it.

    ``rows`` are the tasks (rows of ``trace.tasks``) without asyncio's own. ``loops`` begin
    with those of the main thread; the longer one ran, the earlier it stands.
    """

    timeline: Timeline
    lives: Lives
    rows: list[int]
    loops: list[LoopSummary]
    overlap: Overlap
    lag: LoopLag
    stalls: list[Stall]
    contention: list[Contention]
    fates: dict[Fate, int]
    slowest: list[Wait]

    @property
    def trace(self) -> Trace:
        """The trace it is about."""
        return self.timeline.trace


def summarise(trace: Trace) -> Summary:
    """Compute the summary of a trace."""
    timeline = derive_timeline(trace)
    lives = task_lives(timeline)
    rows = shown_rows(timeline)
    loops = [_loop(timeline, loop) for loop in sorted({run.loop for run in trace.runs})]
    loops.sort(key=_importance)
    fates = Counter(lives.fate[rows].tolist())
    return Summary(
        timeline=timeline,
        lives=lives,
        rows=rows,
        loops=loops,
        overlap=overlap(timeline),
        lag=loop_lag(timeline),
        stalls=find_stalls(timeline),
        contention=find_contention(timeline),
        fates={fate: fates[fate] for fate in Fate if fates[fate]},
        slowest=slowest_waits(timeline, lives, SLOWEST_WAITS, rows),
    )


def _importance(loop: LoopSummary) -> tuple[bool, int]:
    """Sort the main thread's loop first, then the one that lived longest: as people ask."""
    use = loop.use
    lived_ns = use.running_ns + use.idle_ns + use.overhead_ns
    return loop.info.thread != _MAIN_THREAD, -lived_ns


def _loop(timeline: Timeline, loop: int) -> LoopSummary:
    info = timeline.trace.loops.get(loop) or LoopInfo(loop, "?", "?")
    return LoopSummary(info, loop_use(timeline, loop), critical_path(timeline, loop))
