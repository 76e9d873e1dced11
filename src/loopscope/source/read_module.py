"""Reads one source file: every node goes to the function it belongs to, every name is bound."""

import ast
import contextlib
import gc
import sys
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

from loopscope.source.scopes import Binding, BindingKind, Class, Function, Module, Scope

TOO_DEEP = "it is nested too deep"
MOST_DEPTH = 300
"""Files whose syntax is nested deeper than that are not read: what looks at them may recurse."""

_THIS_PYTHON = f"Python {sys.version_info.major}.{sys.version_info.minor}"
"""Named where a file cannot be parsed: it may be written for a later one."""

NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


class UnreadableError(Exception):
    """A text is no Python that this interpreter can read. Its message says why, in a few words."""


def read_module(file: str, text: str) -> Module:
    """Parse a file and sort what it contains.

    Raises:
        UnreadableError: It is not Python, or nested too deep to be parsed.
    """
    module = Module(file, text, _parse(text))
    _Reader(module).read()
    return module


def read_expression(text: str) -> ast.expr | None:
    """Parse an expression; None where the text is something else, or nested too deep."""
    try:
        expression: ast.expr = _parse(text.strip(), "eval").body
    except UnreadableError:
        return None
    level: list[ast.AST] = [expression]
    for _ in range(MOST_DEPTH):
        level = [inner for node in level for inner in ast.iter_child_nodes(node)]
    return None if level else expression


def _parse(text: str, mode: str = "exec") -> Any:  # noqa: ANN401  (ast.Module, or ast.Expression)
    try:
        with warnings.catch_warnings(), _no_collection():
            warnings.simplefilter("ignore")  # an odd escape is no concern of ours
            return ast.parse(text, mode=mode)
    except SyntaxError as error:
        place = f"line {error.lineno}: " if error.lineno else ""
        raise UnreadableError(f"{place}{error.msg}, says {_THIS_PYTHON}") from None
    except ValueError:
        raise UnreadableError("it holds bytes that no source may hold") from None
    except (RecursionError, MemoryError):
        raise UnreadableError(TOO_DEEP) from None


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the collector away: Python 3.11 fails if a finalizer parses something meanwhile.

    It counts its depth once for all parsing (https://github.com/python/cpython/issues/106905).
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Reader:
    """Walks a tree without recursion, so that no depth is too deep."""

    def __init__(self, module: Module) -> None:
        self._module = module
        module.top = Function(module, "<module>", "", None, node=module.tree)
        module.functions.append(module.top)
        self._pending: list[tuple[ast.AST, ast.AST, Scope, Function, int]] = []
        self._depth = 0

    def read(self) -> None:
        module = self._module
        self._push(module.tree.body, module.tree, module.top, module.top)
        while self._pending:
            node, parent, scope, function, self._depth = self._pending.pop()
            if self._depth > MOST_DEPTH:
                raise UnreadableError(f"line {getattr(node, 'lineno', '?')}: {TOO_DEEP}")
            module.parents[node] = parent
            kind = type(node)
            if kind in NESTED:
                self._define(node, scope, function)
                continue
            function.nodes.setdefault(kind, []).append(node)
            bind = _BINDERS.get(kind)
            if bind is not None:
                bind(self, node, scope)
            self._push(_children(node), node, scope, function)

    def _push(self, nodes: Sequence[ast.AST], parent: ast.AST, scope: Scope, own: Function) -> None:
        depth = self._depth + 1
        self._pending.extend((node, parent, scope, own, depth) for node in reversed(nodes))

    def _define(self, node: ast.AST, scope: Scope, function: Function) -> None:
        """Begin a new scope; what is evaluated where it stands stays with the old one."""
        if isinstance(node, ast.ClassDef):
            self._define_class(node, scope, function)
            return
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)  # noqa: S101
        name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
        new = Function(self._module, name, _qualified(scope, name), scope, node=node)
        self._module.functions.append(new)
        arguments = node.args
        _bind_arguments(new, arguments)
        here: list[ast.AST] = [*arguments.defaults, *(one for one in arguments.kw_defaults if one)]
        if isinstance(node, ast.Lambda):
            self._push([node.body], node, new, new)
        else:
            _bind(scope, name, Binding(BindingKind.DEFINED, node, defined=new))
            here += node.decorator_list
            self._push(node.body, node, new, new)
        self._push(here, node, scope, function)

    def _define_class(self, node: ast.ClassDef, scope: Scope, function: Function) -> None:
        new = Class(self._module, node.name, _qualified(scope, node.name), scope, node=node)
        self._module.classes.append(new)
        _bind(scope, node.name, Binding(BindingKind.DEFINED, node, defined=new))
        here: list[ast.AST] = [*node.decorator_list, *node.bases]
        here += [keyword.value for keyword in node.keywords]
        self._push(node.body, node, new, function)
        self._push(here, node, scope, function)

    def bind_import(self, node: ast.AST, scope: Scope) -> None:
        assert isinstance(node, ast.Import)  # noqa: S101
        for alias in node.names:
            whole = alias.name
            name, imported = (
                (alias.asname, whole) if alias.asname else (whole.partition(".")[0],) * 2
            )
            _bind(scope, name, Binding(BindingKind.IMPORT, node, imported=imported))

    def bind_import_from(self, node: ast.AST, scope: Scope) -> None:
        assert isinstance(node, ast.ImportFrom)  # noqa: S101
        origin = "." * node.level + (node.module or "")
        for alias in node.names:
            if alias.name == "*":
                self._module.stars.append(origin)
                continue
            imported = f"{origin}:{alias.name}"
            _bind(
                scope,
                alias.asname or alias.name,
                Binding(BindingKind.IMPORT, node, imported=imported),
            )

    def bind_assign(self, node: ast.AST, scope: Scope) -> None:
        assert isinstance(node, ast.Assign)  # noqa: S101
        for target in node.targets:
            _bind_target(target, node.value, BindingKind.VALUE, scope)

    def bind_annotated(self, node: ast.AST, scope: Scope) -> None:
        assert isinstance(node, ast.AnnAssign)  # noqa: S101
        _bind_target(node.target, node.annotation, BindingKind.ANNOTATED, scope)

    def bind_augmented(self, node: ast.AST, scope: Scope) -> None:
        assert isinstance(node, ast.AugAssign)  # noqa: S101
        _bind_target(node.target, None, BindingKind.OTHER, scope)

    def bind_loop(self, node: ast.AST, scope: Scope) -> None:
        assert isinstance(node, ast.For | ast.AsyncFor | ast.comprehension)  # noqa: S101
        _bind_target(node.target, node.iter, BindingKind.ITEM, scope)

    def bind_with(self, node: ast.AST, scope: Scope) -> None:
        assert isinstance(node, ast.withitem)  # noqa: S101
        if node.optional_vars is not None:
            _bind_target(node.optional_vars, node.context_expr, BindingKind.ENTERED, scope)

    def bind_walrus(self, node: ast.AST, scope: Scope) -> None:
        assert isinstance(node, ast.NamedExpr)  # noqa: S101
        _bind_target(node.target, node.value, BindingKind.VALUE, scope)

    def bind_except(self, node: ast.AST, scope: Scope) -> None:
        assert isinstance(node, ast.ExceptHandler)  # noqa: S101
        if node.name:
            _bind(scope, node.name, Binding(BindingKind.OTHER, node))

    def bind_match(self, node: ast.AST, scope: Scope) -> None:
        assert isinstance(node, ast.MatchAs | ast.MatchStar)  # noqa: S101
        if node.name:
            _bind(scope, node.name, Binding(BindingKind.OTHER, node))

    def bind_outer(self, node: ast.AST, scope: Scope) -> None:
        assert isinstance(node, ast.Global | ast.Nonlocal)  # noqa: S101
        is_global = isinstance(node, ast.Global) or scope.parent is None
        outer = scope.module.top if is_global else scope.parent
        assert outer is not None  # noqa: S101
        scope.outer_names.update(dict.fromkeys(node.names, outer))


_BINDERS = {
    ast.Import: _Reader.bind_import,
    ast.ImportFrom: _Reader.bind_import_from,
    ast.Assign: _Reader.bind_assign,
    ast.AnnAssign: _Reader.bind_annotated,
    ast.AugAssign: _Reader.bind_augmented,
    ast.For: _Reader.bind_loop,
    ast.AsyncFor: _Reader.bind_loop,
    ast.comprehension: _Reader.bind_loop,
    ast.withitem: _Reader.bind_with,
    ast.NamedExpr: _Reader.bind_walrus,
    ast.ExceptHandler: _Reader.bind_except,
    ast.MatchAs: _Reader.bind_match,
    ast.MatchStar: _Reader.bind_match,
    ast.Global: _Reader.bind_outer,
    ast.Nonlocal: _Reader.bind_outer,
}


def _children(node: ast.AST) -> list[ast.AST]:
    """Return the nodes directly inside, in the order of the source; annotations are no code."""
    found: list[ast.AST] = []
    for name in node._fields:
        if name in ("annotation", "ctx"):
            continue
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            found.append(value)
        elif isinstance(value, list):
            found += [one for one in value if isinstance(one, ast.AST)]
    return found


def _qualified(scope: Scope, name: str) -> str:
    if not scope.qualname:
        return name
    inner = "" if isinstance(scope, Class) else "<locals>."
    return f"{scope.qualname}.{inner}{name}"


def _bind(scope: Scope, name: str, binding: Binding) -> None:
    scope = scope.outer_names.get(name, scope)
    scope.bindings.setdefault(name, []).append(binding)


def _bind_arguments(function: Function, arguments: ast.arguments) -> None:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    for one in every:
        kind = BindingKind.ANNOTATED if one.annotation else BindingKind.OTHER
        _bind(function, one.arg, Binding(kind, one, one.annotation))
    for rest in (arguments.vararg, arguments.kwarg):
        if rest is not None:
            _bind(function, rest.arg, Binding(BindingKind.OTHER, rest))


def _bind_target(
    target: ast.expr, expression: ast.expr | None, kind: BindingKind, scope: Scope
) -> None:
    if isinstance(target, ast.Name):
        _bind(scope, target.id, Binding(kind, target, expression))
    elif isinstance(target, ast.Attribute):
        _bind_attribute(target, Binding(kind, target, expression), scope)
    elif isinstance(target, ast.Tuple | ast.List):
        _bind_several(target, expression, kind, scope)


def _bind_several(
    targets: ast.Tuple | ast.List, expression: ast.expr | None, kind: BindingKind, scope: Scope
) -> None:
    """Bind the names on the left of ``a, b = ...``; what is nested deeper than that is unknown."""
    single = kind is BindingKind.VALUE
    same = isinstance(expression, ast.Tuple | ast.List) and len(expression.elts) == len(
        targets.elts
    )
    for index, target in enumerate(targets.elts):
        if isinstance(target, ast.Starred):
            target = target.value  # noqa: PLW2901  (what is bound is the name behind the star)
        if not isinstance(target, ast.Name | ast.Attribute):
            for inner in ast.walk(target):
                if isinstance(inner, ast.Name):
                    _bind(scope, inner.id, Binding(BindingKind.OTHER, inner))
            continue
        if single and same and isinstance(expression, ast.Tuple | ast.List):
            _bind_target(target, expression.elts[index], kind, scope)
            continue
        found = BindingKind.UNPACKED if single else BindingKind.OTHER
        binding = Binding(found, target, expression if single else None, index=index)
        if isinstance(target, ast.Name):
            _bind(scope, target.id, binding)
        else:
            _bind_attribute(target, binding, scope)


def _bind_attribute(target: ast.Attribute, binding: Binding, scope: Scope) -> None:
    """Note ``self.name = ...`` of a method with its class."""
    method = scope.method
    if method is None or method.owner is None:
        return
    if isinstance(target.value, ast.Name) and target.value.id == own_name(method):
        method.owner.attributes.setdefault(target.attr, []).append((method, binding))


def own_name(method: Function) -> str:
    """Return what a method calls its object ("self"), "" where it has none."""
    node = method.node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or method.owner is None:
        return ""
    marks = {mark.id for mark in node.decorator_list if isinstance(mark, ast.Name)}
    if marks & {"staticmethod", "classmethod"}:
        return ""
    arguments = [*node.args.posonlyargs, *node.args.args]
    return arguments[0].arg if arguments else ""
