"""Whether something above a wait ends it in time: a timeout here, or around every caller."""

import ast

from loopscope.source.project import Project
from loopscope.source.scopes import Function
from loopscope.source.syntax import is_none, text_of

LIMITS = {
    "asyncio.timeout",
    "asyncio.timeout_at",
    "async_timeout.timeout",
    "async_timeout.timeout_at",
    "anyio.fail_after",
    "anyio.move_on_after",
    "aiohttp.helpers.ceil_timeout",
}
WRAPPERS = {"asyncio.wait_for", "asyncio.wait"}
_MOST_CALLERS_UP = 6
_MOST_NAMES = 3


class Bounds:
    """Answers whether a wait is bounded.

    Args:
        project: The source in which callers are looked for.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[Function, bool] = {}

    def is_bounded(self, node: ast.AST, function: Function) -> bool:
        """Tell whether a limit stands around a node, or around all calls of its function."""
        return self._here(node, function) or self._above(function)

    def _here(self, node: ast.AST, function: Function, names: int = 0) -> bool:
        """Look at the ``with`` blocks and calls around a node, inside its function.

        ``names`` counts the names through which its value went on the way here.
        """
        parents = function.module.parents
        above = parents.get(node)
        while above is not None and above is not function.node:
            if isinstance(above, ast.AsyncWith | ast.With) and any(
                self._limits(item.context_expr, function) for item in above.items
            ):
                return True
            if isinstance(above, ast.Call) and self._wraps(above, function):
                return True
            above = parents.get(above)
        return names < _MOST_NAMES and self._is_wrapped_later(node, function, names + 1)

    def _limits(self, manager: ast.expr, function: Function) -> bool:
        if not isinstance(manager, ast.Call):
            return False
        name = self._project.target(manager, function)
        if name in LIMITS:
            return not (manager.args and is_none(manager.args[0]))
        last = name or text_of(manager.func)
        return "timeout" in last.lower() or "deadline" in last.lower()

    def _wraps(self, call: ast.Call, function: Function) -> bool:
        name = self._project.target(call, function)
        if name == "asyncio.wait_for":
            limits = [*call.args[1:], *(one.value for one in call.keywords if one.arg == "timeout")]
            return any(not is_none(one) for one in limits)
        if name == "asyncio.wait":
            return any(one.arg in ("timeout", "return_when") for one in call.keywords)
        last = call.func.attr if isinstance(call.func, ast.Attribute) else text_of(call.func)
        return not name and ("timeout" in last or "wait_for" in last)

    def _is_wrapped_later(self, node: ast.AST, function: Function, names: int) -> bool:
        """Tell a coroutine or task that gets a name first and is bounded where that is used."""
        above = function.module.parents.get(node)
        while isinstance(above, ast.Call | ast.List | ast.Tuple | ast.ListComp | ast.SetComp):
            above = function.module.parents.get(above)
        if not isinstance(above, ast.Assign) or not isinstance(above.targets[0], ast.Name):
            return False
        name = above.targets[0].id
        return any(
            self._here(load, function, names)
            for load in function.each(ast.Name)
            if load.id == name and isinstance(load.ctx, ast.Load)
        )

    def _above(self, function: Function, depth: int = 0) -> bool:
        if function in self._known:
            return self._known[function]
        self._known[function] = False  # functions that call only each other are bounded by nothing
        sites = self._project.callers.of(function)
        found = (
            bool(sites)
            and depth < _MOST_CALLERS_UP
            and function.name not in self._project.callers.handed_on
            and all(
                self._here(site.call, site.function) or self._above(site.function, depth + 1)
                for site in sites
            )
        )
        self._known[function] = found
        return found
