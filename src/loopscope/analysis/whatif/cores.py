"""The change ``Cores``: how many processors there are for what computes elsewhere."""

from dataclasses import replace

from loopscope.analysis.whatif.changed import Changed, NothingThere
from loopscope.analysis.whatif.graph import Graph
from loopscope.analysis.whatif.off_loop import COMPUTING, PROCESSES
from loopscope.model.changes import Cores


def with_cores(changed: Changed, change: Cores) -> Changed:
    """Give computing in processes, and in threads whose C code frees the GIL, some processors.

    Raises:
        NothingThere: Nothing computes away from the loop.
    """
    names = {pool.name for pool in changed.graph.pools}
    if not names & {PROCESSES, COMPUTING}:
        raise NothingThere(
            "Nothing in this run computes away from the loop, so more processors change nothing: "
            "give --off-loop FILE:LINE or --off-loop FILE:LINE:process along with --cores."
        )
    assumptions = [f"{change.count} processors have nothing else to do."]
    if COMPUTING in names:
        assumptions.append(
            "What computes in threads is C code that frees the GIL (as hashlib, zlib and NumPy do) "
            "for long at a time: after each call it waits for Python code that computes meanwhile."
        )
    return changed.to(on_cores(changed.graph, change.count), *assumptions, is_at_most=True)


def on_cores(graph: Graph, count: int) -> Graph:
    """Return the graph with so many workers in the pools that compute, and none held by the GIL."""
    return replace(
        graph,
        pools=tuple(
            replace(pool, size=count, has_gil=False)
            if pool.name in (PROCESSES, COMPUTING)
            else pool
            for pool in graph.pools
        ),
    )
