"""Works out what names and attributes mean: a dotted name, or an object of a class."""

import ast
from collections.abc import Callable, Mapping

from loopscope.source import known_types
from loopscope.source.imports import ImportFinder
from loopscope.source.meant import MOST_STEPS, Meaning
from loopscope.source.read_module import own_name
from loopscope.source.results import Results
from loopscope.source.scopes import Binding, BindingKind, Class, Function, Module, Scope
from loopscope.source.syntax import is_none, is_super, last_name, unsubscripted

MOST_BASES = 16


class Meanings:
    """Answers what expressions mean, each worked out once.

    Args:
        modules: The modules of the project by file.
        functions: Its functions by key.
        classes: Its classes by key.
    """

    def __init__(
        self,
        modules: Mapping[str, Module],
        functions: Mapping[str, Function],
        classes: Mapping[str, Class],
    ) -> None:
        self._modules = modules
        self._functions = functions
        self._classes = classes
        self._finder = ImportFinder.among(modules)
        self._known: dict[ast.expr, Meaning | None] = {}
        self._open: set[object] = set()
        self._results = Results(self, functions, classes, self._open)
        self._readers: dict[type[ast.expr], Callable[[ast.expr, Scope], Meaning | None]] = {
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.Call: self._results.call,
            ast.Await: self._results.awaited,
            ast.NamedExpr: self._walrus,
            ast.IfExp: self._choice,
            ast.BoolOp: self._any_of,
            ast.Subscript: self._results.item_of,
        }

    def of(self, expression: ast.expr, scope: Scope) -> Meaning | None:
        """Return what an expression means, None where source does not say it."""
        if expression in self._known:
            return self._known[expression]
        reader = self._readers.get(type(expression))
        if reader is None:
            return None
        if expression in self._open or len(self._open) > MOST_STEPS:
            return None
        self._open.add(expression)
        try:
            found = reader(expression, scope)
        finally:
            self._open.discard(expression)
        if not self._open or found is not None:  # inside a chain an answer may be cut short
            self._known[expression] = found
        return found

    def imported(self, name: str, module: Module) -> str | None:
        """Return the file of the project that an imported module's name means, if there is one."""
        return self._finder.find(name, module.file)

    # ------------------------------------------------------------------------------ names

    def _name(self, expression: ast.expr, scope: Scope) -> Meaning | None:
        assert isinstance(expression, ast.Name)  # noqa: S101
        return self.named(expression.id, scope)

    def named(self, name: str, scope: Scope) -> Meaning | None:
        """Return what a bare name means in a scope."""
        home = scope.home(name)
        if home is not None:
            return self._bound(home.bindings[name], home)
        top = scope.module.top
        for star in top.module.stars:
            file = self.imported(star, top.module)
            if file is not None and name in self._modules[file].top.bindings:
                return self._member(f"{file}:", name)
        return None if top.module.stars else Meaning(name)

    def _bound(self, bindings: list[Binding], scope: Scope) -> Meaning | None:
        """Return what all bindings of a name agree on."""
        found: Meaning | None = None
        for binding in bindings:
            if is_none(binding.expression) and binding.kind is BindingKind.VALUE:
                continue
            meaning = self._binding(binding, scope)
            if meaning is None:
                return None
            if found is None or binding.kind is BindingKind.DEFINED:
                found = meaning  # of several definitions (overloads, versions) the last counts
            elif found != meaning and binding.kind is not BindingKind.IMPORT:
                return None  # (of several imports the first: the others stand in for it)
            if binding.kind is BindingKind.ANNOTATED:
                return found
        return found

    def _binding(self, binding: Binding, scope: Scope) -> Meaning | None:  # noqa: PLR0911  (a table in words)
        kind, expression = binding.kind, binding.expression
        if kind is BindingKind.IMPORT:
            return self._import(binding.imported, scope.module)
        if kind is BindingKind.DEFINED and binding.defined is not None:
            return Meaning(binding.defined.key)
        if kind is BindingKind.OTHER:
            return self._own_object(binding, scope)
        if kind is BindingKind.UNPACKED and expression is not None:
            return self._results.unpacked(expression, binding.index, scope)
        if expression is None:
            return None
        if kind is BindingKind.ANNOTATED:
            return self._results.annotated(expression, scope)
        if kind is BindingKind.ENTERED:
            return self._results.entered(expression, scope)
        if kind is BindingKind.ITEM:
            return self._results.item(expression, scope)
        return self.of(expression, scope) if kind is BindingKind.VALUE else None

    def _own_object(self, binding: Binding, scope: Scope) -> Meaning | None:
        """Return the class of ``self``, or the class that ``cls`` is."""
        if not isinstance(scope, Function) or scope.owner is None:
            return None
        node = binding.node
        if not isinstance(node, ast.arg):
            return None
        if node.arg == own_name(scope):
            return Meaning(scope.owner.key, is_object=True)
        if isinstance(scope.node, ast.Lambda | ast.Module):
            return None
        is_first = scope.node.args.args[:1] == [node]
        marks = {mark.id for mark in scope.node.decorator_list if isinstance(mark, ast.Name)}
        return Meaning(scope.owner.key) if is_first and "classmethod" in marks else None

    def _import(self, imported: str, module: Module) -> Meaning | None:
        origin, _, name = imported.partition(":")
        if not name:
            file = self.imported(origin, module)
            return Meaning(f"{file}:") if file else Meaning(known_types.canonical(origin))
        file = self.imported(origin, module)
        if file is not None:
            found = self._member(f"{file}:", name)
            if found is not None:
                return found
        dotted = f"{origin}{name}" if origin.endswith(".") else f"{origin}.{name}"
        submodule = self.imported(dotted, module)
        if submodule is not None:
            return Meaning(f"{submodule}:")
        if file is not None or origin.startswith("."):
            return None
        return Meaning(known_types.canonical(dotted))

    # ------------------------------------------------------------------------------ attributes

    def _attribute(self, expression: ast.expr, scope: Scope) -> Meaning | None:
        assert isinstance(expression, ast.Attribute)  # noqa: S101
        value, name = expression.value, expression.attr
        if is_super(value):
            return self._of_super(name, scope)
        base = self.of(value, scope)
        if base is None:
            return None
        if base.is_object:
            return self.attribute(base.name, name)
        return self._member(base.name, name)

    def _member(self, owner: str, name: str) -> Meaning | None:
        """Return a name of a module or class."""
        if ":" not in owner:
            return Meaning(known_types.canonical(f"{owner}.{name}"))
        file, _, qualname = owner.partition(":")
        if qualname:
            return self.attribute(owner, name)
        guard = (file, name)
        if guard in self._open or len(self._open) > MOST_STEPS:
            return None  # modules that import a name from each other
        self._open.add(guard)
        try:
            return self._exported(self._modules[file], name)
        finally:
            self._open.discard(guard)

    def _exported(self, module: Module, name: str) -> Meaning | None:
        """Return a name of a module, or a module of a package."""
        if name in module.top.bindings:
            return self._bound(module.top.bindings[name], module.top)
        for star in module.stars:
            other = self.imported(star, module)
            if other is not None and other != module.file:
                origin = self._modules[other].top
                if name in origin.bindings:
                    return self._member(f"{other}:", name)
        submodule = self.imported(f".{name}", module)
        return Meaning(f"{submodule}:") if submodule else None

    def _of_super(self, name: str, scope: Scope) -> Meaning | None:
        method = scope.method
        if method is None or method.owner is None:
            return None
        for base in self.bases(method.owner.key)[1:]:
            found = self._own_attribute(base, name)
            if found is not None:
                return found
        return None

    def bases(self, name: str) -> list[str]:
        """Return a class and the classes it is made from, nearest first, "?" for an unknown one."""
        found: list[str] = []
        pending = [name]
        while pending and len(found) < MOST_BASES:
            one = pending.pop(0)
            if one in found:
                continue
            found.append(one)
            if one in self._classes:
                owner = self._classes[one]
                parent = owner.parent or owner
                meanings = [self.of(unsubscripted(base), parent) for base in owner.node.bases]
                pending += [each.name if each else "?" for each in meanings]
        return found

    def attribute(self, owner: str, name: str) -> Meaning | None:
        """Return what an attribute of an object of a class means."""
        if ":" not in owner:
            return Meaning(known_types.canonical(f"{owner}.{name}"))
        for base in self.bases(owner):
            found = self._own_attribute(base, name)
            if found is not None:
                return None if found.name == "?" else found
        return None

    def _own_attribute(self, base: str, name: str) -> Meaning | None:
        """Return an attribute as far as one class says it; "?" where it cannot be known."""
        if base == "?":
            return Meaning("?")
        if base not in self._classes:
            ignored = base in ("object", "abc.ABC", "typing.Generic", "typing.Protocol")
            return None if ignored or ":" in base else self.attribute(base, name)
        owner = self._classes[base]
        if name in owner.bindings:
            return self._class_attribute(owner, owner.bindings[name]) or Meaning("?")
        if name in owner.attributes:
            return self._set_attribute(owner.attributes[name]) or Meaning("?")
        return None

    def _class_attribute(self, owner: Class, bindings: list[Binding]) -> Meaning | None:
        defined = bindings[0].defined
        if isinstance(defined, Function) and any(
            last_name(mark) in ("property", "cached_property") for mark in decorators(defined)
        ):
            return self._results.returned(defined)
        return self._bound(bindings, owner)

    def _set_attribute(self, places: list[tuple[Function, Binding]]) -> Meaning | None:
        found: Meaning | None = None
        for method, binding in places:
            if is_none(binding.expression):
                continue
            meaning = self._binding(binding, method)
            if meaning is None or (found is not None and meaning != found):
                return None
            found = meaning
            if binding.kind is BindingKind.ANNOTATED:
                return found
        return found

    def _walrus(self, expression: ast.expr, scope: Scope) -> Meaning | None:
        assert isinstance(expression, ast.NamedExpr)  # noqa: S101
        return self.of(expression.value, scope)

    def _choice(self, expression: ast.expr, scope: Scope) -> Meaning | None:
        assert isinstance(expression, ast.IfExp)  # noqa: S101
        return self._same([expression.body, expression.orelse], scope)

    def _any_of(self, expression: ast.expr, scope: Scope) -> Meaning | None:
        assert isinstance(expression, ast.BoolOp)  # noqa: S101
        return self._same(expression.values, scope)

    def _same(self, expressions: list[ast.expr], scope: Scope) -> Meaning | None:
        """Return what several expressions all mean, leaving ``None`` out."""
        found = {self.of(one, scope) for one in expressions if not is_none(one)}
        return found.pop() if len(found) == 1 else None


def decorators(function: Function) -> list[ast.expr]:
    """Return the decorators of a function, without the arguments they are called with."""
    if isinstance(function.node, ast.Lambda | ast.Module):
        return []
    marks = function.node.decorator_list
    return [mark.func if isinstance(mark, ast.Call) else mark for mark in marks]
