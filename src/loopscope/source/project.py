"""The source files that are looked at together: what they define, and what calls mean."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from loopscope.model.kinds import Origin
from loopscope.model.location import Location
from loopscope.source.callers import Callers, find_callers
from loopscope.source.comments import comments_of
from loopscope.source.meaning import Meanings, decorators
from loopscope.source.meant import Meaning
from loopscope.source.read_module import UnreadableError, read_module
from loopscope.source.scopes import Class, Function, Module, Scope


@dataclass(frozen=True, eq=False)
class Project:
    """Python files by the name their locations carry; read when something is asked of them.

    Nothing in a text can make it fail: a file that cannot be parsed is in ``unreadable`` and
    in nothing else.

    Args:
        texts: The text of each file.
        blocking: Dotted names of calls that block, beside those that are known.
    """

    texts: Mapping[str, str]
    blocking: frozenset[str] = frozenset()

    @cached_property
    def _read(self) -> tuple[dict[str, Module], dict[str, str]]:
        modules: dict[str, Module] = {}
        unreadable: dict[str, str] = {}
        for file, text in self.texts.items():
            try:
                modules[file] = read_module(file, text)
            except UnreadableError as error:
                unreadable[file] = str(error)
        return modules, unreadable

    @property
    def modules(self) -> Mapping[str, Module]:
        """The files that could be read."""
        return self._read[0]

    @property
    def unreadable(self) -> Mapping[str, str]:
        """Why the other files could not be read, in a few words."""
        return self._read[1]

    @cached_property
    def functions(self) -> Mapping[str, Function]:
        """Functions and methods by key; of several with one key the last, as in Python."""
        return {
            one.key: one
            for module in self.modules.values()
            for one in module.functions
            if not isinstance(one.node, ast.Module | ast.Lambda)
        }

    @cached_property
    def classes(self) -> Mapping[str, Class]:
        """Classes by key."""
        return {one.key: one for module in self.modules.values() for one in module.classes}

    @cached_property
    def meanings(self) -> Meanings:
        """What expressions mean in this project."""
        return Meanings(self.modules, self.functions, self.classes)

    @cached_property
    def callers(self) -> Callers:
        """Who calls the functions of this project."""
        return find_callers(self.modules.values(), self._runs)

    def _runs(self, call: ast.Call, scope: Scope) -> Function | None:
        """Return the function that a call runs, here or in a thread."""
        handed = handed_over(call, self.target(call, scope))
        if handed is None:
            return self.callee(call, scope)
        found = self.meanings.of(handed, scope)
        return self.functions.get(found.name) if found else None

    def meaning(self, expression: ast.expr, scope: Scope) -> Meaning | None:
        """Return what an expression means, None where source does not say it."""
        return self.meanings.of(expression, scope)

    def target(self, call: ast.Call, scope: Scope) -> str:
        """Return the name of what a call calls, "" where source does not say it.

        A function of the project gives its key (``app.py:Client.fetch``), a foreign one its
        dotted name through imports, aliases and types (``requests.Session.get``); calling an
        object gives its class and ``()``.
        """
        found = self.meanings.of(call.func, scope)
        if found is None:
            return ""
        return f"{found.name}()" if found.is_object else found.name

    def callee(self, call: ast.Call, scope: Scope) -> Function | None:
        """Return the function of the project that a call runs; of a class its ``__init__``."""
        name = self.target(call, scope)
        if name in self.functions:
            return self.functions[name]
        if name in self.classes:
            return self._method(name, "__init__")
        if name.endswith("()"):
            return self._method(name.removesuffix("()"), "__call__")
        return None

    def _method(self, owner: str, name: str) -> Function | None:
        found = self.meanings.attribute(owner, name)
        return self.functions.get(found.name) if found else None

    def type_of(self, expression: ast.expr, scope: Scope) -> str:
        """Return the class of the object an expression gives, "" where source does not say it."""
        found = self.meanings.of(expression, scope)
        return found.name if found is not None and found.is_object else ""

    def decorators(self, function: Function) -> list[str]:
        """Return the names of a function's decorators, "" for one that is unknown."""
        scope = function.parent or function
        found = [self.meanings.of(mark, scope) for mark in decorators(function)]
        return [one.name if one else "" for one in found]

    def bases(self, name: str) -> list[str]:
        """Return a class and all it is made from, nearest first, "?" for what is unknown."""
        return self.meanings.bases(name)

    def overrides(self, function: Function) -> list[Function]:
        """Return the methods of derived classes that may run in place of a method."""
        if function.owner is None or function.name == "__init__":
            return []
        return [
            one
            for one in self.methods_named(function.name)
            if one.owner is not function.owner
            and one.owner is not None
            and function.owner.key in self._ancestors(one.owner)
        ]

    def methods_named(self, name: str) -> list[Function]:
        """Return the methods of a name, of all classes of the project."""
        return self._methods.get(name, [])

    @cached_property
    def _methods(self) -> dict[str, list[Function]]:
        found: dict[str, list[Function]] = {}
        for one in self.functions.values():
            if one.owner is not None:
                found.setdefault(one.name, []).append(one)
        return found

    def _ancestors(self, owner: Class) -> list[str]:
        known = self._known_ancestors
        if owner.key not in known:
            known[owner.key] = self.bases(owner.key)
        return known[owner.key]

    @cached_property
    def _known_ancestors(self) -> dict[str, list[str]]:
        return {}

    def function_at(self, file: str, line: int) -> Function | None:
        """Return the innermost function that covers a line, else the code of the module."""
        module = self.modules.get(file)
        return module.function_at(line) if module else None

    def comments(self, file: str) -> Mapping[int, str]:
        """Return the comments of a file by line, with their ``#``."""
        known = self._comments
        if file not in known:
            known[file] = comments_of(self.texts[file]) if file in self.modules else {}
        return known[file]

    @cached_property
    def _comments(self) -> dict[str, Mapping[int, str]]:
        return {}


def handed_over(call: ast.Call, target: str) -> ast.expr | None:
    """Return the function that a call hands to a thread, None if it hands none.

    Args:
        call: The call.
        target: What it calls, as ``Project.target`` says.
    """
    is_method = isinstance(call.func, ast.Attribute) and call.func.attr == "run_in_executor"
    place = 1 if is_method else _THREADS.get(target)
    return call.args[place] if place is not None and place < len(call.args) else None


_THREADS = {"asyncio.to_thread": 0, "anyio.to_thread.run_sync": 0}


def location_of(node: ast.AST, function: Function) -> Location:
    """Return the place of a node that stands in a function.

    Args:
        node: A node with a position, else the place is the function's first line.
        function: The function that holds it.
    """
    line = getattr(node, "lineno", function.line)
    return Location(
        file=function.module.file,
        function=function.qualname or "<module>",
        line=line,
        end_line=getattr(node, "end_lineno", line) or line,
        column=getattr(node, "col_offset", -1),
        end_column=getattr(node, "end_col_offset", -1),
        first_line=function.line,
        origin=Origin.USER,
    )
