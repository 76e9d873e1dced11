"""What a candidate awaits of which nobody has seen the source."""

import ast
from typing import TYPE_CHECKING

from loopscope.source.independence.candidates import Candidate
from loopscope.source.project import Project
from loopscope.source.syntax import text_of

if TYPE_CHECKING:
    from loopscope.source.scopes import Function


def awaited_foreign(candidate: Candidate, project: Project) -> tuple[str, ...]:
    """Return the calls that are awaited, here or in what is called, and are not the project's."""
    found: set[str] = set()
    seen: set[str] = set()
    pending: list[tuple[ast.AST, Function]] = [
        (branch.node, candidate.function) for branch in candidate.branches
    ]
    while pending:
        node, function = pending.pop()
        for call in _awaited(node):
            name = project.target(call, function)
            callee = project.callee(call, function)
            if callee is None:
                found.add(name or text_of(call.func))
            elif callee.key not in seen:
                seen.add(callee.key)
                pending.append((callee.node, callee))
    return tuple(sorted(found))


def _awaited(node: ast.AST) -> list[ast.Call]:
    found = [one.value for one in ast.walk(node) if isinstance(one, ast.Await)]
    for one in ast.walk(node):
        if isinstance(one, ast.AsyncWith):
            found += [item.context_expr for item in one.items]
    if isinstance(node, ast.Call):
        found.append(node)
    return [one for one in found if isinstance(one, ast.Call)]
