"""Applies one change of any kind."""

from loopscope.analysis.whatif.changed import Changed, NothingThere
from loopscope.analysis.whatif.limit import limited
from loopscope.analysis.whatif.stalls import without_stalls
from loopscope.analysis.whatif.together import side_by_side
from loopscope.model.changes import Change, Limit, NoStalls, Together


def apply_change(changed: Changed, change: Change) -> Changed:
    """Return the graph with one more change.

    Raises:
        NothingThere: The change names nothing that is in the run.
    """
    if isinstance(change, Together):
        return side_by_side(changed, change)
    if isinstance(change, Limit):
        return limited(changed, change)
    if isinstance(change, NoStalls):
        return without_stalls(changed)
    raise NothingThere("This change cannot be tried yet.")
