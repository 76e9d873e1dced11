"""``exception-never-retrieved``: a task may fail, and nobody ever asks it."""

import ast
from collections.abc import Iterator

from loopscope.analysis.rules.gather_loses_results import guards_itself
from loopscope.analysis.rules.lost_task import makes_task
from loopscope.analysis.rules.rule import Rule
from loopscope.analysis.rules.run_facts import RunFacts
from loopscope.analysis.rules.seen_lapses import confirmed, failures_unseen
from loopscope.analysis.rules.uses import Use, is_local, loads_of, stored_name, use_of
from loopscope.model.finding import Confidence, Finding
from loopscope.source.project import Project, location_of
from loopscope.source.scopes import Function, Module
from loopscope.source.syntax import last_name

_EXAMPLE = """\
# Wrong: wait() raises nothing, and nobody asks the tasks.
async def load_all(names):
    tasks = [asyncio.create_task(load(name)) for name in names]
    await asyncio.wait(tasks)

# Right: asking for the result raises what went wrong.
async def load_all(names):
    tasks = [asyncio.create_task(load(name)) for name in names]
    await asyncio.wait(tasks)
    return [task.result() for task in tasks]
"""

_KEEPING = ("append", "add", "discard", "remove", "clear")
_HANDLING = ("cancel", "done", "cancelled", "get_name", "set_name")
_NEVER_FAIL = {"asyncio.sleep", "print"}
_OFFERS = ("asyncio.AbstractEventLoop.run_in_executor", "asyncio.run_coroutine_threadsafe")


def _never_retrieved(project: Project) -> Iterator[Finding]:
    for module in project.modules.values():
        for function in module.functions:
            for call in function.each(ast.Call):
                if not _may_fail(call, function, project):
                    continue
                if project.target(call, function) in _OFFERS:
                    if use_of(call, function) is Use.DROPPED:
                        yield _finding(call, function, "What this starts is dropped")
                elif makes_task(call, function, project):
                    how = _unasked(call, function, project)
                    if how:
                        yield _finding(call, function, how)


def _unasked(call: ast.Call, function: Function, project: Project) -> str:
    """Say how nobody comes to ask a task, "" where somebody may."""
    parents = function.module.parents
    above = parents.get(call)
    if isinstance(above, ast.Call) and call in above.args:
        method = above.func
        if isinstance(method, ast.Attribute) and method.attr in ("append", "add"):
            others = _other_uses(method.value, function.module)
            unasked = all(_is_kept(one, function.module) for one in others)
            return "Nobody asks the tasks that are kept there" * unasked
        return ""
    if isinstance(above, ast.Assign) and isinstance(above.targets[0], ast.Attribute):
        return _unasked_attribute(above.targets[0], function)
    if isinstance(above, ast.ListComp | ast.SetComp):
        above = parents.get(above)
    if isinstance(above, ast.Assign) and isinstance(above.targets[0], ast.Name):
        name = above.targets[0].id
        return _only_waited_for(name, function, project) or _only_named(name, function)
    return ""


def _may_fail(call: ast.Call, function: Function, project: Project) -> bool:
    """Tell whether what a task runs does anything that can go wrong."""
    coroutine = call.args[0] if call.args else None
    callee = project.callee(coroutine, function) if isinstance(coroutine, ast.Call) else None
    if callee is None:
        return True
    if guards_itself(callee):
        return False
    called = {project.target(one, callee) for one in callee.each(ast.Call)}
    return ast.Raise in callee.nodes or not called <= _NEVER_FAIL


def _other_uses(kept: ast.expr, module: Module) -> Iterator[ast.expr]:
    """Yield what else in a module is spelled like the place where tasks are kept."""
    wanted = ast.dump(kept)
    for one in module.functions:
        nodes: list[ast.Name | ast.Attribute] = [*one.each(ast.Name), *one.each(ast.Attribute)]
        for node in nodes:
            if not isinstance(node.ctx, ast.Store) and ast.dump(node) == wanted:
                yield node


def _is_kept(node: ast.expr, module: Module) -> bool:
    """Tell a use of a container that only puts in or takes out."""
    above = module.parents.get(node)
    if not isinstance(above, ast.Attribute) or above.attr not in _KEEPING:
        return False
    return isinstance(module.parents.get(above), ast.Call)


def _unasked_attribute(target: ast.Attribute, function: Function) -> str:
    """Look at all that a module does with ``something.name``."""
    module = function.module
    if not target.attr or function.owner is None or not isinstance(target.value, ast.Name):
        return ""
    for one in module.functions:
        for node in one.each(ast.Attribute):
            if node.attr == target.attr and not isinstance(node.ctx, ast.Store):
                above = module.parents.get(node)
                handles = isinstance(above, ast.Attribute) and above.attr in _HANDLING
                tested = use_of(node, one) is Use.TESTED
                if not handles and not tested:
                    return ""
    return f"Nobody asks self.{target.attr} what became of it"


def _only_named(name: str, function: Function) -> str:
    """Look for a task of which only its name is of interest to anybody."""
    if not is_local(name, function):
        return ""
    loads = list(loads_of(name, function))
    unasked = loads and all(_is_no_question(load, where) for load, where in loads)
    return "Nobody asks this task what became of it" if unasked else ""


def _is_no_question(load: ast.Name, function: Function) -> bool:
    parents = function.module.parents
    above = parents.get(load)
    if not isinstance(above, ast.Attribute):
        return False
    if above.attr != "add_done_callback":
        return above.attr in ("get_name", "set_name", "done")
    call = parents.get(above)
    callback = call.args[0] if isinstance(call, ast.Call) and call.args else None
    return isinstance(callback, ast.Lambda) and not any(
        (isinstance(one, ast.Name) and not isinstance(parents.get(one), ast.Attribute))
        or (isinstance(one, ast.Attribute) and one.attr in ("result", "exception"))
        for one in ast.walk(callback.body)
        if not (isinstance(one, ast.Name) and one.id == "print")
    )


def _only_waited_for(name: str, function: Function, project: Project) -> str:
    """Look for tasks that only ``asyncio.wait`` sees, and whose results are not taken."""
    if not is_local(name, function):
        return ""
    loads = list(loads_of(name, function))
    waits = [_wait_around(load, where, project) for load, where in loads]
    if not waits or not all(waits):
        return ""
    unlooked = all(_drops_both(one, function) for one in waits if one is not None)
    return "asyncio.wait raises nothing, and nobody asks these tasks" * unlooked


def _wait_around(load: ast.Name, function: Function, project: Project) -> ast.Call | None:
    above = function.module.parents.get(load)
    if isinstance(above, ast.List | ast.Set):
        above = function.module.parents.get(above)
    is_wait = isinstance(above, ast.Call) and project.target(above, function) == "asyncio.wait"
    return above if is_wait and isinstance(above, ast.Call) else None


def _drops_both(call: ast.Call, function: Function) -> bool:
    """Tell ``await wait(...)`` whose two sets nobody uses."""
    awaited = function.module.parents.get(call)
    if not isinstance(awaited, ast.Await):
        return False
    if use_of(awaited, function) is Use.DROPPED:
        return True
    above = function.module.parents.get(awaited)
    if not isinstance(above, ast.Assign) or not isinstance(above.targets[0], ast.Tuple):
        return bool(
            (name := stored_name(call, function))
            and is_local(name, function)
            and not any(loads_of(name, function))
        )
    names = [one.id for one in above.targets[0].elts if isinstance(one, ast.Name)]
    return all(
        _is_counted(load, where) for name in names for load, where in loads_of(name, function)
    )


def _is_counted(load: ast.Name, function: Function) -> bool:
    """Tell ``len(done)``, which asks no task."""
    above = function.module.parents.get(load)
    return isinstance(above, ast.Call) and load in above.args and last_name(above.func) == "len"


def _finding(call: ast.Call, function: Function, how: str) -> Finding:
    return Finding(
        rule=EXCEPTION_NEVER_RETRIEVED.name,
        where=location_of(call, function),
        message=f"{how}: if it fails, that is told only when it is collected, or never.",
        remedy=(
            "Await it, ask for its result, use asyncio.TaskGroup, or give it a callback that looks "
            "at task.exception()."
        ),
        confidence=Confidence.ASK if "self." in how else Confidence.LIKELY,
    )


def _in_run(run: RunFacts, suspects: list[Finding]) -> Iterator[Finding]:
    return confirmed(suspects, failures_unseen(run, EXCEPTION_NEVER_RETRIEVED.name))


EXCEPTION_NEVER_RETRIEVED = Rule(
    name="exception-never-retrieved",
    title="A task may fail, and nobody ever asks",
    why=(
        "An exception ends its task and stays in it until somebody awaits the task or asks for its "
        "result. Until then the program goes on as if all were well."
    ),
    example=_EXAMPLE,
    in_source=_never_retrieved,
    in_run=_in_run,
)
