"""Which hosts a stack waits for, told from the source text of its lines."""

import ast
import re
from collections.abc import Sequence
from typing import Final

from loopscope.analysis.whatif.parsed import parsed
from loopscope.model.location import Location
from loopscope.source.syntax import last_name
from loopscope.trace.columns import Trace

_ADDRESS: Final = re.compile(r"\w+://(?:[^/@\s]*@)?(\[[0-9a-fA-F:]+\]|[^/:?#\s{}]+)")
_NAME: Final = re.compile(
    r"([A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+|localhost)(?::\d*)?"
)


def hosts_of_stacks(trace: Trace) -> list[frozenset[str]]:
    """Return for each stack the hosts that its innermost line of the user's own code names.

    The line names a host in a text of its own (an address, a host's name), or through a name that
    the file gives such a text once and never another. Where the innermost line names none, the
    line that called it counts, and so on.
    """
    words = trace.words
    texts = {file: _Names(text) for file, text in words.sources.items()}
    of_place: dict[int, frozenset[str]] = {}
    parents = words.node_parent.tolist()
    numbers = words.node_location.tolist()
    found: list[frozenset[str]] = [frozenset()] * len(parents)
    for node in range(1, len(parents)):
        number = numbers[node]
        if number not in of_place:
            place = words.locations[number]
            names = texts.get(place.file) if place.is_user else None
            of_place[number] = names.hosts_at(place) if names else frozenset()
        found[node] = of_place[number] or found[parents[node]]
    return found


def hosts_of_tasks(trace: Trace, of_stack: Sequence[frozenset[str]]) -> list[frozenset[str]]:
    """Return for each task the host of the line that made it, or that made the task it is of.

    Where such a line names several hosts, which of them is this task's cannot be told: none.

    Args:
        trace: The trace; the answer has a row for each of its tasks.
        of_stack: The hosts of each of its stacks.
    """
    table = trace.tasks
    parents = table.rows(table.parent).tolist()
    found: list[frozenset[str]] = []
    for row, (creator, parent) in enumerate(zip(table.creator.tolist(), parents, strict=True)):
        named = of_stack[creator] or (found[parent] if 0 <= parent < row else frozenset())
        found.append(named if len(named) == 1 else frozenset())
    return found


def hosts_in(text: str) -> frozenset[str]:
    """Return the hosts that a text names: in addresses, or when it is a host's name itself."""
    found = {match.strip("[]").lower() for match in _ADDRESS.findall(text)}
    name = _NAME.fullmatch(text)
    if name is not None:
        found.add(name[1].lower())
    return frozenset(found)


class _Names:
    """The texts of one file: those in its lines, and those that names stand for."""

    def __init__(self, text: str) -> None:
        self._lines: dict[int, list[ast.expr]] = {}
        self._values: dict[str, frozenset[str]] = {}
        for node in ast.walk(parsed(text)):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._note(target, node.value)
            if isinstance(node, ast.Constant | ast.Name | ast.Attribute):
                self._lines.setdefault(node.lineno, []).append(node)

    def _note(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, its in zip(target.elts, value.elts, strict=False):
                self._note(one, its)
            return
        texts = (part.value for part in ast.walk(value) if isinstance(part, ast.Constant))
        hosts = frozenset[str]().union(*(hosts_in(one) for one in texts if isinstance(one, str)))
        name = last_name(target)
        if name and hosts:
            self._values[name] = self._values.get(name, frozenset()) | hosts

    def hosts_at(self, place: Location) -> frozenset[str]:
        """Return the hosts that the lines of a place name."""
        found: set[str] = set()
        # A whole "async with" may be the place: only its first lines say what it waits for.
        for line in range(place.line, min(place.end_line, place.line + _MOST_LINES) + 1):
            for node in self._lines.get(line, ()):
                if isinstance(node, ast.Constant):
                    if isinstance(node.value, str):
                        found |= hosts_in(node.value)
                else:
                    found |= self._values.get(last_name(node), frozenset())
        return frozenset(found)


_MOST_LINES: Final = 3
