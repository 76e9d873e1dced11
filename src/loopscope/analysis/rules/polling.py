"""``polling``: a task sleeps and looks again, where something could wake it."""

import ast
from collections.abc import Iterator
from typing import Final

import numpy as np

from loopscope.analysis.rules.rule import Rule
from loopscope.analysis.rules.run_facts import RunFacts
from loopscope.analysis.rules.words import times
from loopscope.analysis.wait_kinds import CODE
from loopscope.model.finding import Confidence, Finding
from loopscope.model.kinds import WaitKind
from loopscope.model.units import counted, format_ns
from loopscope.source.project import Project, location_of
from loopscope.source.scopes import Function
from loopscope.source.syntax import last_name, text_of
from loopscope.trace.columns import Int64s

LEAST_LOOKS = 3
"""Who slept less often than this only waited a moment."""

_LOOKS: Final = frozenset(
    {"is_set", "done", "empty", "full", "qsize", "locked", "cancelled", "len", "any", "all", "bool"}
)
"""Calls that only look at the state of something in this program."""

_QUIET: Final = (ast.Pass, ast.Continue, ast.Break, ast.Return)
_EXAMPLE = """\
# Wrong: wakes a hundred times a second, and is late all the same.
while not job.is_done:
    await asyncio.sleep(0.01)

# Right: whoever ends the job says so.
await job.finished.wait()      # an asyncio.Event, set with job.finished.set()
"""
_REMEDY: Final = (
    "Let whoever changes this say so: an asyncio.Event to wait() for, an asyncio.Condition, "
    "queue.get(), or await the task itself."
)


def _in_source(project: Project) -> Iterator[Finding]:
    """Yield sleeps between two looks at something that only this program can change."""
    for module in project.modules.values():
        for function in module.functions:
            if not function.is_async:
                continue
            for wait in function.each(ast.Await):
                if _is_sleep(project, function, wait):
                    looked_at = _looked_at(function, wait)
                    if looked_at:
                        yield _suspect(function, wait, looked_at)


def _is_sleep(project: Project, function: Function, wait: ast.Await) -> bool:
    call = wait.value
    return isinstance(call, ast.Call) and project.target(call, function) in (
        "asyncio.sleep",
        "anyio.sleep",
        "trio.sleep",
    )


def _looked_at(function: Function, wait: ast.Await) -> str:
    """Return the condition that a loop looks at again and again, "" if it does other work.

    Between two sleeps there is nothing but looking (and counting), and what is looked at is
    not changed by the loop itself: so somebody else changes it, in this program.
    """
    parents = function.module.parents
    statement = parents.get(wait)
    if not isinstance(statement, ast.Expr):
        return ""
    loop = function.module.enclosing(wait, ast.While)
    holder = parents.get(statement)
    if not isinstance(loop, ast.While) or not _is_inside(loop, function):
        return ""
    conditions: list[ast.expr] = []
    if isinstance(holder, ast.If) and parents.get(holder) is loop and statement in holder.body:
        if not _is_quiet(holder.body, statement, conditions) or not _looks_again(holder, loop):
            return ""
        conditions.append(holder.test)
    elif holder is not loop or not _is_quiet(loop.body, statement, conditions):
        return ""
    if not isinstance(loop.test, ast.Constant):
        conditions.append(loop.test)
    changed = _changed_in(loop)
    looks = [one for each in conditions for one in _parts(each) if not _is_count(one, changed)]
    watched = [one for one in looks if _is_state(one, changed)]
    return text_of(watched[0]) if watched and len(watched) == len(looks) else ""


def _looks_again(branch: ast.If, loop: ast.While) -> bool:
    """Whether after the sleep of a branch the next thing is to look, rather than other work."""
    if isinstance(branch.body[-1], ast.Break | ast.Return):
        return False
    if branch.orelse or isinstance(branch.body[-1], ast.Continue):
        return True
    return _is_quiet([one for one in loop.body if one is not branch], branch, [])


def _parts(condition: ast.expr) -> list[ast.expr]:
    """Return what a condition joins with ``and`` or ``or``."""
    return condition.values if isinstance(condition, ast.BoolOp) else [condition]


def _is_count(condition: ast.expr, changed: set[str]) -> bool:
    """Tell ``rounds < most`` and ``time.monotonic() < end``: they bound how long it looks."""
    if not isinstance(condition, ast.Compare):
        return False
    sides = [condition.left, *condition.comparators]
    if any(isinstance(one, ast.Call) and last_name(one.func) in _CLOCKS for one in sides):
        return True
    names = [one.id for one in sides if isinstance(one, ast.Name)]
    is_plain = all(isinstance(one, ast.Name | ast.Constant) for one in sides)
    return is_plain and any(name in changed for name in names)


_CLOCKS: Final = ("monotonic", "perf_counter", "time")


def _is_inside(loop: ast.While, function: Function) -> bool:
    return loop in function.each(ast.While)


def _is_quiet(body: list[ast.stmt], sleep: ast.stmt, conditions: list[ast.expr]) -> bool:
    """Whether statements only look and count; the conditions of their exits are collected."""
    for statement in body:
        if statement is sleep or isinstance(statement, _QUIET):
            continue
        if isinstance(statement, ast.If) and not statement.orelse:
            if not all(isinstance(one, _QUIET) for one in statement.body):
                return False
            conditions.append(statement.test)
        elif isinstance(statement, ast.AugAssign | ast.Assign):
            if any(isinstance(node, ast.Call | ast.Await) for node in ast.walk(statement)):
                return False
        else:
            return False
    return True


def _changed_in(loop: ast.While) -> set[str]:
    """Return what the body of a loop sets."""
    nodes = [node for statement in loop.body for node in ast.walk(statement)]
    return {
        text_of(node)
        for node in nodes
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store)
    }


def _is_state(condition: ast.expr, changed: set[str]) -> bool:
    """Whether a condition looks at nothing but the state of objects, set by somebody else."""
    looks = False
    for node in ast.walk(condition):
        if isinstance(node, ast.Call):
            if last_name(node.func) not in _LOOKS:
                return False
            looks = True
        elif isinstance(node, ast.Await | ast.NamedExpr | ast.Yield):
            return False
        elif isinstance(node, ast.Name | ast.Attribute):
            if text_of(node) in changed:
                return False
            looks = looks or isinstance(node, ast.Attribute)
    return looks or any(isinstance(node, ast.Name) for node in ast.walk(condition))


def _suspect(function: Function, wait: ast.Await, looked_at: str) -> Finding:
    return Finding(
        rule="polling",
        where=location_of(wait, function),
        message=f"The task sleeps and looks at {looked_at} again, until it has changed.",
        remedy=_REMEDY,
        confidence=Confidence.LIKELY,
        evidence={"looks_at": looked_at},
    )


def _in_run(run: RunFacts, suspects: list[Finding]) -> Iterator[Finding]:
    """Count how often a suspect woke up only to look."""
    timeline, words = run.timeline, run.trace.words
    sleeps = np.isin(timeline.wait_kind, [CODE[WaitKind.SLEEP], CODE[WaitKind.YIELD]])
    index = np.flatnonzero(sleeps & (timeline.wait_begin >= 0))
    nodes = timeline.wait_stack[index]
    places = {node: words.user_location(node) for node in np.unique(nodes).tolist()}
    for one in suspects:
        lines = range(one.where.line, one.where.end_line + 1)
        own = [n for n, p in places.items() if p.file == one.where.file and p.line in lines]
        mine = index[np.isin(nodes, own)]
        if len(mine) < LEAST_LOOKS:
            yield one  # too few to tell: it stands as the source shows it
        else:
            yield _seen(run, one, mine)


def _seen(run: RunFacts, one: Finding, mine: Int64s) -> Finding:
    steps, timeline = run.trace.steps, run.timeline
    tasks = len(np.unique(steps.task[mine]))
    slept = timeline.due[mine] - timeline.wait_begin[mine]
    busy = int((steps.end[mine] - steps.begin[mine]).sum())
    each = int(np.median(slept))
    pause = f"{format_ns(each)} after {format_ns(each)}" if each else "turn after turn"
    looked_at = one.evidence["looks_at"]
    return Finding(
        rule=one.rule,
        where=one.where,
        message=(
            f"{counted(tasks, 'task')} woke {times(len(mine))}, {pause}, only to look at "
            f"{looked_at}. A change is noticed late by up to one such pause."
        ),
        remedy=one.remedy,
        confidence=Confidence.SEEN,
        evidence={
            "looks_at": looked_at,
            "tasks": tasks,
            "wakes": len(mine),
            "pause_s": each / 1e9,
            "busy_s": busy / 1e9,
        },
    )


POLLING = Rule(
    name="polling",
    title="A task sleeps and looks again, instead of being woken",
    why=(
        "Nobody has to look: the loop wakes a task when what it awaits happens. Sleeping and "
        "looking wakes it for nothing many times, and too late the last time."
    ),
    example=_EXAMPLE,
    in_source=_in_source,
    in_run=_in_run,
)
