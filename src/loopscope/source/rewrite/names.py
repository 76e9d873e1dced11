"""Names for a rewrite: how the module calls ``gather``, and names that nothing else has."""

import ast
from collections.abc import Iterable

from loopscope.source.rewrite.edits import Edit, Text
from loopscope.source.rewrite.outcome import UnsupportedError
from loopscope.source.scopes import Function, Module


def gather_name(function: Function, text: Text) -> tuple[str, tuple[Edit, ...]]:
    """Return what ``asyncio.gather`` is called in a function, and the edit that imports it.

    Raises:
        UnsupportedError: The name ``asyncio`` means something else there.
    """
    module = function.module
    for node in module.tree.body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name == "asyncio":
                    return _free(alias.asname or "asyncio", function) + ".gather", ()
        elif isinstance(node, ast.ImportFrom) and node.module == "asyncio" and not node.level:
            for alias in node.names:
                if alias.name == "gather":
                    return _free(alias.asname or "gather", function), ()
    if module.top.bindings.get("asyncio"):
        raise UnsupportedError("the name `asyncio` means something else in this file")
    return _free("asyncio", function) + ".gather", (_import(module, text),)


def _free(name: str, function: Function) -> str:
    """Return a name of the module that no scope between hides."""
    scope = function
    while scope is not function.module.top:
        if name in scope.bindings:
            raise UnsupportedError(f"the name `{name}` means something else in this function")
        parent = scope.parent
        if not isinstance(parent, Function):
            break
        scope = parent
    return name


def _import(module: Module, text: Text) -> Edit:
    """Return the edit that adds ``import asyncio``: sorted into the first block of imports."""
    body = module.tree.body
    at_line, before_blank = 1, False
    start = 0
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        start, at_line, before_blank = 1, (body[0].end_lineno or 1) + 1, True
    imports = [one for one in body[start:] if isinstance(one, ast.Import | ast.ImportFrom)]
    future = [one for one in imports if _is_future(one)]
    if future:
        at_line, before_blank = (future[-1].end_lineno or 1) + 1, True
    others = [one for one in imports if not _is_future(one)]
    if others:
        place = _place_among(others)
        return _insertion(text.begin_of_line(place), "import asyncio\n")
    if not before_blank:
        while at_line < len(text.text.split("\n")) and text.line(at_line).startswith("#"):
            at_line += 1
        return _insertion(text.begin_of_line(at_line), "import asyncio\n\n")
    return _insertion(text.end_of_line(at_line - 1), "\n\nimport asyncio")


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _place_among(imports: list[ast.Import | ast.ImportFrom]) -> int:
    """Return the line before which ``import asyncio`` goes."""
    block: list[ast.Import] = []
    for one in imports:
        if not isinstance(one, ast.Import):
            break
        block.append(one)
    for one in block:
        if one.names[0].name > "asyncio":
            return one.lineno
    last = block[-1] if block else None
    return imports[0].lineno if last is None else (last.end_lineno or last.lineno) + 1


def fresh(wanted: str, function: Function, taken: Iterable[str] = ()) -> str:
    """Return a name that is free in a function and its file: the wanted one, or with a number."""
    outermost = function
    while isinstance(outermost.parent, Function) and outermost.parent is not function.module.top:
        outermost = outermost.parent
    used = {
        name
        for node in ast.walk(outermost.node)
        for name in (getattr(node, "id", None), getattr(node, "arg", None))
        if isinstance(name, str)
    }
    used |= set(taken) | set(function.module.top.bindings)
    name, number = wanted, 1
    while name in used:
        number += 1
        name = f"{wanted}_{number}"
    return name


def _insertion(at: int, text: str) -> Edit:
    return Edit(at, at, text)
