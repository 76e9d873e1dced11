"""What of some lines stays one after the other when the rest runs side by side."""

import ast
from collections.abc import Iterator, Sequence

from loopscope.analysis.whatif.loops import position
from loopscope.analysis.whatif.parsed import parsed
from loopscope.model.location import Location

_Place = tuple[int, int]


class Units:
    """The pieces of some lines of a file that need their own awaits in order.

    These are each ``async with`` with its body, and each await with those in its arguments. Where
    the lines are one single ``async with``, its body is meant; where they are any other single
    statement, each of its awaits.

    Args:
        text: The text of the file.
        first_line: The first of the lines.
        last_line: The last of them.
    """

    def __init__(self, text: str, first_line: int, last_line: int) -> None:
        inside = _within(parsed(text).body, first_line, last_line)
        while len(inside) == 1 and isinstance(inside[0], ast.AsyncWith | ast.With):
            inside = inside[0].body
        pieces = _pieces(inside) if len(inside) > 1 else ()
        self._spans = [((one.lineno, one.col_offset), _end(one)) for one in pieces]

    def share(self, one: Location, other: Location) -> bool:
        """Whether two places are in one piece."""
        first, second = position(one), position(other)
        return any(
            begin <= min(first, second) and max(first, second) < end for begin, end in self._spans
        )


def _within(body: Sequence[ast.stmt], first_line: int, last_line: int) -> list[ast.stmt]:
    """Return the outermost statements that are in these lines as a whole."""
    found: list[ast.stmt] = []
    stack: list[ast.AST] = list(reversed(body))
    while stack:
        node = stack.pop()
        if isinstance(node, ast.stmt):
            last = _end(node)[0]
            if first_line <= node.lineno and last <= last_line:
                found.append(node)
                continue
            if node.lineno > last_line or last < first_line:
                continue
        stack.extend(reversed(list(ast.iter_child_nodes(node))))
    return found


def _pieces(statements: Sequence[ast.stmt]) -> Iterator[ast.AsyncWith | ast.Await]:
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.AsyncWith | ast.Await):
                yield node


def _end(node: ast.stmt | ast.expr) -> _Place:
    return node.end_lineno or node.lineno, node.end_col_offset or 0
