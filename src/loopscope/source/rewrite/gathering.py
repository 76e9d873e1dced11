"""Writes a call of ``gather`` as one would by hand: on one line where it fits."""

import ast
from dataclasses import dataclass, field
from typing import Final

from loopscope.source.rewrite.edits import Text

WIDTH: Final = 88
"""A longer call goes over several lines."""

STEP: Final = "    "


@dataclass(slots=True)
class Argument:
    """One call that is handed to ``gather``.

    Attributes:
        text: The call.
        trailing: The comment behind it, "" for none.
        above: The comments above it.
    """

    text: str
    trailing: str = ""
    above: list[str] = field(default_factory=list)


def gather_call(head: str, arguments: list[Argument], indent: str) -> str:
    """Return a statement that gathers calls.

    Args:
        head: What stands before the arguments: ``a, b = await asyncio.gather(``.
        arguments: The calls; comments above the first one stand above the statement.
        indent: What every line begins with.
    """
    lines = [f"{indent}{one}" for one in arguments[0].above]
    short = f"{indent}{head}{', '.join(one.text for one in arguments)})"
    has_comments = any(one.trailing for one in arguments) or any(one.above for one in arguments[1:])
    if not has_comments and "\n" not in short and len(short) <= WIDTH:
        return "\n".join([*lines, short])
    lines.append(f"{indent}{head}")
    for at, one in enumerate(arguments):
        lines += [f"{indent}{STEP}{comment}" for comment in (one.above if at else ())]
        comment = f"  {one.trailing}" if one.trailing else ""
        lines.append(f"{indent}{STEP}{one.text},{comment}")
    return "\n".join([*lines, f"{indent})"])


def moved_call(node: ast.expr, text: Text, indent: str) -> str:
    """Return the text of a call, the lines after its first as far in as one line of ``gather``.

    A text over several lines stays as it is if it holds a string over several lines.
    """
    lines = text.of(node).split("\n")
    has_long_string = any(
        isinstance(one, ast.Constant | ast.JoinedStr) and one.end_lineno != one.lineno
        for one in ast.walk(node)
        if isinstance(one, ast.expr)
    )
    if len(lines) == 1 or has_long_string:
        return "\n".join(lines)
    margins = [len(one) - len(one.lstrip()) for one in lines[1:] if one.strip()]
    least = min(margins, default=0)
    # The last line closes the call: it comes under the call's beginning.
    base = f"{indent}{STEP}"
    return "\n".join([lines[0], *(base + one[least:] if one.strip() else "" for one in lines[1:])])


def replaced_span(node: ast.expr, parent: ast.AST | None, text: Text) -> tuple[int, int]:
    """Return what is replaced by a name where an await stands: with parentheses only it needs."""
    begin, end = text.span(node)
    needs = (ast.Attribute, ast.Subscript, ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp)
    if isinstance(parent, needs):
        return text.in_parentheses(begin, end)
    return begin, end
