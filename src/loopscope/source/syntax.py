"""Small questions about pieces of syntax, for which nothing of the project need be known."""

import ast


def is_none(node: ast.AST | None) -> bool:
    """Tell the constant ``None``."""
    return isinstance(node, ast.Constant) and node.value is None


def is_super(node: ast.expr) -> bool:
    """Tell a call of ``super``."""
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"
    )


def last_name(expression: ast.expr) -> str:
    """Return the last part of a dotted name, "" for anything else."""
    if isinstance(expression, ast.Attribute):
        return expression.attr
    return expression.id if isinstance(expression, ast.Name) else ""


def unsubscripted(expression: ast.expr) -> ast.expr:
    """Return ``a`` of ``a[b]``, and anything else as it is."""
    return expression.value if isinstance(expression, ast.Subscript) else expression


def stored_names(node: ast.AST) -> set[str]:
    """Return the names that a piece of code gives values to, or deletes."""
    return {
        one.id
        for one in ast.walk(node)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store | ast.Del)
    }


def loaded_names(node: ast.AST) -> set[str]:
    """Return the names that a piece of code looks at."""
    return {
        one.id
        for one in ast.walk(node)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)
    }


def text_of(node: ast.AST) -> str:
    """Return code as source; "..." for what is nested too deep to be written."""
    try:
        return ast.unparse(node)
    except RecursionError:
        return "..."


def argument(call: ast.Call, name: str) -> ast.expr | None:
    """Return the value of a call's keyword argument; None where it is not given by name."""
    return next((one.value for one in call.keywords if one.arg == name), None)


def has_unknown_arguments(call: ast.Call) -> bool:
    """Tell whether a call hands on arguments that stand elsewhere (``**options``)."""
    return any(one.arg is None for one in call.keywords)
