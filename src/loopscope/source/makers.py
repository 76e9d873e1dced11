"""The call that made an object: what its constructor was given decides what it does later."""

import ast

from loopscope.source.read_module import own_name
from loopscope.source.scopes import Binding, BindingKind, Function, Scope

_MAKING = (BindingKind.VALUE, BindingKind.ENTERED)
_MOST_STEPS = 6


def maker_of(expression: ast.expr, scope: Scope) -> tuple[ast.Call, Scope] | None:
    """Return the one call that made what an expression gives, with the scope it stands in.

    Returns None where there are several, or where it was made out of sight.

    Args:
        expression: A name, ``self.name``, or the call itself.
        scope: Where it stands.
    """
    for _ in range(_MOST_STEPS):
        if isinstance(expression, ast.Await):
            expression = expression.value
        if isinstance(expression, ast.Call):
            return expression, scope
        found = _binding(expression, scope)
        if found is None or found[0].expression is None:
            return None
        expression, scope = found[0].expression, found[1]
    return None


def _binding(expression: ast.expr, scope: Scope) -> tuple[Binding, Scope] | None:
    if isinstance(expression, ast.Name):
        where: Scope | None = scope.outer_names.get(expression.id, scope)
        while where is not None and expression.id not in where.bindings:
            where = where.parent
        return _single([(one, where) for one in where.bindings[expression.id]]) if where else None
    if isinstance(expression, ast.Attribute) and isinstance(expression.value, ast.Name):
        method = scope
        while isinstance(method, Function) and method.owner is None and method.parent is not None:
            method = method.parent
        if isinstance(method, Function) and expression.value.id == own_name(method):
            places = method.owner.attributes.get(expression.attr, []) if method.owner else []
            return _single([(one, where) for where, one in places])
    return None


def _single(found: "list[tuple[Binding, Scope]]") -> tuple[Binding, Scope] | None:
    """Return the one binding that gives a value; ``None`` as a first value does not count."""
    making = [
        one
        for one in found
        if not (isinstance(one[0].expression, ast.Constant) and one[0].expression.value is None)
        and one[0].kind is not BindingKind.ANNOTATED
    ]
    return making[0] if len(making) == 1 and making[0][0].kind in _MAKING else None


def argument(call: ast.Call, name: str) -> ast.expr | None:
    """Return the value of a call's keyword argument; None where it is not given by name."""
    return next((one.value for one in call.keywords if one.arg == name), None)


def has_unknown_arguments(call: ast.Call) -> bool:
    """Tell whether a call hands on arguments that stand elsewhere (``**options``)."""
    return any(one.arg is None for one in call.keywords)
