"""Finds the places of a trace that a file and lines mean, and says which there are."""

from collections import Counter
from pathlib import PurePath

from loopscope.trace.columns import Trace

MOST_NAMED = 12


def matching_files(trace: Trace, file: str) -> frozenset[str]:
    """Return the recorded files that a path means: the same one, or one that ends with it."""
    wanted = PurePath(file).parts
    found = set()
    for place in trace.words.locations:
        parts = PurePath(place.file).parts
        if place.file == file or (wanted and parts[-len(wanted) :] == wanted):
            found.add(place.file)
    return frozenset(found)


def in_lines(trace: Trace, file: str, first_line: int, last_line: int) -> list[bool]:
    """Return for each stack of a trace whether its innermost place is in these lines."""
    files = matching_files(trace, file)
    hit = [
        place.file in files and first_line <= place.line <= last_line
        for place in trace.words.locations
    ]
    return [hit[number] for number in trace.words.node_location.tolist()]


def outermost_hit(trace: Trace, hit: list[bool]) -> list[int]:
    """Return for each stack the part of it that ends in its outermost hit, 0 without one."""
    parents = trace.words.node_parent.tolist()
    found = [0] * len(parents)
    for node in range(1, len(parents)):
        found[node] = found[parents[node]] or (node if hit[node] else 0)
    return found


def listed(counts: Counter[str]) -> str:
    """Return a list for a sentence, the most frequent first."""
    names = [name for name, _ in counts.most_common(MOST_NAMED)]
    rest = len(counts) - len(names)
    return ", ".join(names) + (f" and {rest} more" if rest > 0 else "")
