"""``swallowed-cancellation``: a task is told to stop, and goes on."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from loopscope.analysis.rules.rule import Rule
from loopscope.model.finding import Confidence, Finding
from loopscope.source.independence.words import LOGGING_METHODS
from loopscope.source.project import Project, location_of
from loopscope.source.scopes import Function
from loopscope.source.syntax import last_name

_EXAMPLE = """\
# Wrong: cancel() only interrupts one wait; the loop goes on.
async def poll():
    while True:
        try:
            await ask()
        except asyncio.CancelledError:
            print("interrupted")

# Right: tidy up, then let it through.
async def poll():
    while True:
        try:
            await ask()
        except asyncio.CancelledError:
            print("interrupted")
            raise
"""

_CANCELLED = ("CancelledError",)
_EVERYTHING = ("", "BaseException")


def _swallowed(project: Project) -> Iterator[Finding]:
    for module in project.modules.values():
        for function in module.functions:
            if function.is_async:
                yield from _in_handlers(function)
                yield from _in_suppress(function)
                yield from _in_finally(function)


def _in_handlers(function: Function) -> Iterator[Finding]:
    for statement in function.each(ast.Try):
        if _awaits_work(statement.body, function):
            caught = False
            for handler in statement.handlers:
                names = _names(handler)
                if caught or not _catches(names):
                    continue
                caught = True  # a later handler does not see it any more
                if _lets_through(handler):
                    continue
                alone = set(names) <= {*_CANCELLED, "TimeoutError"}
                if not alone or _goes_round(statement, handler, function):
                    yield _finding(handler, function, "This handler ends")


def _names(handler: ast.ExceptHandler) -> list[str]:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return ["" if kind is None else last_name(kind) or "?" for kind in kinds]


def _catches(names: list[str]) -> bool:
    return any(name in (*_CANCELLED, *_EVERYTHING) for name in names)


def _lets_through(handler: ast.ExceptHandler) -> bool:
    """Tell a handler that raises, or that hands the exception on to somebody."""
    for node in (one for statement in handler.body for one in ast.walk(statement)):
        if isinstance(node, ast.Raise):
            return True
        if not handler.name or not isinstance(node, ast.Name) or node.id != handler.name:
            continue
        if not any(_is_shown_in(node, one) for one in handler.body):
            return True
    return False


def _is_shown_in(name: ast.Name, statement: ast.stmt) -> bool:
    """Tell whether a statement only prints or logs the exception."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or all(one is not name for one in ast.walk(call)):
        return False
    if isinstance(call.func, ast.Name):
        return call.func.id == "print"
    return last_name(call.func) in LOGGING_METHODS


def _awaits_work(body: list[ast.stmt], function: Function) -> bool:
    """Tell whether a block awaits a call; waiting for a task that was cancelled is none."""
    inside = {id(node) for statement in body for node in ast.walk(statement)}
    cancels = any(last_name(call.func) == "cancel" for call in function.each(ast.Call))
    for wait in function.each(ast.Await):
        if id(wait) in inside and isinstance(wait.value, ast.Call) and not cancels:
            return True
    return False


def _goes_round(statement: ast.stmt, handler: ast.ExceptHandler, function: Function) -> bool:
    """Tell a handler after which a loop begins anew."""
    last = handler.body[-1]
    if isinstance(last, ast.Return | ast.Break):
        return False
    ends = (ast.For, ast.While, ast.AsyncFor)
    loop = function.module.enclosing(statement, *ends, ast.AsyncFunctionDef)
    return isinstance(loop, ends) and not any(
        isinstance(node, ast.Return | ast.Break) for one in handler.body for node in ast.walk(one)
    )


def _in_suppress(function: Function) -> Iterator[Finding]:
    for statement in function.each(ast.With):
        for item in statement.items:
            call = item.context_expr
            if not isinstance(call, ast.Call) or last_name(call.func) != "suppress":
                continue
            names = [last_name(one) for one in call.args]
            is_all = "BaseException" in names
            goes_on = is_all or ("CancelledError" in names and _comes_again(statement, function))
            if goes_on and _awaits_work(statement.body, function):
                what = "BaseException" if is_all else "CancelledError"
                yield _finding(statement, function, f"suppress({what}) ends")


def _comes_again(statement: ast.stmt, function: Function) -> bool:
    """Tell a block in a loop that nothing in it leaves: after it, the next round begins."""
    loops = (ast.For, ast.While, ast.AsyncFor)
    around = function.module.enclosing(statement, *loops, ast.AsyncFunctionDef)
    return isinstance(around, loops) and not any(
        isinstance(node, ast.Return | ast.Break) for node in ast.walk(statement)
    )


def _in_finally(function: Function) -> Iterator[Finding]:
    for statement in function.each(ast.Try):
        if _awaits_work(statement.body, function):
            for last in statement.finalbody:
                if isinstance(last, ast.Return):
                    yield _finding(last, function, "A return in finally ends")


def _finding(node: ast.stmt | ast.ExceptHandler, function: Function, what: str) -> Finding:
    where = location_of(node, function)
    return Finding(
        rule=SWALLOWED_CANCELLATION.name,
        where=replace(where, end_line=where.line, end_column=-1),
        message=(
            f"{what} a cancellation as if nothing had been asked: the task goes on or returns, and "
            "whoever cancelled it (a timeout, a task group) takes that for success."
        ),
        remedy="Catch Exception instead, or end the handler with raise.",
        confidence=Confidence.LIKELY,
    )


SWALLOWED_CANCELLATION = Rule(
    name="swallowed-cancellation",
    title="A task is told to stop, and goes on",
    why=(
        "cancel() works by raising CancelledError at the await where the task waits. Code that "
        "catches it and does not raise it again takes the request away from everybody."
    ),
    example=_EXAMPLE,
    in_source=_swallowed,
)
