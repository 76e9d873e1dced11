"""``lost-task``: a task that nobody keeps."""

import ast
from collections.abc import Iterator

from loopscope.analysis.rules.rule import Rule
from loopscope.analysis.rules.run_facts import RunFacts
from loopscope.analysis.rules.seen_lapses import confirmed, tasks_lost
from loopscope.analysis.rules.uses import Use, is_local, loads_of, stored_name, use_of
from loopscope.model.finding import Confidence, Finding
from loopscope.source.project import Project, location_of
from loopscope.source.scopes import Function
from loopscope.source.starters import KEPT_BY_CALLER
from loopscope.source.syntax import last_name

_EXAMPLE = """\
# Wrong: only the event loop knows this task, and it holds it weakly.
async def handle(order):
    asyncio.create_task(notify(order))

# Right: a set keeps it until it is done.
async def handle(order):
    task = asyncio.create_task(notify(order))
    TASKS.add(task)
    task.add_done_callback(TASKS.discard)
"""

_CALLBACKS = ("call_soon", "call_later", "call_at", "call_soon_threadsafe", "add_signal_handler")


def makes_task(call: ast.Call, function: Function, project: Project) -> bool:
    """Tell a call that starts a task which the caller has to keep."""
    name = project.target(call, function)
    if name in KEPT_BY_CALLER:
        return True
    if ":" in name:
        return _hands_out_task(project.callee(call, function), project)
    if name or not isinstance(call.func, ast.Attribute) or call.func.attr != "create_task":
        return False
    return last_name(call.func.value).endswith("loop")  # one whose class nobody says


def _hands_out_task(helper: Function | None, project: Project) -> bool:
    """Tell a helper that starts a task and only returns it."""
    if helper is None or helper.is_async or helper.is_generator or project.decorators(helper):
        return False
    values = [one.value for one in helper.each(ast.Return)]
    return bool(values) and all(
        isinstance(one, ast.Call) and project.target(one, helper) in KEPT_BY_CALLER
        for one in values
    )


def _lost_tasks(project: Project) -> Iterator[Finding]:
    for module in project.modules.values():
        for function in module.functions:
            for call in function.each(ast.Call):
                is_task = makes_task(call, function, project)
                if is_task and (how := _lost(call, function)):
                    yield _finding(call, function, how)
                elif project.target(call, function) == "asyncio.gather" and (
                    use_of(call, function) is Use.DROPPED and function.is_async
                ):
                    yield _finding(call, function, "What gather makes is not awaited")


def _lost(call: ast.Call, function: Function) -> str:
    """Return how a task is lost, "" if it is not as far as one can see."""
    if use_of(call, function) is Use.DROPPED:
        return "Nobody keeps this task"
    node = function.node
    if isinstance(node, ast.Lambda) and node.body is call:
        user = function.module.parents.get(node)
        method = user.func if isinstance(user, ast.Call) else None
        is_callback = isinstance(method, ast.Attribute) and method.attr in _CALLBACKS
        return "The loop drops what this callback returns, so nobody keeps the task" * is_callback
    name = stored_name(call, function)
    if not name or not is_local(name, function) or any(loads_of(name, function)):
        return ""
    later = (one.lineno > call.lineno for one in function.each(ast.Await))
    return "" if any(later) else f"The name {name} is gone when the function returns"


def _finding(call: ast.Call, function: Function, how: str) -> Finding:
    return Finding(
        rule=LOST_TASK.name,
        where=location_of(call, function),
        message=(
            f"{how}: the loop holds tasks weakly, so it may be collected before it is done, and "
            "nobody hears of its exception."
        ),
        remedy=(
            "Await it, use asyncio.TaskGroup, or keep it in a set until it is done "
            "(task.add_done_callback(tasks.discard))."
        ),
        confidence=Confidence.LIKELY,
    )


def _in_run(run: RunFacts, suspects: list[Finding]) -> Iterator[Finding]:
    return confirmed(suspects, tasks_lost(run, LOST_TASK.name))


LOST_TASK = Rule(
    name="lost-task",
    title="A task that nobody keeps",
    why=(
        "The event loop keeps only a weak reference to a task. One that nobody else refers to can "
        "disappear in the middle of its work, and its exception with it."
    ),
    example=_EXAMPLE,
    in_source=_lost_tasks,
    in_run=_in_run,
)
