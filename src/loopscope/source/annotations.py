"""What an annotation says of a value, once quotes, ``None`` and the like are taken off."""

import ast
from collections.abc import Callable

from loopscope.source.read_module import read_expression
from loopscope.source.syntax import is_none

MOST_LAYERS = 24

SEQUENCES = {
    "list",
    "set",
    "frozenset",
    "tuple",
    "collections.deque",
    *(
        f"{module}.{name}"
        for module in ("typing", "collections.abc")
        for name in ("Collection", "Iterable", "Iterator", "List", "Sequence", "Set", "Tuple")
    ),
}
"""Classes whose items are of the class that their annotation gives first."""

SELF_LIKE = {"typing.Self", "typing_extensions.Self"}
WRAPPERS = {
    "typing.Optional",
    "typing.Annotated",
    "typing.Final",
    "typing.ClassVar",
    "typing.Required",
    "typing_extensions.Annotated",
}


def plain_annotation(annotation: ast.expr, name_of: Callable[[ast.expr], str]) -> ast.expr | None:
    """Take quotes, ``None``, ``Optional[...]`` and the like off an annotation.

    Args:
        annotation: As it stands in the source.
        name_of: Returns the dotted name that an expression means, "" where source does not say it.

    Returns:
        A class, or a generic class with its arguments; None where several are meant, or nobody
        knows which.
    """
    for _ in range(MOST_LAYERS):
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            expression = read_expression(annotation.value)
            if expression is None:
                return None
            annotation = expression
        elif isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
            if not is_none(annotation.right) and not is_none(annotation.left):
                return None
            annotation = annotation.left if is_none(annotation.right) else annotation.right
        elif isinstance(annotation, ast.Subscript):
            outer = name_of(annotation.value)
            if outer not in WRAPPERS:
                return annotation if outer else None
            annotation = first_of(annotation.slice)
        else:
            return annotation
    return None


def first_of(expression: ast.expr) -> ast.expr:
    """Return the first of several arguments in brackets, else the only one."""
    is_several = isinstance(expression, ast.Tuple) and expression.elts
    return expression.elts[0] if is_several and isinstance(expression, ast.Tuple) else expression
