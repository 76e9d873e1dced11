"""Says which object an expression reaches: where its name comes from, and what it stands for."""

import ast

from loopscope.source.independence.effects import Path
from loopscope.source.project import Project
from loopscope.source.scopes import Binding, BindingKind, Class, Function, Scope

_MOST_ALIASES = 8
_OWN_OBJECT = (
    ast.List,
    ast.Dict,
    ast.Set,
    ast.Tuple,
    ast.ListComp,
    ast.DictComp,
    ast.SetComp,
    ast.GeneratorExp,
    ast.Constant,
    ast.JoinedStr,
    ast.BinOp,
    ast.Compare,
)
_VALUE = BindingKind.VALUE
_PARTS = (BindingKind.ITEM, BindingKind.UNPACKED)
_HANDS_THROUGH = {
    "enumerate",
    "filter",
    "iter",
    "list",
    "reversed",
    "set",
    "sorted",
    "tuple",
    "zip",
}


class Reach:
    """Turns expressions into paths.

    ``rounds`` are the names that the rounds of a loop have for themselves, as it is looked at.

    Args:
        project: Where names are looked up.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self.rounds: set[tuple[Scope, str]] = set()

    def path(self, expression: ast.expr, scope: Scope, depth: int = 0) -> Path | None:
        """Return the object an expression reaches; None for one that it makes itself."""
        while isinstance(expression, ast.Subscript | ast.Starred | ast.Await | ast.NamedExpr):
            inner = expression.target if isinstance(expression, ast.NamedExpr) else expression.value
            expression = inner
        if depth > _MOST_ALIASES:
            return None
        if isinstance(expression, ast.Name):
            return self._name(expression.id, scope, depth)
        if isinstance(expression, ast.Attribute):
            base = self.path(expression.value, scope, depth + 1)
            if base is None or self._is_property(expression, scope):
                return base  # what a property gives may be any part of its object
            return Path(base.root, (*base.fields, expression.attr))
        return self._made(expression, scope) if isinstance(expression, ast.Call) else None

    def _is_property(self, expression: ast.Attribute, scope: Scope) -> bool:
        owner = self._project.type_of(expression.value, scope)
        for base in self._project.bases(owner) if owner in self._project.classes else ():
            known = self._project.classes.get(base)
            bindings = known.bindings.get(expression.attr) if known else None
            if bindings and isinstance(bindings[0].defined, Function):
                marks = self._project.decorators(bindings[0].defined)
                return any(mark.rpartition(".")[2].endswith("property") for mark in marks)
        return False

    def _name(self, name: str, scope: Scope, depth: int) -> Path | None:
        home = scope.home(name)
        if home is None:
            return Path(f"foreign:{name}")
        bindings = home.bindings[name]
        if isinstance(home, Class) or bindings[0].kind is BindingKind.DEFINED:
            defined = bindings[0].defined
            return Path(f"class:{defined.key}") if isinstance(defined, Class) else None
        if bindings[0].kind is BindingKind.IMPORT:
            meaning = self._project.meanings.named(name, scope)
            return Path(f"foreign:{meaning.name if meaning else name}")
        if home is scope.module.top:
            return Path(f"global:{home.module.file}:{name}")
        if home is not scope:
            return Path(f"outer:{home.key}:{name}")
        return self._local(name, bindings, scope, depth)

    def _local(self, name: str, bindings: list[Binding], scope: Scope, depth: int) -> Path:
        """Follow ``other = buffer`` to what it stands for."""
        if len(bindings) == 1 and (scope, name) not in self.rounds:
            value = bindings[0].expression
            found: Path | None = None
            if value is not None and bindings[0].kind in _PARTS:
                found = self._whole(value, scope, depth + 1)
            elif isinstance(value, ast.Name | ast.Attribute) and bindings[0].kind is _VALUE:
                found = self.path(value, scope, depth + 1)
            if found is not None:
                return found
        return Path(f"local:{name}")

    def _whole(self, value: ast.expr, scope: Scope, depth: int) -> Path | None:
        """Return the object whose parts a loop or an unpacking hands out."""
        if isinstance(value, ast.Call):
            func = value.func
            if isinstance(func, ast.Attribute):  # table.items()
                return self._whole(func.value, scope, depth)
            if isinstance(func, ast.Name) and func.id in _HANDS_THROUGH and value.args:
                return self._whole(value.args[0], scope, depth)
            return None
        return self.path(value, scope, depth)

    def _made(self, call: ast.Call, scope: Scope) -> Path | None:
        """Return who made an object: a project's function may give the same one every time."""
        callee = self._project.callee(call, scope)
        if callee is None or callee.name == "__init__":
            return None
        for statement in callee.each(ast.Return):
            given = statement.value
            path = self.path(given, callee, 1) if isinstance(given, ast.Name) else None
            if path is not None and path.root.startswith(("global:", "outer:")):
                return path  # it hands out something that others reach by its name
        return Path(f"made:{callee.key}")

    def leaves(self, path: Path, function: Function) -> Path | None:
        """Return what a path of a callee means outside of it; None for objects of its own."""
        if not path.root.startswith("local:"):
            return path
        name = path.root.removeprefix("local:")
        bindings = function.bindings.get(name, ())
        if any(isinstance(one.node, ast.arg) for one in bindings):
            return path
        for one in bindings:
            if one.kind is BindingKind.VALUE and isinstance(one.expression, ast.Call | ast.Await):
                made = self.path(one.expression, function)
                if made is not None and made.root.startswith("made:"):
                    return Path(made.root, path.fields)
        return None

    def holds(self, name: str, scope: Scope) -> set[str]:
        """Return the roots of what was given to an object when it was made."""
        held: set[str] = set()
        for one in scope.bindings.get(name, ()):
            value = one.expression
            if one.kind is not BindingKind.VALUE or not isinstance(value, ast.Call):
                continue
            for argument in [*value.args, *(keyword.value for keyword in value.keywords)]:
                path = None if isinstance(argument, _OWN_OBJECT) else self.path(argument, scope)
                if path is not None:
                    held.add(path.root)
        return held
