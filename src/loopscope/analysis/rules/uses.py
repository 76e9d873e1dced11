"""What a program does with the value of an expression, as far as the source around it tells."""

import ast
from collections.abc import Iterator
from enum import Enum, auto

from loopscope.source.scopes import Function, Scope


class Use(Enum):
    """What becomes of a value."""

    DROPPED = auto()
    """It is a statement of its own."""
    TESTED = auto()
    """It decides a condition, or is compared."""
    OPENED = auto()
    """Something of it is taken: an attribute, an item, a part, its text."""
    STORED = auto()
    """It becomes the value of one local name, and of nothing else."""
    AWAITED = auto()
    ELSEWHERE = auto()
    """It is returned, handed on, or kept in an object."""


SHOWING = {
    "print",
    "len",
    "str",
    "repr",
    "bool",
    "int",
    "float",
    "sum",
    "sorted",
    "max",
    "min",
    "any",
    "all",
    "list",
    "json.dumps",
}
"""Functions that look at a value here and now and keep nothing of it."""


def use_of(node: ast.expr, function: Function) -> Use:
    """Return what becomes of the value of an expression."""
    parents = function.module.parents
    above = parents.get(node)
    if isinstance(above, ast.IfExp) and above.test is not node:
        return Use.DROPPED if isinstance(parents.get(above), ast.Expr) else Use.ELSEWHERE
    if isinstance(above, ast.ListComp | ast.SetComp) and above.elt is node:
        return Use.DROPPED if isinstance(parents.get(above), ast.Expr) else Use.ELSEWHERE
    if isinstance(above, ast.Assign):
        single = len(above.targets) == 1
        target = above.targets[0]
        if isinstance(target, ast.Tuple | ast.List):
            return Use.OPENED
        return Use.STORED if single and isinstance(target, ast.Name) else Use.ELSEWHERE
    for test, use in _TESTS:
        if test(node, above, parents.get(above) if above is not None else None):
            return use
    return Use.ELSEWHERE


def _is_statement(node: ast.expr, above: ast.AST | None, further: ast.AST | None) -> bool:
    del node, further
    return isinstance(above, ast.Expr)


def _is_awaited(node: ast.expr, above: ast.AST | None, further: ast.AST | None) -> bool:
    if isinstance(above, ast.withitem):
        return isinstance(further, ast.AsyncWith)
    return isinstance(above, ast.Await) or (isinstance(above, ast.AsyncFor) and above.iter is node)


def _is_tested(node: ast.expr, above: ast.AST | None, further: ast.AST | None) -> bool:
    if isinstance(above, ast.If | ast.While | ast.IfExp | ast.Assert):
        return above.test is node
    if isinstance(above, ast.BoolOp):
        return above.values[-1] is not node or _is_tested(above, further, None)
    return isinstance(above, ast.Compare) or (
        isinstance(above, ast.UnaryOp) and isinstance(above.op, ast.Not)
    )


COROUTINES_OWN = ("send", "throw", "close", "__await__", "add_done_callback")


def _is_opened(node: ast.expr, above: ast.AST | None, further: ast.AST | None) -> bool:
    del further
    if isinstance(above, ast.Attribute):
        return above.attr not in COROUTINES_OWN and not above.attr.startswith(("cr_", "__"))
    if isinstance(above, ast.Subscript):
        return above.value is node
    if isinstance(above, ast.For | ast.comprehension):
        return above.iter is node
    return isinstance(above, ast.FormattedValue | ast.BinOp) or is_shown(node, above)


def is_shown(node: ast.expr, above: ast.AST | None) -> bool:
    """Tell whether a value only goes into a function that looks at it and keeps nothing."""
    if not isinstance(above, ast.Call) or node not in above.args:
        return False
    return isinstance(above.func, ast.Name) and above.func.id in SHOWING


_TESTS = (
    (_is_statement, Use.DROPPED),
    (_is_awaited, Use.AWAITED),
    (_is_tested, Use.TESTED),
    (_is_opened, Use.OPENED),
)


def stored_name(node: ast.expr, function: Function) -> str:
    """Return the local name that an expression's value gets, "" if it gets none."""
    above = function.module.parents.get(node)
    if isinstance(above, ast.Await | ast.Starred):
        above = function.module.parents.get(above)
    if isinstance(above, ast.Assign) and len(above.targets) == 1:
        target = above.targets[0]
        return target.id if isinstance(target, ast.Name) else ""
    if isinstance(above, ast.NamedExpr):
        return above.target.id
    return ""


def loads_of(name: str, function: Function) -> Iterator[tuple[ast.Name, Function]]:
    """Yield every use of a function's local name, those in functions defined inside included."""
    for one in function.module.functions:
        if one is function or _is_inside(one, function):
            for node in one.each(ast.Name):
                if node.id == name and not isinstance(node.ctx, ast.Store):
                    yield node, one


def _is_inside(function: Function, outer: Function) -> bool:
    above: Scope | None = function.parent
    while above is not None:
        if above is outer:
            return True
        above = above.parent
    return False


def is_local(name: str, function: Function) -> bool:
    """Tell a name that only this function, and what is defined in it, can see."""
    return (
        not isinstance(function.node, ast.Module)
        and name in function.bindings
        and name not in function.outer_names
    )
