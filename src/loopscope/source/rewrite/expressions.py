"""Awaits that are parts of one expression are gathered above the statement."""

import ast

from loopscope.source.independence.candidates import Candidate
from loopscope.source.rewrite.edits import Edit, Text
from loopscope.source.rewrite.gathering import Argument, gather_call, moved_call, replaced_span
from loopscope.source.rewrite.names import fresh
from loopscope.source.rewrite.outcome import Marks, UnsupportedError
from loopscope.source.rewrite.statements import own_lines

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def rewrite_expression(
    candidate: Candidate, text: Text, gather: str, marks: Marks
) -> tuple[Edit, ...]:
    """Return the edits that gather the parts of an expression before it.

    Raises:
        UnsupportedError: The statement cannot have a line before it.
    """
    (statement,) = candidate.statements
    own_lines((statement,), text)
    function = candidate.function
    names: list[str] = []
    arguments = []
    edits = []
    indent = " " * statement.col_offset
    for number, branch in enumerate(candidate.branches):
        node = branch.node
        assert isinstance(node, ast.Await)  # noqa: S101  (parts of an expression are awaits)
        begin, end = replaced_span(node, function.module.parents.get(node), text)
        if "#" in text.text[begin : text.span(branch.call)[0]]:
            raise UnsupportedError(f"a comment stands behind `await` in line {node.lineno}")
        name = fresh(_wanted(node, number, function.module.parents), function, names)
        names.append(name)
        call = marks.branch(number, moved_call(branch.call, text, indent))
        arguments.append(Argument(call))
        edits.append(Edit(begin, end, name))
    line = gather_call(f"{', '.join(names)} = await {gather}(", arguments, indent)
    at = text.begin_of_line(statement.lineno)
    return (Edit(at, at, f"{line}\n"), *edits)


def _wanted(node: ast.Await, number: int, parents: "dict[ast.AST, ast.AST]") -> str:
    """Return a name for a part: the key or argument that it is for, else its place."""
    parent = parents.get(node)
    if isinstance(parent, ast.keyword) and parent.arg:
        return parent.arg
    if isinstance(parent, ast.Dict):
        key = parent.keys[parent.values.index(node)] if node in parent.values else None
        if (
            isinstance(key, ast.Constant)
            and isinstance(key.value, str)
            and key.value.isidentifier()
        ):
            return key.value
    return _ORDINALS[number] if number < len(_ORDINALS) else f"part_{number + 1}"
