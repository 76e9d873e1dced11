"""Calls that could block and cannot, for reasons that stand elsewhere in the function."""

import ast
from collections.abc import Callable, Iterator

from loopscope.source.callers import Callers, Site
from loopscope.source.scopes import Function
from loopscope.source.syntax import last_name


def cannot_wait(call: ast.Call, function: Function, name: str) -> bool:
    """Tell whether what stands around a call keeps it from waiting.

    Args:
        call: A call of something that blocks.
        function: The function that holds it.
        name: The dotted name of what is called.
    """
    return any(name.startswith(prefix) and test(call, function) for prefix, test in _GUARDS)


def is_before_all_else(expression: ast.expr, function: Function, callers: Callers) -> bool:
    """Tell what a main coroutine does before its first await: there is no other task to hold up.

    Args:
        expression: What blocks.
        function: The function that holds it.
        callers: Who calls which function.
    """
    sites = callers.of(function)
    if not sites or not all(_is_run(site) for site in sites):
        return False
    here = (expression.lineno, expression.col_offset)
    others: list[ast.expr | ast.stmt] = [
        *function.each(ast.Await),
        *function.each(ast.AsyncFor),
        *function.each(ast.AsyncWith),
        *(one for one in function.each(ast.Call) if last_name(one.func) in _STARTERS),
    ]
    loop = function.module.enclosing(expression, ast.For, ast.While, ast.FunctionDef)
    is_repeated = isinstance(loop, ast.For | ast.While)
    return not is_repeated and all(here < (one.lineno, one.col_offset) for one in others)


_STARTERS = ("create_task", "ensure_future", "call_soon", "call_later")


def _is_run(site: Site) -> bool:
    """Tell ``asyncio.run(main())``, and ``loop.run_until_complete(main())``."""
    above = site.function.module.parents.get(site.call)
    return isinstance(above, ast.Call) and last_name(above.func) in ("run", "run_until_complete")


def _is_unblocked(call: ast.Call, function: Function) -> bool:
    """A socket without waiting or with a limit, or one of datagrams, which never waits."""
    del call
    return "SOCK_DGRAM" in _attributes(function) or any(
        word in function.module.text for word in ("setblocking", "settimeout")
    )


def _is_done(call: ast.Call, function: Function) -> bool:
    """A future that was asked whether it is done, or is awaited through its wrapper."""
    return any(
        other.func.attr in ("done", "add_done_callback") or wrapped == _receiver(call)
        for other, wrapped in _method_calls(function)
        if _receiver(other) == _receiver(call) or other.func.attr == "wrap_future"
    )


def _has_something(call: ast.Call, function: Function) -> bool:
    """A queue that somebody of the same class asks whether it is empty."""
    owner = function.owner
    siblings = [
        one
        for one in function.module.functions
        if one is function or (owner and one.owner is owner)
    ]
    return any(
        other.func.attr in ("empty", "qsize")
        and _receiver(other) == _receiver(call)
        and not isinstance(one.module.enclosing(other, ast.stmt), ast.Return)
        for one in siblings
        for other, _ in _method_calls(one)
    )


def _has_ended(call: ast.Call, function: Function) -> bool:
    """A thread or process that the function awaited something of after it began."""
    begun = [
        other.lineno
        for other, _ in _method_calls(function)
        if other.func.attr == "start" and _receiver(other) == _receiver(call)
    ]
    first = min(begun, default=0)
    return any(first < wait.lineno < call.lineno for wait in function.each(ast.Await))


def _asks_nobody(call: ast.Call, function: Function) -> bool:
    """A look-up of a number, or of this machine itself."""
    if any("NUMERIC" in ast.dump(one) for one in (*call.args, *call.keywords)):
        return True
    branch = function.module.enclosing(call, ast.If)
    return isinstance(branch, ast.If) and "localhost" in ast.dump(branch.test)


def _is_not_gone_through(call: ast.Call, function: Function) -> bool:
    """A walk through directories that only makes the iterator."""
    above = function.module.parents.get(call)
    return not (isinstance(above, ast.For | ast.comprehension) and above.iter is call)


_GUARDS: tuple[tuple[str, Callable[[ast.Call, Function], bool]], ...] = (
    ("socket.socket.", _is_unblocked),
    ("concurrent.futures.Future.", _is_done),
    ("queue.", _has_something),
    ("threading.Thread.join", _has_ended),
    ("multiprocessing.Process.join", _has_ended),
    ("socket.get", _asks_nobody),
    ("os.walk", _is_not_gone_through),
)


class _MethodCall(ast.Call):
    """A call whose function is an attribute."""

    func: ast.Attribute


def _method_calls(function: Function) -> Iterator[tuple[_MethodCall, str]]:
    """Yield the calls of attributes, each with its first argument spelled out."""
    for call in function.each(ast.Call):
        if isinstance(call.func, ast.Attribute):
            yield call, ast.dump(call.args[0]) if call.args else ""  # type: ignore[misc]


def _receiver(call: ast.Call) -> str:
    return ast.dump(call.func.value) if isinstance(call.func, ast.Attribute) else ""


def _attributes(function: Function) -> set[str]:
    return {one.attr for one in function.each(ast.Attribute)}
