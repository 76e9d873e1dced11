"""Where the loops of recorded source are."""

import ast
from collections.abc import Mapping, Sequence
from typing import Final

from loopscope.analysis.whatif.parsed import parsed
from loopscope.model.location import Location
from loopscope.trace.columns import Words

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_LEAVE: Final = "__aexit__"


class LoopsOfSource:
    """The loops in the source text of a trace; files that do not parse have none.

    Args:
        sources: The text of each file.
    """

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources
        self._known: dict[str, list[tuple[int, int]]] = {}
        self._returns: dict[str, list[tuple[int, int]]] = {}

    def begins_within(self, file: str, first_line: int, last_line: int) -> bool:
        """Whether the first line of a loop is among these lines."""
        return any(first_line <= begin <= last_line for begin, _ in self._loops(file))

    def share(self, one: Location, other: Location) -> bool:
        """Whether two places of a function are in one loop of that function."""
        return any(
            one.first_line < begin <= min(one.line, other.line) and max(one.line, other.line) <= end
            for begin, end in self._loops(one.file)
        )

    def returns(self, place: Location) -> bool:
        """Whether a place is in a ``return``: what it waits for ends its loop, as in a retry.

        A loop that comes by there again did so after a failure, for which it pauses elsewhere;
        without such a pause the function was called anew.
        """
        known = self._returns.get(place.file)
        if known is None:
            tree = parsed(self._sources.get(place.file, ""))
            known = self._returns[place.file] = [
                (node.lineno, node.end_lineno or node.lineno)
                for node in ast.walk(tree)
                if isinstance(node, ast.Return)
            ]
        return any(begin <= place.line <= end for begin, end in known)

    def may_repeat(self, place: Location) -> bool:
        """Whether a place is in a loop of its function, as far as its source is known."""
        if place.file not in self._sources:
            return True
        return any(
            place.first_line <= begin <= place.line <= end for begin, end in self._loops(place.file)
        )

    def _loops(self, file: str) -> list[tuple[int, int]]:
        known = self._known.get(file)
        if known is None:
            known = self._known[file] = _loops_of(self._sources.get(file, ""))
        return known


def _loops_of(text: str) -> list[tuple[int, int]]:
    tree = parsed(text)
    return [
        (node.lineno, node.end_lineno or node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, _LOOPS + _COMPREHENSIONS)
    ]


def begins_again(words: Words, loops: LoopsOfSource, depth: int, before: int, now: int) -> bool:
    """Whether a wait belongs to another round than the task's wait before.

    Args:
        words: The stacks of the trace.
        loops: The loops of its source.
        depth: How many of the outer frames both stacks have in common.
        before: The stack of the wait before.
        now: The stack of this wait.

    Returns:
        True where the task is further up in the code than before, or again at the same place,
        without a loop further in that would bring it there. Leaving an ``async with`` leads back
        to its head and is no new round.
    """
    old, new = words.stack(before)[depth:], words.stack(now)[depth:]
    for at, (one, other) in enumerate(zip(old, new, strict=False)):
        if (one.file, one.function) != (other.file, other.function):
            return not leaves_block(new[at:])
        if loops.share(one, other) and not (one == other and loops.returns(one)):
            return False
        if one != other:
            return position(other) < position(one) and not leaves_block(new[at + 1 :])
    return len(old) == len(new)


def leaves_block(inner: Sequence[Location]) -> bool:
    """Whether what a place called is the end of an ``async with``, which stands at its head."""
    return bool(inner) and inner[0].function.rpartition(".")[2] == _LEAVE


def position(place: Location) -> tuple[int, int]:
    """Return where a place is, for comparing it with others of its function."""
    return place.line, place.column
