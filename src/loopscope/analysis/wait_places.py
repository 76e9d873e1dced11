"""Which stack tells a person where a wait was."""

from collections.abc import Callable

import numpy as np

from loopscope.model.kinds import Origin
from loopscope.model.location import Location
from loopscope.trace.columns import Int64s, Trace


def told_nodes(trace: Trace, nodes: Int64s, tasks: Int64s) -> Int64s:
    """Return the stacks that tell where some waits were: as they are, but for one case.

    A task may run nothing but asyncio's own code, as in ``gather(asyncio.sleep(1), ...)``. Then
    the line that made it says more, if that is the user's.

    Args:
        trace: What the waits are of.
        nodes: Their await stacks.
        tasks: The id of each one's task.
    """
    makers = _makers(trace, tasks)
    is_plumbing = _those(trace, nodes, lambda place: place.origin is Origin.STANDARD)
    by_user = _those(trace, makers, lambda place: place.is_user)
    return np.where(is_plumbing & by_user, makers, nodes)


def told_node(trace: Trace, node: int, task_id: int) -> int:
    """Return the stack that tells where one wait was."""
    return int(told_nodes(trace, np.array([node]), np.array([task_id]))[0])


def _makers(trace: Trace, tasks: Int64s) -> Int64s:
    """Return the stack in which each task was made, 0 where that is not known."""
    table = trace.tasks
    is_known = tasks < len(table.row_of)
    row = np.where(is_known, table.row_of[np.where(is_known, tasks, 0)], -1)
    if not len(table):
        return np.zeros(len(tasks), np.int64)
    return np.where(row >= 0, table.creator[row], 0).astype(np.int64)


def _those(trace: Trace, nodes: Int64s, holds: Callable[[Location], bool]) -> np.ndarray:
    """Return of which stacks something holds for the place that is told; for none of no stack."""
    unique, inverse = np.unique(nodes, return_inverse=True)
    words = trace.words
    held = [node > 0 and holds(words.user_location(node)) for node in unique.tolist()]
    return np.array(held, bool)[inverse]
