"""Finds the line that swallows a cancellation, in the source of the lines at which a task waits."""

import ast
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from loopscope.check.places import Line, place
from loopscope.source.syntax import last_name

_CANCELLATIONS: Final = ("CancelledError", "BaseException")
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def swallower(stack: Sequence[Line]) -> str:
    """Return the line that catches a cancellation and does not raise it again, "" if none does.

    It is the ``except`` of a ``try`` around an await, the ``with`` of a ``suppress``, or the
    ``return`` in a ``finally``: the innermost that can be it.

    Args:
        stack: Where a task waits, innermost first.
    """
    for file, line in stack:
        tree = _parsed(file)
        found = None if tree is None else next(_catching(tree, line), None)
        if found is not None:
            return place(file, found)
    return ""


def _parsed(file: str) -> ast.Module | None:
    try:
        return _tree(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None  # what it came from is not there, or no longer what was run


@lru_cache(maxsize=16)
def _tree(source: bytes) -> ast.Module:
    return ast.parse(source)


def _catching(tree: ast.Module, line: int) -> Iterator[int]:
    """Yield the lines around a line of one function that may swallow, the innermost first."""
    around: list[tuple[ast.AST, str]] = []
    node: ast.AST | None = tree
    while node is not None:
        if isinstance(node, _FUNCTIONS):
            around = []
        inner, name = _child_at(node, line)
        around.append((node, name))
        node = inner
    for one, name in reversed(around):
        if isinstance(one, ast.Try | ast.TryStar):
            yield from _in_try(one, name)
        elif isinstance(one, ast.With | ast.AsyncWith) and name == "body":
            yield from (item.context_expr.lineno for item in one.items if _suppresses(item))


def _child_at(node: ast.AST, line: int) -> tuple[ast.AST | None, str]:
    """Return the part of a node that a line is in, and which part that is."""
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and _spans(child, line):
                return child, name
    return None, ""


def _spans(node: ast.AST, line: int) -> bool:
    begin, end = getattr(node, "lineno", None), getattr(node, "end_lineno", None)
    if begin is not None and end is not None:
        return bool(begin <= line <= end)
    # What has no lines of its own (a case of a match, an item of a with) has parts that have.
    return any(_spans(child, line) for child in ast.iter_child_nodes(node))


def _in_try(node: "ast.Try | ast.TryStar", name: str) -> Iterator[int]:
    if name == "body":
        handler = next((one for one in node.handlers if _catches(one.type)), None)
        if handler is not None and not _raises_it_again(handler):
            yield handler.lineno
    if name != "finalbody":
        inside = _own_statements(node.finalbody)
        yield from (one.lineno for one in inside if isinstance(one, ast.Return))


def _catches(kind: ast.expr | None) -> bool:
    if isinstance(kind, ast.Tuple):
        return any(map(_catches, kind.elts))
    return kind is None or last_name(kind) in _CANCELLATIONS


def _raises_it_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    if not isinstance(last, ast.Raise):
        return False
    raised = last.exc.func if isinstance(last.exc, ast.Call) else last.exc
    return raised is None or last_name(raised) in ("CancelledError", handler.name)


def _suppresses(item: ast.withitem) -> bool:
    call = item.context_expr
    return (
        isinstance(call, ast.Call)
        and last_name(call.func) == "suppress"
        and any(map(_catches, call.args))
    )


def _own_statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a body and those in them, without those of functions in it."""
    for statement in body:
        if isinstance(statement, _FUNCTIONS):
            continue
        yield statement
        for _, value in ast.iter_fields(statement):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                yield from _own_statements(value)
