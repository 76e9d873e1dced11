"""Which moments of a simulated run are the same in a real one, where nothing is quite on time."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from loopscope.learn.facts.moves import Idle, Move, Run, moves
from loopscope.learn.facts.studied import Studied
from loopscope.model.kinds import WaitKind, WakeKind
from loopscope.trace.columns import Int64s

MARGIN_NS = 20_000_000
"""What is further apart than this comes in the same order on a machine that is not very busy."""
DRIFT = 12
"""A run that is not simulated is later than it should be by up to this part of its time so far."""
_OUTSIDE = (WakeKind.TIMER, WakeKind.IO, WakeKind.THREAD)
_IN_PIECES = frozenset({WaitKind.IO, WaitKind.SUBPROCESS})
"""What arrives in pieces: a task waits for it more often when the pieces are smaller."""


def sure_moves(studied: Studied) -> Iterator[tuple[Run, int, Move]]:
    """Give each run of a task after which it is sure what comes: the run, its number, the move.

    Runs count for each task, from 1. Left out are tasks that share a name, runs after a wait for
    what arrives in pieces, and moments with two things nearly due at once.
    """
    if not has_own_tasks_only(studied):
        return
    made = moves(studied)
    owners = {move.name: set[int]() for move in made if isinstance(move, Run)}
    for move in made:
        if isinstance(move, Run):
            owners[move.name].add(move.task_id)
    changes = _outside_changes(studied)
    runs = Counter[str]()
    unsure: set[str] = {name for name, ids in owners.items() if len(ids) > 1}
    for move, following in pairwise(made):
        if not isinstance(move, Run):
            continue
        runs[move.name] += 1
        if move.name not in unsure and _is_sure(studied, move, following, changes):
            yield move, runs[move.name], following
        if move.awaited is not None and move.awaited.kind in _IN_PIECES:
            unsure.add(move.name)


def has_own_tasks_only(studied: Studied) -> bool:
    """Whether no library made tasks for itself: how many it makes depends on the network."""
    return len(studied.own_rows) == len(studied.summary.rows)


def stands_out(lengths: Sequence[int]) -> bool:
    """Whether the longest of some times is the longest in any run."""
    first, second = sorted([0, 0, *lengths])[:-3:-1]
    return first >= max(1.5 * second, second + MARGIN_NS)


def steadiest(studied: Studied, begin_ns: int, end_ns: int) -> int | None:
    """Return the moment between two times that is furthest from any change.

    Args:
        studied: The run.
        begin_ns: The first time, from the begin of the run.
        end_ns: The last time.

    Returns:
        The moment, None if all are too near to a change.
    """
    inside = _changes(studied)
    inside = inside[(inside > begin_ns) & (inside < end_ns)]
    times = np.concatenate(([begin_ns], inside, [end_ns]))
    widest = int(np.argmax(np.diff(times)))
    at = int(times[widest] + times[widest + 1]) // 2
    margin = max(MARGIN_NS, at // DRIFT)
    return at if times[widest + 1] - times[widest] >= 2 * margin else None


def _is_sure(studied: Studied, move: Run, following: Move, changes: Int64s) -> bool:
    near = (changes > move.begin_ns - MARGIN_NS) & (changes < move.end_ns + MARGIN_NS)
    if int(near.sum()) > 1:
        return False
    if isinstance(following, Idle):
        return following.end_ns - following.begin_ns >= MARGIN_NS
    return studied.causes.of(following.index).kind not in _OUTSIDE


def _outside_changes(studied: Studied) -> Int64s:
    """Return when something outside the loop made a step ready: a timer, I/O, a thread."""
    trace = studied.summary.trace
    woken = np.isin(trace.steps.wake, _OUTSIDE)
    return np.asarray(trace.steps.ready[woken] - trace.begin_ns, np.int64)


def _changes(studied: Studied) -> Int64s:
    """Return all times at which anything becomes ready, runs, or stops running, in order."""
    trace = studied.summary.trace
    steps = trace.steps
    times = np.concatenate((steps.ready, steps.begin, steps.end)) - trace.begin_ns
    return np.asarray(np.unique(times), np.int64)
