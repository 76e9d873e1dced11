"""``shared-connection``: several tasks use an object that does one thing at a time."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

from loopscope.analysis.rules.rule import Rule
from loopscope.analysis.rules.run_facts import RunFacts
from loopscope.model.finding import Confidence, Finding
from loopscope.model.location import Location
from loopscope.model.records import Failure
from loopscope.source.project import Project, location_of
from loopscope.source.scopes import Function
from loopscope.source.single_use import SINGLE_USE, may_overlap
from loopscope.source.starters import STARTERS
from loopscope.source.syntax import stored_names, text_of

_ERRORS: Final = (
    "another operation is in progress",  # asyncpg
    "called while another coroutine is already",  # asyncio streams
    "while another coroutine is already running",  # websockets
    "Concurrent call to receive",  # aiohttp's WebSocket
    "concurrent operations are not permitted",  # SQLAlchemy
    "This session is provisioning a new connection",  # SQLAlchemy
)
"""What such objects say when they are used twice at the same time."""

_EXAMPLE: Final = """\
# Wrong: one connection, two queries at the same time.
users, orders = await asyncio.gather(connection.fetch(USERS), connection.fetch(ORDERS))

# Right: each query takes a connection of its own from a pool.
users, orders = await asyncio.gather(pool.fetch(USERS), pool.fetch(ORDERS))
"""
_REMEDY: Final = (
    "Give each task its own (a connection from a pool, a session for each branch), or await them "
    "one after the other."
)


@dataclass(frozen=True, slots=True)
class _Use:
    """A branch uses an object: what it is called, its class, and the methods that are called."""

    name: str
    kind: str
    methods: frozenset[str]


def _in_source(project: Project) -> Iterator[Finding]:
    """Yield gathers and groups of which two branches use the same object."""
    for module in project.modules.values():
        for function in module.functions:
            yield from _started_in_a_row(project, function)
            for call in function.each(ast.Call):
                uses = [use for branch in _branches(project, function, call) for use in branch]
                for name in dict.fromkeys(use.name for use in uses):
                    own = [use for use in uses if use.name == name]
                    if len(own) > 1 and _clash(own):
                        yield _suspect(function, call, own[0])


def _started_in_a_row(project: Project, function: Function) -> Iterator[Finding]:
    """Yield tasks that statements of one block start, with no await between, on one object."""
    waits = [wait.lineno for wait in function.each(ast.Await)]
    started = [
        (call, _uses(project, function, call.args[0]))
        for call in function.each(ast.Call)
        if call.args and project.target(call, function) in STARTERS
    ]
    for (first, before), (second, after) in combinations(started, 2):
        if any(first.lineno <= line <= second.lineno for line in waits):
            continue
        if _block(first, function) is not _block(second, function):
            continue
        for use in before:
            if any(use.name == other.name and _clash([use, other]) for other in after):
                yield _suspect(function, second, use)


def _block(call: ast.Call, function: Function) -> ast.AST | None:
    """Return what holds the statement of a call; the call itself where it is no plain one."""
    statement = function.module.enclosing(call, ast.stmt)
    is_plain = isinstance(statement, ast.Expr | ast.Assign | ast.AnnAssign)
    return function.module.parents.get(statement) if statement and is_plain else call


def _branches(project: Project, function: Function, call: ast.Call) -> list[list[_Use]]:
    """Return what each task that a call starts uses; one started in a loop counts twice."""
    name = project.target(call, function)
    if name == "asyncio.gather":
        branches = []
        for argument in call.args:
            items = argument.value if isinstance(argument, ast.Starred) else argument
            many = isinstance(items, ast.GeneratorExp | ast.ListComp)
            element = items.elt if isinstance(items, ast.GeneratorExp | ast.ListComp) else items
            branches += [_uses(project, function, element)] * (2 if many else 1)
        return branches
    if name in STARTERS and call.args:
        loop = function.module.enclosing(call, ast.For, ast.ListComp, ast.GeneratorExp)
        if loop is not None:
            bound = stored_names(loop)
            uses = _uses(project, function, call.args[0])
            return [[use for use in uses if use.name not in bound]] * 2
    return []


def _uses(project: Project, function: Function, expression: ast.expr) -> list[_Use]:
    """Return the single-operation objects that one branch uses."""
    if not isinstance(expression, ast.Call):
        return []
    found = []
    if isinstance(expression.func, ast.Attribute):
        kind = _kind(project, function, expression.func.value)
        if kind:
            name = text_of(expression.func.value)
            found.append(_Use(name, kind, frozenset({expression.func.attr})))
    callee = project.callee(expression, function)
    for position, argument in enumerate(expression.args):
        kind = _kind(project, function, argument)
        if kind and callee is not None:
            methods = _methods_called(callee, position)
            if methods:
                found.append(_Use(text_of(argument), kind, methods))
    return found


def _kind(project: Project, function: Function, expression: ast.expr) -> str:
    if not isinstance(expression, ast.Name | ast.Attribute):
        return ""
    kind = project.type_of(expression, function)
    return kind if kind in SINGLE_USE else ""


def _methods_called(callee: Function, position: int) -> frozenset[str]:
    """Return the methods that a function awaits of the argument at a position."""
    if isinstance(callee.node, ast.Module):
        return frozenset()
    arguments = callee.node.args.posonlyargs + callee.node.args.args
    skipped = 1 if callee.owner is not None else 0
    if position + skipped >= len(arguments):
        return frozenset()
    name = arguments[position + skipped].arg
    return frozenset(
        wait.value.func.attr
        for wait in callee.each(ast.Await)
        if isinstance(wait.value, ast.Call)
        and isinstance(wait.value.func, ast.Attribute)
        and isinstance(wait.value.func.value, ast.Name)
        and wait.value.func.value.id == name
    )


def _clash(uses: list[_Use]) -> bool:
    """Whether two of these uses must not go on at the same time."""
    return any(
        not may_overlap(one.kind, one.methods, other.methods)
        for one, other in combinations(uses, 2)
    )


def _suspect(function: Function, call: ast.Call, use: _Use) -> Finding:
    return Finding(
        rule="shared-connection",
        where=location_of(call, function),
        message=(
            f"Several tasks use {use.name} at the same time, and a {use.kind.rpartition('.')[2]} "
            "does one thing at a time."
        ),
        remedy=_REMEDY,
        confidence=Confidence.LIKELY,
        evidence={"object": use.name, "class": use.kind},
    )


def _in_run(run: RunFacts, suspects: list[Finding]) -> Iterator[Finding]:
    """Raise suspects whose object complained; yield the complaints that no suspect explains."""
    complaints = [one for one in run.trace.failures if any(text in one.message for text in _ERRORS)]
    explained: set[int] = set()
    for suspect in suspects:
        one = suspect
        made = set(run.tasks_made_at(one.where).tolist())
        mine = [failure for failure in complaints if failure.task_id in made]
        explained.update(failure.task_id for failure in mine)
        if mine:
            said = f"{mine[0].exception}: {mine[0].message}"
            message = f"{one.message} In this run one of them was told: {said}"
            evidence = {**one.evidence, "error": said, "tasks": len(mine)}
            one = replace(one, message=message, confidence=Confidence.SEEN, evidence=evidence)
        yield one
    for failure in complaints:
        task = run.trace.task(failure.task_id)
        where = failure.where if task.coroutine.is_user else task.creator
        if failure.task_id not in explained and where is not None and where.is_user:
            yield _complaint(run, failure, where)


def _complaint(run: RunFacts, failure: Failure, where: Location) -> Finding:
    said = f"{failure.exception}: {failure.message}"
    return Finding(
        rule="shared-connection",
        where=where,
        message=(
            f"{run.names.of(failure.task_id)} used an object that another task was using "
            f"already: {said}"
        ),
        remedy=_REMEDY,
        confidence=Confidence.SEEN,
        evidence={"error": said, "tasks": 1},
    )


SHARED_CONNECTION = Rule(
    name="shared-connection",
    title="One connection, several tasks at the same time",
    why=(
        "A connection is one line to somebody: a second question before the first is answered "
        "makes an error, or mixes up the answers."
    ),
    example=_EXAMPLE,
    in_source=_in_source,
    in_run=_in_run,
)
