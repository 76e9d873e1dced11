"""The static half of ``pointless-async``: gathers that bring nothing, results sent to a thread."""

import ast
from collections.abc import Iterator
from typing import Final

from loopscope.model.finding import Confidence, Finding
from loopscope.source.project import Project, location_of
from loopscope.source.scopes import Function
from loopscope.source.syntax import text_of

NEVER_SUSPENDS: Final = "never suspends"
ONE_ALONE: Final = "one alone"
RESULT_TO_THREAD: Final = "result to thread"

_TASK_GROUP: Final = "asyncio.TaskGroup"
_WAITING = (ast.AsyncFor, ast.AsyncWith)
# Calls whose result is a function to call.
_MAKERS: Final = (
    "functools.partial",
    "getattr",
    "operator.attrgetter",
    "operator.itemgetter",
    "operator.methodcaller",
    "typing.cast",
)


def pointless_in_source(project: Project) -> Iterator[Finding]:
    """Yield what the source shows; ``evidence["what"]`` says which of the three it is."""
    suspension = _Suspension(project)
    for module in project.modules.values():
        for function in module.functions:
            for block in function.each(ast.AsyncWith):
                yield from _group(project, function, block, suspension)
            for call in function.each(ast.Call):
                name = project.target(call, function)
                if name == "asyncio.gather":
                    yield from _gather(function, call, suspension)
                elif name == "asyncio.to_thread" and call.args:
                    yield from _offload(project, function, call, call.args[0])
                elif name.endswith(".run_in_executor") and len(call.args) > 1:
                    yield from _offload(project, function, call, call.args[1])


class _Suspension:
    """Knows which coroutine functions cannot suspend, however they are called."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[Function, bool] = {}

    def is_missing(self, expression: ast.expr, function: Function) -> bool:
        """Whether an expression calls a coroutine function that cannot suspend."""
        if not isinstance(expression, ast.Call):
            return False
        callee = self._project.callee(expression, function)
        return callee is not None and self._never(callee)

    def _never(self, function: Function) -> bool:
        if function not in self._known:
            self._known[function] = False  # one that calls itself is not looked into further
            self._known[function] = self._looked_at(function)
        return self._known[function]

    def _looked_at(self, function: Function) -> bool:
        if not function.is_coroutine_function or any(function.each(kind) for kind in _WAITING):
            return False
        instead = self._project.overrides(function)
        if function.is_stub or not all(self._never(one) for one in instead):
            return False
        if self._project.decorators(function) or any(
            part.is_async for part in function.each(ast.comprehension)
        ):
            return False
        return all(self.is_missing(one.value, function) for one in function.each(ast.Await))


def _gather(function: Function, call: ast.Call, suspension: _Suspension) -> Iterator[Finding]:
    parts = [_element(one) for one in call.args]
    if parts and all(suspension.is_missing(one, function) for one in parts):
        yield _finding(
            function,
            call,
            NEVER_SUSPENDS,
            "What is gathered here never waits for anything, so it runs one after the other all "
            "the same, with a task for each on top.",
            "Call them in turn: await each in a loop, or make them ordinary functions.",
        )
    elif len(call.args) == 1 and not isinstance(call.args[0], ast.Starred) and not call.keywords:
        alone = text_of(call.args[0])
        yield _finding(
            function,
            call,
            ONE_ALONE,
            f"gather gets {alone} alone: there is nothing to run beside it.",
            f"Await it: await {alone}.",
        )


def _group(
    project: Project, function: Function, block: ast.AsyncWith, suspension: _Suspension
) -> Iterator[Finding]:
    """Yield a task group in which no task ever waits."""
    manager = block.items[0].context_expr
    if not isinstance(manager, ast.Call) or project.target(manager, function) != _TASK_GROUP:
        return
    inside = set(ast.walk(block))
    started = [
        call
        for call in function.each(ast.Call)
        if call in inside and project.target(call, function) == f"{_TASK_GROUP}.create_task"
    ]
    given = [call.args[0] for call in started if call.args]
    is_all = given and len(given) == len(started) and not _awaits(function, inside)
    if is_all and all(suspension.is_missing(one, function) for one in given):
        yield _finding(
            function,
            started[0],
            NEVER_SUSPENDS,
            "What this group starts never waits for anything, so it runs one after the other all "
            "the same, with a task for each on top.",
            "Call them in turn: await each, or make them ordinary functions.",
        )


def _awaits(function: Function, inside: set[ast.AST]) -> bool:
    return any(wait in inside for wait in function.each(ast.Await))


def _element(argument: ast.expr) -> ast.expr:
    """Return what one argument of gather awaits: of ``*(f(x) for x in xs)``, ``f(x)``."""
    if isinstance(argument, ast.Starred):
        items = argument.value
        if isinstance(items, ast.GeneratorExp | ast.ListComp):
            return items.elt
    return argument


def _offload(
    project: Project, function: Function, call: ast.Call, sent: ast.expr
) -> Iterator[Finding]:
    if not isinstance(sent, ast.Call) or _gives_function(project, function, sent):
        return
    inner = text_of(sent.func)
    arguments = ", ".join(text_of(one) for one in (_inner_arguments(sent)))
    yield _finding(
        function,
        call,
        RESULT_TO_THREAD,
        f"{inner}() is called here, on the loop, and only its result is sent to the thread.",
        f"Give the function and its arguments apart: {inner}, {arguments}.".replace(", .", "."),
    )


def _inner_arguments(call: ast.Call) -> list[ast.AST]:
    """Return a call's arguments, those by keyword last."""
    return [*call.args, *call.keywords]


def _gives_function(project: Project, function: Function, call: ast.Call) -> bool:
    """Whether a call may return a function, which is then rightly sent."""
    name = project.target(call, function)
    if not name or name in _MAKERS:
        return True
    made = project.callee(call, function)
    if made is None:
        return ":" in name or name.rpartition(".")[2][:1].isupper()
    if made.name in ("__init__", "__call__") or any(function.name for function in _inner(made)):
        return True
    return any(one.value is not None and not _is_plain(one.value) for one in made.each(ast.Return))


def _inner(function: Function) -> list[Function]:
    return [one for one in function.module.functions if one.parent is function]


def _is_plain(value: ast.expr) -> bool:
    """Whether a returned expression is surely no function: a text, a number, a sum, a call."""
    return not isinstance(value, ast.Name | ast.Attribute | ast.Lambda | ast.Subscript)


def _finding(function: Function, call: ast.Call, what: str, message: str, remedy: str) -> Finding:
    return Finding(
        rule="pointless-async",
        where=location_of(call, function),
        message=message,
        remedy=remedy,
        confidence=Confidence.LIKELY,
        evidence={"what": what},
    )
