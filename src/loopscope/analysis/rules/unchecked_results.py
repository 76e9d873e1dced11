"""``unchecked-results``: exceptions come back as results, and nobody looks."""

import ast
from collections.abc import Iterator

from loopscope.analysis.rules.rule import Rule
from loopscope.analysis.rules.uses import Use, is_local, is_shown, loads_of, stored_name, use_of
from loopscope.model.finding import Confidence, Finding
from loopscope.source.project import Project, location_of
from loopscope.source.scopes import Function
from loopscope.source.syntax import argument, last_name

_EXAMPLE = """\
# Wrong: a failed delivery looks like one that worked.
async def deliver_all(orders):
    await asyncio.gather(*(deliver(one) for one in orders), return_exceptions=True)

# Right: each failure is told.
async def deliver_all(orders):
    results = await asyncio.gather(*(deliver(one) for one in orders), return_exceptions=True)
    for order, result in zip(orders, results):
        if isinstance(result, BaseException):
            log.error("%s was not delivered: %r", order, result)
"""

_CLOSING = (
    "close",
    "aclose",
    "stop",
    "cancel",
    "shutdown",
    "disconnect",
    "terminate",
    "cleanup",
    "exit",
    "kill",
    "teardown",
)
_LOOKING = ("isinstance", "issubclass", "type")


def _unchecked(project: Project) -> Iterator[Finding]:
    for module in project.modules.values():
        for function in module.functions:
            for call in function.each(ast.Call):
                if project.target(call, function) != "asyncio.gather":
                    continue
                wanted = argument(call, "return_exceptions")
                is_on = isinstance(wanted, ast.Constant) and wanted.value is True
                if is_on and (how := _unlooked(call, function)):
                    yield _finding(call, function, how)


def _unlooked(call: ast.Call, function: Function) -> str:
    """Say what happens to the results instead of a look, "" where there may be one."""
    awaited = function.module.parents.get(call)
    if not isinstance(awaited, ast.Await):
        return ""
    use = use_of(awaited, function)
    if use is Use.DROPPED:
        return "" if _only_ends(call, function) else "they are dropped"
    name = stored_name(call, function)
    if not name or not is_local(name, function) or _looks(function):
        return ""
    loads = list(loads_of(name, function))
    if not loads:
        return "they are never used"
    if all(_only_shown(load, where) for load, where in loads):
        return "they are used without a look at what they are"
    return ""


def _only_ends(call: ast.Call, function: Function) -> bool:
    """Tell a gather that waits for what is being ended: failures do not matter any more."""
    if function.name in (*_CLOSING, "__aexit__"):
        return True
    methods = [
        one.func.attr for one in function.each(ast.Call) if isinstance(one.func, ast.Attribute)
    ]
    if "cancel" in methods:
        return True
    inner = [one for arg in call.args for one in ast.walk(arg) if isinstance(one, ast.Call)]
    if not inner:  # tasks made elsewhere: somebody else may ask them
        return True
    return any(word in last_name(one.func).lower() for one in inner for word in _CLOSING)


def _looks(function: Function) -> bool:
    """Tell a function that asks anywhere what kind of thing it has."""
    return (
        any(last_name(one.func) in _LOOKING for one in function.each(ast.Call))
        or ast.Match in function.nodes
        or ast.Raise in function.nodes
    )


def _only_shown(load: ast.Name, function: Function) -> bool:
    """Tell a use that only counts results, or goes through them to print them."""
    above = function.module.parents.get(load)
    if is_shown(load, above):
        return True
    if isinstance(above, ast.For) and above.iter is load and isinstance(above.target, ast.Name):
        uses = list(loads_of(above.target.id, function))
        return all(_is_printed(one, where) for one, where in uses)
    return False


def _is_printed(node: ast.Name, function: Function) -> bool:
    above = function.module.parents.get(node)
    return is_shown(node, above) or isinstance(above, ast.FormattedValue)


def _finding(call: ast.Call, function: Function, how: str) -> Finding:
    return Finding(
        rule=UNCHECKED_RESULTS.name,
        where=location_of(call, function),
        message=f"Exceptions come back among these results, and {how}: a failure passes unseen.",
        remedy=(
            "Look at each result with isinstance(result, BaseException), or leave "
            "return_exceptions out."
        ),
        confidence=Confidence.LIKELY,
    )


UNCHECKED_RESULTS = Rule(
    name="unchecked-results",
    title="Exceptions come back as results, and nobody looks",
    why=(
        "With return_exceptions=True gather raises nothing: a failed task gives its exception as "
        "its result. Who does not look at the results never hears of it."
    ),
    example=_EXAMPLE,
    in_source=_unchecked,
)
