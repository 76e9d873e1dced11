"""Coroutine functions given to somebody who only calls: what they make is never awaited."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from loopscope.analysis.rules.implicit_calls import ON_THE_LOOP
from loopscope.source.project import Project
from loopscope.source.scopes import Function
from loopscope.source.syntax import argument, last_name, text_of

_TASK: Final = "Give it an ordinary function that starts a task with it, and keep that task."
_THREAD: Final = (
    "Await it on the loop, where coroutines belong; a thread or a process needs an ordinary "
    "function."
)
_EXIT: Final = (
    "Tidy up where the loop still runs, in a finally of the main coroutine; what is called at exit "
    "has to be an ordinary function."
)


@dataclass(frozen=True, slots=True)
class _Caller:
    """Where somebody who only calls a function is given it, and what to do instead."""

    place: int
    keyword: str
    remedy: str


_CALLERS: Final = {
    **{name: _Caller(place, "callback", _TASK) for name, place in ON_THE_LOOP.items()},
    "asyncio.to_thread": _Caller(0, "func", _THREAD),
    "asyncio.AbstractEventLoop.run_in_executor": _Caller(1, "func", _THREAD),
    "concurrent.futures.ThreadPoolExecutor.submit": _Caller(0, "fn", _THREAD),
    "concurrent.futures.ProcessPoolExecutor.submit": _Caller(0, "fn", _THREAD),
    "threading.Thread": _Caller(1, "target", _THREAD),
    "threading.Timer": _Caller(1, "function", _THREAD),
    "multiprocessing.Process": _Caller(1, "target", _THREAD),
    "signal.signal": _Caller(1, "handler", _TASK),
    "atexit.register": _Caller(0, "func", _EXIT),
}
_NAMES: Final = frozenset(last_name(ast.parse(name, mode="eval").body) for name in _CALLERS)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A coroutine function that is given to somebody who only calls it."""

    call: ast.Call
    function: Function
    callee: Function
    receiver: str
    remedy: str


def handed_over(project: Project) -> Iterator[HandedOver]:
    """Yield the coroutine functions of a project that the loop, a thread or the exit calls."""
    for module in project.modules.values():
        for function in module.functions:
            for call in function.each(ast.Call):
                if last_name(call.func) not in _NAMES:
                    continue
                caller = _CALLERS.get(project.target(call, function))
                callee = _given(call, caller, function, project) if caller else None
                if caller and callee is not None and not _is_awaited_twice(call, function):
                    shown = text_of(call.func)
                    yield HandedOver(call, function, callee, shown, caller.remedy)


def _given(
    call: ast.Call, caller: _Caller, function: Function, project: Project
) -> Function | None:
    """Return the coroutine function that a call is given, None for anything else."""
    given = argument(call, caller.keyword)
    if given is None and len(call.args) > caller.place:
        given = call.args[caller.place]
    if isinstance(given, ast.Call) and project.target(given, function) == "functools.partial":
        given = given.args[0] if given.args else None
    if isinstance(given, ast.Lambda) and isinstance(given.body, ast.Call):
        callee = project.callee(given.body, function)
    elif isinstance(given, ast.Name | ast.Attribute):
        meaning = project.meaning(given, function)
        callee = project.functions.get(meaning.name) if meaning else None
    else:
        return None
    if callee is None or not callee.is_coroutine_function:
        return None
    others = project.overrides(callee)
    return callee if all(one.is_coroutine_function for one in others) else None


def _is_awaited_twice(call: ast.Call, function: Function) -> bool:
    """Whether what a thread gives back is awaited in its turn: odd, and right."""
    parents = function.module.parents
    above = parents.get(call)
    return isinstance(above, ast.Await) and isinstance(parents.get(above), ast.Await)
