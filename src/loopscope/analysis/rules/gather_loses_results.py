"""``gather-loses-results``: one failure throws away what the others found."""

import ast
from collections.abc import Iterator

from loopscope.analysis.rules.rule import Rule
from loopscope.analysis.rules.uses import Use, use_of
from loopscope.model.finding import Confidence, Finding
from loopscope.source.project import Project, location_of
from loopscope.source.scopes import Function
from loopscope.source.syntax import argument, has_unknown_arguments, last_name

_EXAMPLE = """\
# Wrong: one refusal, and the prices that did arrive are gone too.
async def prices(names):
    try:
        return await asyncio.gather(*(price(name) for name in names))
    except ConnectionError:
        return []

# Right: each result is a price or an exception.
async def prices(names):
    answers = await asyncio.gather(*(price(name) for name in names), return_exceptions=True)
    return [answer for answer in answers if not isinstance(answer, BaseException)]
"""

_ENDS_ALL = {"CancelledError", "TimeoutError", "KeyboardInterrupt", "SystemExit"}


def _lost_results(project: Project) -> Iterator[Finding]:
    for module in project.modules.values():
        for function in module.functions:
            for call in function.each(ast.Call):
                if (
                    project.target(call, function) == "asyncio.gather"
                    and _loses(call, function)
                    and not _cannot_fail(call, function, project)
                ):
                    yield _finding(call, function)


def _loses(call: ast.Call, function: Function) -> bool:
    """Tell a gather whose results are wanted and whose failure is caught and passed over."""
    if argument(call, "return_exceptions") is not None or has_unknown_arguments(call):
        return False
    if len(call.args) < 2 and not any(isinstance(one, ast.Starred) for one in call.args):  # noqa: PLR2004  (one alone loses nothing)
        return False
    awaited = function.module.parents.get(call)
    if not isinstance(awaited, ast.Await) or use_of(awaited, function) is Use.DROPPED:
        return False
    return any(_passes_over(handler) for handler in _handlers(call, function))


def _handlers(node: ast.AST, function: Function) -> list[ast.ExceptHandler]:
    """Return the handlers of the nearest ``try`` whose body holds a node."""
    parents = function.module.parents
    child, above = node, parents.get(node)
    while above is not None and above is not function.node:
        if isinstance(above, ast.Try) and child in above.body:
            return above.handlers
        child, above = above, parents.get(above)
    return []


def _passes_over(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {last_name(kind) for kind in kinds if kind is not None}
    if names and names <= _ENDS_ALL:
        return False
    return not any(isinstance(inner, ast.Raise) for inner in ast.walk(handler))


def _cannot_fail(call: ast.Call, function: Function, project: Project) -> bool:
    """Tell whether all that is gathered catches its own exceptions."""
    inner = [
        one
        for argument_ in call.args
        for one in ast.walk(argument_)
        if isinstance(one, ast.Call) and project.callee(one, function) is not None
    ]
    callees = [project.callee(one, function) for one in inner]
    coroutines = [one for one in callees if one is not None and one.is_async]
    return bool(coroutines) and all(guards_itself(one) for one in coroutines)


def guards_itself(function: Function) -> bool:
    """Tell a function that catches exceptions in its outermost block and raises none again."""
    return any(
        isinstance(statement, ast.Try) and any(_passes_over(one) for one in statement.handlers)
        for statement in function.body
    )


def _finding(call: ast.Call, function: Function) -> Finding:
    return Finding(
        rule=GATHER_LOSES_RESULTS.name,
        where=location_of(call, function),
        message=(
            "When one of these fails, the handler goes on without any result: those that came "
            "are thrown away, and the rest runs on with nobody to look at it."
        ),
        remedy=(
            "Use return_exceptions=True and look at each result, or catch the exception in each "
            "coroutine."
        ),
        confidence=Confidence.LIKELY,
    )


GATHER_LOSES_RESULTS = Rule(
    name="gather-loses-results",
    title="One failure throws away all results",
    why=(
        "gather raises the first exception at once. The results of the others are lost, and the "
        "others are not cancelled: they run on unseen."
    ),
    example=_EXAMPLE,
    in_source=_lost_results,
)
