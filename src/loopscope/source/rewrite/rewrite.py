"""Rewrites one candidate: awaits in turn become awaits together."""

import ast

from loopscope.source.independence.candidates import Candidate, Kind
from loopscope.source.rewrite.edits import Edit, Text
from loopscope.source.rewrite.expressions import rewrite_expression
from loopscope.source.rewrite.names import gather_name
from loopscope.source.rewrite.outcome import MARKED, PLAIN, Marks, Rewrite, UnsupportedError
from loopscope.source.rewrite.repetitions import rewrite_comprehension, rewrite_loop
from loopscope.source.rewrite.statements import rewrite_statements

_SHAPES = {
    Kind.STATEMENTS: rewrite_statements,
    Kind.EXPRESSION: rewrite_expression,
    Kind.LOOP: rewrite_loop,
    Kind.COMPREHENSION: rewrite_comprehension,
}


def rewrite(candidate: Candidate) -> Rewrite:
    """Return how a candidate is rewritten.

    Args:
        candidate: Awaits that follow each other, of a file of which every line ends with a newline.

    Raises:
        UnsupportedError: Its shape is not rewritten.
    """
    module = candidate.function.module
    for branch in candidate.branches:
        around = module.enclosing(branch.call, ast.JoinedStr, ast.stmt)
        if isinstance(around, ast.JoinedStr):  # before 3.12 its parts have no places of their own
            raise UnsupportedError(f"line {around.lineno} awaits inside an f-string")
    text = Text(module.text)
    gather, imports = gather_name(candidate.function, text)
    shape = _SHAPES.get(candidate.kind)
    if shape is None:
        raise UnsupportedError(
            "an await inside the arguments of gather needs a coroutine function of its own, which "
            "awaits both in turn"
        )
    return Rewrite(
        module.file,
        (*imports, *shape(candidate, text, gather, PLAIN)),
        (*imports, *shape(candidate, text, gather, MARKED)),
        _marks(candidate, text, MARKED),
    )


def _marks(candidate: Candidate, text: Text, marks: Marks) -> tuple[Edit, ...]:
    """Return the edits that mark the branches of a file as it is."""
    edits = []
    for number, branch in enumerate(candidate.branches):
        begin, end = text.span(branch.call)
        edits.append(Edit(begin, end, marks.branch(number, text.text[begin:end])))
    repeat = candidate.repeat
    if repeat is not None:
        loops = repeat.generators if not hasattr(repeat, "iter") else [repeat]
        begin, end = text.span(loops[0].iter)
        edits.append(Edit(begin, end, marks.rounds(text.text[begin:end])))
    return tuple(edits)
