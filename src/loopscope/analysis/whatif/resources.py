"""Locks and semaphores: who had to wait for them, and which step gave them back."""

from collections import defaultdict

import numpy as np

from loopscope.analysis.critical_path import awaited_text
from loopscope.analysis.timeline import Timeline
from loopscope.analysis.wait_kinds import CODE
from loopscope.analysis.whatif.graph import Cause, Resource
from loopscope.model.kinds import StepEnd, WaitKind
from loopscope.trace.columns import Int64s, Uint8s

Found = tuple[tuple[Resource, ...], dict[int, int], tuple[tuple[int, int, int], ...]]


def find_resources(timeline: Timeline, cause: Uint8s, offset: Int64s) -> Found:
    """Return the resources, who waited for which, and where each was given back.

    Only waits that ended with the resource are counted. A release that nobody waited for, and an
    entry without a wait, are not in a trace; when somebody waits, all places are taken, so both
    cancel out.
    """
    trace = timeline.trace
    steps = trace.steps
    shared = np.isin(timeline.wait_kind, (CODE[WaitKind.LOCK], CODE[WaitKind.SEMAPHORE]))
    chosen = shared & (timeline.wait_object > 0) & (timeline.wait_begin >= 0)
    chosen &= (cause == Cause.EDGE) & (steps.how_end != StepEnd.CANCELLED)
    of_object: dict[int, list[int]] = defaultdict(list)
    for node in np.flatnonzero(chosen).tolist():
        of_object[int(timeline.wait_object[node])].append(node)
    resources: list[Resource] = []
    resource: dict[int, int] = {}
    releases: list[tuple[int, int, int]] = []
    for thing, nodes in of_object.items():
        stack = int(timeline.wait_stack[nodes[0]])
        count = _count(timeline, thing, nodes)
        for node in nodes:
            resource[node] = len(resources)
            releases.append((int(steps.waker[node]), int(offset[node]), len(resources)))
        resources.append(Resource(awaited_text(timeline, stack), count))
    return tuple(resources), resource, tuple(releases)


def _count(timeline: Timeline, thing: int, nodes: list[int]) -> int:
    """Return how many may be inside at once."""
    name, size = timeline.trace.objects.get(thing, ("", 0))
    if name == "Lock":
        return 1
    return size or _count_seen(timeline, nodes)


def _count_seen(timeline: Timeline, nodes: list[int]) -> int:
    """Count those who gave it back without having waited for it: they were inside at the begin."""
    steps = timeline.trace.steps
    inside: dict[int, int] = defaultdict(int)
    first = 0
    for node in nodes:
        giver = int(steps.task[steps.waker[node]])
        if inside[giver]:
            inside[giver] -= 1
        else:
            first += 1
        inside[int(steps.task[node])] += 1
    return max(first, 1)
