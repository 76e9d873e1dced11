"""Code that runs where no call of it is written: properties, context managers, callbacks."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from loopscope.source.meaning import decorators
from loopscope.source.project import Project
from loopscope.source.scopes import Function
from loopscope.source.syntax import last_name

PROPERTIES = ("property", "cached_property")
_MANAGERS = ("contextlib.contextmanager",)
ON_THE_LOOP = {
    "asyncio.AbstractEventLoop.call_soon": 0,
    "asyncio.AbstractEventLoop.call_soon_threadsafe": 0,
    "asyncio.AbstractEventLoop.call_later": 1,
    "asyncio.AbstractEventLoop.call_at": 1,
    "asyncio.AbstractEventLoop.add_reader": 1,
    "asyncio.AbstractEventLoop.add_writer": 1,
    "asyncio.AbstractEventLoop.add_signal_handler": 1,
    "asyncio.Task.add_done_callback": 0,
    "asyncio.Future.add_done_callback": 0,
}
"""Who gives the loop a function to call -> at which place among the arguments."""

_ELSEWHERE = {"to_thread", "run_in_executor", "run_sync", "submit", "Thread", "Process"}


@dataclass(frozen=True)
class ImplicitCalls:
    """Answers what a piece of code runs without calling it.

    Args:
        project: The source.
    """

    project: Project

    def of(self, function: Function) -> Iterator[tuple[ast.expr, Function]]:
        """Yield what a function's own code runs so, each with the expression that does it."""
        for attribute in function.each(ast.Attribute):
            helper = self._property(attribute, function)
            if helper is not None:
                yield attribute, helper
        for block in function.each(ast.With):
            for item in block.items:
                for helper in self._managers(item.context_expr, function):
                    yield item.context_expr, helper

    @cached_property
    def _names(self) -> frozenset[str]:
        """The names of all properties, which few attributes have."""
        return frozenset(
            one.name for one in self.project.functions.values() if is_property(one) and one.owner
        )

    def _property(self, attribute: ast.Attribute, function: Function) -> Function | None:
        if attribute.attr not in self._names or not isinstance(attribute.ctx, ast.Load):
            return None
        owner = self.project.type_of(attribute.value, function)
        for base in self.project.bases(owner) if owner else ():
            found = self.project.functions.get(f"{base}.{attribute.attr}")
            if found is not None:
                return found if is_property(found) else None
        return None

    def _managers(self, manager: ast.expr, function: Function) -> Iterator[Function]:
        """Yield what entering and leaving a ``with`` block runs."""
        if isinstance(manager, ast.Call):
            made = self.project.functions.get(self.project.target(manager, function))
            if made is not None and made.is_generator and not made.is_async:
                marks = self.project.decorators(made)
                if any(mark in _MANAGERS for mark in marks):
                    yield made
        owner = self.project.type_of(manager, function)
        for name in ("__enter__", "__exit__") if owner in self.project.classes else ():
            found = self.project.meanings.attribute(owner, name)
            helper = self.project.functions.get(found.name) if found else None
            if helper is not None:
                yield helper

    def callbacks(self) -> Iterator[Function]:
        """Yield the ordinary functions of the project that an event loop is given to call."""
        found: dict[Function, None] = {}
        for module in self.project.modules.values():
            for function in module.functions:
                for call in function.each(ast.Call):
                    helper = self._callback(call, function)
                    if helper is not None and not helper.is_async and not helper.is_generator:
                        found[helper] = None
        yield from found

    def _callback(self, call: ast.Call, function: Function) -> Function | None:
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in _METHODS:
            return None
        place = ON_THE_LOOP.get(self.project.target(call, function))
        if place is None or place >= len(call.args):
            return None
        meaning = self.project.meaning(call.args[place], function)
        return self.project.functions.get(meaning.name) if meaning else None

    def runs_as_written(self, decorator: str) -> bool:
        """Tell a decorator of the project after which calling a function runs it here and now."""
        maker = self.project.functions.get(decorator)
        if maker is None:
            return False
        inside = [one for one in maker.module.functions if _lies_in(one, maker)]
        if any(one.is_async or one.is_generator for one in inside):
            return False
        names = {last_name(node) for one in inside for node in one.each(ast.Attribute)}
        names |= {node.id for one in inside for node in one.each(ast.Name)}
        return not names & _ELSEWHERE


_METHODS = frozenset(name.rpartition(".")[2] for name in ON_THE_LOOP)


def is_property(function: Function) -> bool:
    """Tell a function that runs when an attribute is looked at."""
    return any(last_name(mark) in PROPERTIES for mark in decorators(function))


def _lies_in(function: Function, outer: Function) -> bool:
    here: object = function
    while isinstance(here, Function):
        if here is outer:
            return True
        here = here.parent
    return False
