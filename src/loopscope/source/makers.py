"""The call that made an object: what its constructor was given decides what it does later."""

import ast

from loopscope.source.read_module import own_name
from loopscope.source.scopes import Binding, BindingKind, Scope
from loopscope.source.syntax import is_none

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
        home = scope.home(expression.id)
        return _single([(one, home) for one in home.bindings[expression.id]]) if home else None
    if isinstance(expression, ast.Attribute) and isinstance(expression.value, ast.Name):
        method = scope.method
        if method is not None and expression.value.id == own_name(method):
            places = method.owner.attributes.get(expression.attr, []) if method.owner else []
            return _single([(one, where) for where, one in places])
    return None


def _single(found: "list[tuple[Binding, Scope]]") -> tuple[Binding, Scope] | None:
    """Return the one binding that gives a value; ``None`` as a first value does not count."""
    making = [
        one
        for one in found
        if not is_none(one[0].expression) and one[0].kind is not BindingKind.ANNOTATED
    ]
    return making[0] if len(making) == 1 and making[0][0].kind in _MAKING else None
