"""Who calls a function of a project, and from where."""

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from loopscope.source.scopes import Function, Module


@dataclass(frozen=True, slots=True)
class Site:
    """One call of a function, or one that hands it to a thread."""

    call: ast.Call
    function: Function
    """The function in which the call stands."""


@dataclass(frozen=True, slots=True)
class Callers:
    """The calls inside a project, looked at from what is called.

    Attributes:
        sites: The calls of each function.
        handed_on: The names that are used as values somewhere, other than to be called: a
            function of such a name may be called by anybody.
    """

    sites: dict[Function, list[Site]] = field(default_factory=lambda: defaultdict(list))
    handed_on: set[str] = field(default_factory=set)

    def of(self, function: Function) -> list[Site]:
        """Return the known calls of a function."""
        return self.sites.get(function, [])


def find_callers(
    modules: Iterable[Module], callee: Callable[[ast.Call, Function], Function | None]
) -> Callers:
    """Return all calls of the functions of a project.

    Args:
        modules: Its files.
        callee: Returns the function that a call runs, here or in a thread, None where it is not
            the project's.
    """
    found = Callers()
    for module in modules:
        for function in module.functions:
            for call in function.each(ast.Call):
                target = callee(call, function)
                if target is not None:
                    found.sites[target].append(Site(call, function))
            _add_handed_on(function, found.handed_on)
    return found


def _add_handed_on(function: Function, names: set[str]) -> None:
    parents = function.module.parents
    for name in function.each(ast.Name):
        if isinstance(name.ctx, ast.Load) and not _is_called(name, parents.get(name)):
            names.add(name.id)
    for attribute in function.each(ast.Attribute):
        if isinstance(attribute.ctx, ast.Load) and not _is_called(
            attribute, parents.get(attribute)
        ):
            names.add(attribute.attr)


def _is_called(node: ast.expr, above: ast.AST | None) -> bool:
    return isinstance(above, ast.Call) and above.func is node
