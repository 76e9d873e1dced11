"""Applies one change of any kind."""

from collections.abc import Sequence
from typing import Any, Final

from loopscope.analysis.whatif.changed import Changed
from loopscope.analysis.whatif.cores import with_cores
from loopscope.analysis.whatif.hosts import faster
from loopscope.analysis.whatif.limit import limited
from loopscope.analysis.whatif.off_loop import off_loop
from loopscope.analysis.whatif.stalls import without_stalls
from loopscope.analysis.whatif.together import side_by_side
from loopscope.model.changes import Change, Cores, Faster, Limit, NoStalls, OffLoop, Together

# In the order in which they are applied: an await is moved as it was recorded, and how many
# workers there are is said when it is known which work they have.
_APPLY: Final[dict[type, Any]] = {
    Together: side_by_side,
    Faster: faster,
    OffLoop: off_loop,
    NoStalls: without_stalls,
    Limit: limited,
    Cores: with_cores,
}


def apply_changes(changed: Changed, changes: Sequence[Change]) -> Changed:
    """Return the graph with all changes, whatever order they are given in.

    Raises:
        NothingThere: A change names nothing that is in the run.
    """
    order = list(_APPLY)
    for change in sorted(changes, key=lambda one: order.index(type(one))):
        changed = _APPLY[type(change)](changed, change)
    return changed
