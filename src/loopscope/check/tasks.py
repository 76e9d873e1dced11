"""What there is to know of a task from outside: its name, where it waits, who waits for it."""

import asyncio
from typing import Any, Final

from loopscope.check.places import Line, place
from loopscope.simulator.program_lines import is_users
from loopscope.simulator.waiting import look_at

_SHIELD: Final = "shield.<locals>._inner_done_callback"

AnyTask = asyncio.Task[Any]

Stack = tuple[Line, ...]
"""The program's own lines at which a task waits, innermost first."""


def coroutine_of(task: AnyTask) -> str:
    """Return the name of a task's coroutine, "" if it has none."""
    return getattr(task.get_coro(), "__qualname__", "")


def name_of(task: AnyTask) -> str:
    """Return a task's name, with that of its coroutine."""
    coroutine = coroutine_of(task)
    return f"{task.get_name()} ({coroutine})" if coroutine else task.get_name()


def is_normal(task: AnyTask) -> bool:
    """Whether a task that has ended returned something."""
    return not task.cancelled() and task._exception is None  # noqa: SLF001  (exception() would count as having looked at it)


def is_shielded(task: AnyTask) -> bool:
    """Whether somebody waits for a task behind a shield: it is meant to outlive that one."""
    callbacks: list[Any] = getattr(task, "_callbacks", None) or []
    return any(getattr(one, "__qualname__", "") == _SHIELD for one, *_ in callbacks)


def is_awaited(task: AnyTask) -> bool:
    """Whether a task that has just ended is told to another task, or to something of asyncio's."""
    handles: list[Any] = list(getattr(task.get_loop(), "_ready", ()))
    return any(
        handle._args and handle._args[0] is task and _is_asyncios(handle._callback)  # noqa: SLF001  (there is no public way)
        for handle in handles
    )


def _is_asyncios(callback: object) -> bool:
    module = getattr(callback, "__module__", None) or ""
    return isinstance(getattr(callback, "__self__", None), asyncio.Task) or module.startswith(
        "asyncio."
    )


def stack_of(task: AnyTask) -> Stack:
    """Return the lines of the program at which a task waits, innermost first."""
    own = [frame for frame in look_at(task).frames if is_users(frame)]
    return tuple((frame.f_code.co_filename, frame.f_lineno) for frame in reversed(own))


def shown(stack: Stack) -> str:
    """Return the innermost line of a stack, "" if it is empty."""
    return place(*stack[0]) if stack else ""
