"""``never-awaited``: a coroutine is made, and nothing runs it."""

import ast
from collections.abc import Iterator

from loopscope.analysis.rules.coroutine_callbacks import HandedOver, handed_over
from loopscope.analysis.rules.rule import Rule
from loopscope.analysis.rules.run_facts import RunFacts
from loopscope.analysis.rules.seen_lapses import confirmed, never_awaited_seen
from loopscope.analysis.rules.uses import Use, is_local, loads_of, stored_name, use_of
from loopscope.model.finding import Confidence, Finding
from loopscope.source.coroutines import is_foreign_coroutine
from loopscope.source.project import Project, location_of
from loopscope.source.scopes import Function
from loopscope.source.syntax import text_of

_EXAMPLE = """\
# Wrong: this makes a coroutine and throws it away; nothing is saved.
async def handle(order):
    save(order)

# Right: await runs it.
async def handle(order):
    await save(order)
"""

_MOST_RETURNED = 3
_LONGEST_CALL = 60
_TOLD = {
    Use.DROPPED: "nothing awaits it, so its code never runs",
    Use.TESTED: "a coroutine is always true, whatever its code would have returned",
    Use.OPENED: "a coroutine is not its result, and nothing awaits it",
    Use.STORED: "nothing awaits it afterwards, so its code never runs",
}


def _never_awaited(project: Project) -> Iterator[Finding]:
    for module in project.modules.values():
        for function in module.functions:
            for call in function.each(ast.Call):
                name = _coroutine(call, function, project)
                use = _misuse(call, function) if name else None
                if use is not None:
                    yield _finding(call, function, name, use)
    for given in handed_over(project):
        if all(_keeps_kind(mark, project) for mark in project.decorators(given.callee)):
            yield _of_callback(given)


def _coroutine(call: ast.Call, function: Function, project: Project) -> str:
    """Return the name of what a call calls if that gives a coroutine, else ""."""
    name = project.target(call, function)
    if ":" not in name:
        return name if is_foreign_coroutine(name) else ""
    callee = project.functions.get(name)
    if callee is None or not _gives_coroutines(callee, project):
        return ""
    kept = all(_keeps_kind(mark, project) for mark in project.decorators(callee))
    return callee.name if kept else ""


def _gives_coroutines(function: Function, project: Project, depth: int = 0) -> bool:
    """Tell a coroutine function, or one that returns what it gets from such."""
    if function.is_async or function.is_generator or depth > _MOST_RETURNED:
        return function.is_coroutine_function
    node = function.node
    if isinstance(node, ast.Lambda | ast.Module) or _is_told_otherwise(function, project):
        return False
    values = [one.value for one in function.each(ast.Return)]
    callees = [
        project.callee(one, function) if isinstance(one, ast.Call) else None for one in values
    ]
    return bool(callees) and all(
        callee is not None
        and callee.name != "__init__"
        and not project.decorators(callee)
        and _gives_coroutines(callee, project, depth + 1)
        for callee in callees
    )


def _is_told_otherwise(function: Function, project: Project) -> bool:
    """Whether an annotation says that a function gives something else than a coroutine."""
    returns = getattr(function.node, "returns", None)
    if returns is None:
        return False
    plain = returns.value if isinstance(returns, ast.Subscript) else returns
    meaning = project.meaning(plain, function.parent or function)
    return meaning is None or not meaning.name.endswith((".Coroutine", ".Awaitable"))


def _keeps_kind(decorator: str, project: Project) -> bool:
    """Tell a decorator that leaves a coroutine function one."""
    maker = project.functions.get(decorator)
    if maker is not None:
        return _wraps(maker)
    return decorator in ("staticmethod", "classmethod") or decorator.startswith(
        ("abc.", "typing.", "functools.wraps")
    )


def _wraps(maker: Function, depth: int = 0) -> bool:
    """Tell a function that gives the coroutine function it defines, or the one it was given."""
    returned = [one.value for one in maker.each(ast.Return)]
    if not returned or maker.is_async or depth > _MOST_RETURNED:
        return False
    for value in returned:
        bindings = maker.bindings.get(value.id, []) if isinstance(value, ast.Name) else []
        made = bindings[0].defined if len(bindings) == 1 else None
        is_given = len(bindings) == 1 and isinstance(bindings[0].node, ast.arg)
        is_made = isinstance(made, Function) and (
            made.is_coroutine_function or _wraps(made, depth + 1)
        )
        if not is_given and not is_made:
            return False
    return True


def _misuse(call: ast.Call, function: Function) -> Use | None:
    """Return how a coroutine is used instead of being awaited, None where it may be awaited."""
    use = use_of(call, function)
    if use in (Use.DROPPED, Use.TESTED, Use.OPENED):
        return use
    if use is Use.AWAITED:
        return None
    name = stored_name(call, function)
    if not name or not is_local(name, function) or len(function.bindings[name]) > 1:
        return None
    uses = {use_of(load, where) for load, where in loads_of(name, function)}
    if use is Use.ELSEWHERE:  # a walrus
        return Use.TESTED if uses <= {Use.TESTED, Use.OPENED} else None
    if not uses:
        return Use.STORED
    return Use.OPENED if uses <= {Use.TESTED, Use.OPENED} else None


def _finding(call: ast.Call, function: Function, name: str, use: Use) -> Finding:
    called = text_of(call.func)
    way = (
        f"Write await {called if len(called) <= _LONGEST_CALL else name}(...)."
        if function.is_async
        else "Await it in a coroutine, or start one with asyncio.run or asyncio.create_task."
    )
    return Finding(
        rule=NEVER_AWAITED.name,
        where=location_of(call, function),
        message=f"{name}() only makes a coroutine: {_TOLD[use]}.",
        remedy=way,
        confidence=Confidence.LIKELY,
        evidence={"coroutine": name},
    )


def _of_callback(given: HandedOver) -> Finding:
    name = given.callee.name
    return Finding(
        rule=NEVER_AWAITED.name,
        where=location_of(given.call, given.function),
        message=(
            f"{given.receiver}() only calls {name}(), a coroutine function: that makes a coroutine "
            "which nothing awaits, so its code never runs."
        ),
        remedy=given.remedy,
        confidence=Confidence.LIKELY,
        evidence={"coroutine": name},
    )


def _in_run(run: RunFacts, suspects: list[Finding]) -> Iterator[Finding]:
    return confirmed(suspects, never_awaited_seen(run, suspects, NEVER_AWAITED.name))


NEVER_AWAITED = Rule(
    name="never-awaited",
    title="A coroutine is made, and nothing runs it",
    why=(
        "Calling an async function runs none of its code. It only makes a coroutine, an object "
        "that waits for await, or for a task, to run it."
    ),
    example=_EXAMPLE,
    in_source=_never_awaited,
    in_run=_in_run,
)
