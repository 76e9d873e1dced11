"""The ``async with`` blocks of recorded source, and how many each lock or semaphore lets in."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from loopscope.analysis.whatif.parsed import parsed
from loopscope.source.syntax import last_name

_Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.Module

_ONE: Final = "Lock"
_COUNTED: Final = ("Semaphore", "BoundedSemaphore")


@dataclass(frozen=True, slots=True)
class Block:
    """The body of an ``async with``: its lines, and the text of what it enters."""

    file: str
    first_line: int
    last_line: int
    name: str
    count: int
    """How many may be inside at once, as the source says; 0 where it does not."""
    made_line: int
    """Where the source makes it, 0 where that is not known."""


def find_blocks(sources: Mapping[str, str]) -> dict[str, list[Block]]:
    """Return the blocks of each file, with what is made as a lock or semaphore of that name."""
    return {file: _blocks_of(file, text) for file, text in sources.items()}


def _blocks_of(file: str, text: str) -> list[Block]:
    tree = parsed(text)
    scopes = _scopes(tree)
    return [
        Block(
            file,
            node.body[0].lineno,
            node.body[-1].end_lineno or node.body[-1].lineno,
            ast.unparse(item.context_expr),
            *_made(last_name(item.context_expr), scopes, node.lineno),
        )
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncWith)
        for item in node.items
    ]


def _scopes(tree: ast.Module) -> list[_Scope]:
    """Return the functions of a file, the innermost first, and last the file itself."""
    functions = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return [*sorted(functions, key=lambda node: -node.lineno), tree]


def _made(name: str, scopes: list[_Scope], line: int) -> tuple[int, int]:
    """Return the size of what a line's scope, or one around it, makes under a name, and where.

    0 and 0 where it is nothing of the kind, or not one thing only.
    """
    for scope in scopes:
        if not isinstance(scope, ast.Module) and not _holds(scope, line):
            continue
        made = {
            (_size(value), value.lineno)
            for node in ast.walk(scope)
            if isinstance(node, ast.Assign)
            for target, value in _assigned(node)
            if isinstance(value, ast.Call) and last_name(target) == name
        }
        if made:
            return made.pop() if len(made) == 1 else (0, 0)
    return 0, 0


def _assigned(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield each target with what it gets, as far as the source shows it."""
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=False)
        else:
            yield target, node.value


def _holds(function: ast.FunctionDef | ast.AsyncFunctionDef, line: int) -> bool:
    return function.lineno <= line <= (function.end_lineno or function.lineno)


def _size(call: ast.Call) -> int:
    made = last_name(call.func)
    if made == _ONE:
        return 1
    if made not in _COUNTED:
        return 0
    if not call.args and not call.keywords:
        return 1
    given = call.args[0] if call.args else call.keywords[0].value
    value = given.value if isinstance(given, ast.Constant) else 0
    return value if isinstance(value, int) and value > 0 else 0
