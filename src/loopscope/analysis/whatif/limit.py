"""The change ``Limit``: a lock, semaphore or pool lets more in at a time, or fewer."""

from collections.abc import Sequence
from dataclasses import replace

from loopscope.analysis.whatif.changed import Changed, NothingThere
from loopscope.analysis.whatif.graph import Graph
from loopscope.model.changes import Limit


def limited(changed: Changed, limit: Limit) -> Changed:
    """Set the size of what is named so.

    Raises:
        NothingThere: Nobody waited for anything of this name.
    """
    graph = changed.graph
    resources = [at for at, one in enumerate(graph.resources) if one.name == limit.name]
    pools = [at for at, one in graph.own_pools.items() if one.name == limit.name]
    if not resources and not pools:
        raise NothingThere(
            f"No lock, semaphore or pool named {limit.name} held anything up in this run: "
            f"{limits_text(graph)}"
        )
    graph = with_limit(graph, resources, pools, limit.count)
    return changed.to(
        graph,
        f"What {limit.name} protects takes each of the {limit.count} that it lets in as fast as "
        "those that it let in when recorded.",
        is_at_most=True,
    )


def with_limit(graph: Graph, resources: Sequence[int], pools: Sequence[int], count: int) -> Graph:
    """Return the graph with these resources and pools (rows) of another size."""
    chosen = list(graph.resources)
    for at in resources:
        chosen[at] = replace(
            chosen[at], count=count, free=chosen[at].free + count - chosen[at].count
        )
    sized = list(graph.pools)
    for at in pools:
        sized[at] = replace(sized[at], size=count)
    return replace(graph, resources=tuple(chosen), pools=tuple(sized))


def limits_text(graph: Graph) -> str:
    """Say which limits a run shows."""
    names = [one.name for one in graph.resources] + [one.name for one in graph.own_pools.values()]
    if not names:
        return "it shows no limit at all."
    return f"it shows {', '.join(dict.fromkeys(names))}."
