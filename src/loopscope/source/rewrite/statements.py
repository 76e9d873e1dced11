"""Statements that await in turn become one ``gather``; what stands between them keeps its place."""

import ast
from dataclasses import dataclass
from itertools import combinations

from loopscope.source.independence.candidates import Branch, Candidate
from loopscope.source.rewrite.edits import Edit, Text
from loopscope.source.rewrite.gathering import Argument, gather_call, moved_call, replaced_span
from loopscope.source.rewrite.names import fresh
from loopscope.source.rewrite.outcome import Marks, UnsupportedError
from loopscope.source.syntax import text_of


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of the block that is moved as a whole.

    Attributes:
        order: Its place so far.
        text: Its lines.
        loads: What it uses.
        stores: What it gives values to.
    """

    order: int
    text: str
    loads: frozenset[str]
    stores: frozenset[str]


def rewrite_statements(
    candidate: Candidate, text: Text, gather: str, marks: Marks
) -> tuple[Edit, ...]:
    """Return the edit that replaces the statements from the first await to the last.

    Raises:
        UnsupportedError: It cannot be done without changing what names mean.
    """
    return (_Block(candidate, text, marks).edit(gather),)


def own_lines(statements: tuple[ast.stmt, ...], text: Text) -> None:
    """Refuse statements that share a line with other code.

    Raises:
        UnsupportedError: One does.
    """
    for statement in statements:
        begin, end = text.span(statement)
        last = statement.end_lineno or statement.lineno
        before = text.text[text.begin_of_line(statement.lineno) : begin]
        after = text.text[end : text.end_of_line(last)].strip()
        if before.strip() or (after and not after.startswith("#")):
            raise UnsupportedError(f"line {statement.lineno} holds more than one statement")


class _Block:
    """The block as it will be: what stays before, the calls, their targets, and what follows."""

    def __init__(self, candidate: Candidate, text: Text, marks: Marks) -> None:
        self._candidate = candidate
        self._text = text
        self._marks = marks
        self._statements = candidate.statements
        self._branches = {branch.statement: branch for branch in candidate.branches}
        self._taken: set[str] = set()
        self._arguments: list[Argument] = []
        self._declared: list[str] = []
        self._before: list[_Part] = []
        self._calls: list[_Part] = []
        self._targets: list[_Part] = []
        self._after: list[_Part] = []
        first = self._statements[0]
        self._indent = text.line(first.lineno)[: first.col_offset]

    def edit(self, gather: str) -> Edit:
        """Return the edit."""
        own_lines(self._statements, self._text)
        needed = self._needed_before()
        for order, statement in enumerate(self._statements):
            above = self._above(order)
            branch = self._branches.get(statement)
            if branch is not None:
                self._add_branch(branch, 3 * order, above)
                continue
            last = statement.end_lineno or statement.lineno
            lines = [self._text.line(one) for one in range(statement.lineno, last + 1)]
            part = _Part(3 * order, "\n".join([*above, *lines]), *names_of(statement))
            (self._before if statement in needed else self._after).append(part)
        self._check_order()
        lines = [part.text for part in self._before]
        lines += [f"{self._indent}{one}" for one in self._declared]
        lines.append(self._gather(gather))
        lines += [part.text for part in self._after]
        first, last_one = self._statements[0], self._statements[-1]
        begin = self._text.begin_of_line(first.lineno)
        end = self._text.end_of_line(last_one.end_lineno or last_one.lineno)
        return Edit(begin, end, "\n".join(lines))

    def _above(self, order: int) -> list[str]:
        """Return the lines between a statement and the one before it: comments and blanks."""
        if not order:
            return []
        before, statement = self._statements[order - 1 : order + 1]
        first = (before.end_lineno or before.lineno) + 1
        return [self._text.line(one) for one in range(first, statement.lineno)]

    def _needed_before(self) -> set[ast.stmt]:
        """Return the statements in between that a later call needs."""
        needed_names: frozenset[str] = frozenset()
        needed: set[ast.stmt] = set()
        for statement in reversed(self._statements):
            branch = self._branches.get(statement)
            if branch is not None:
                needed_names |= names_of(branch.call)[0]
                continue
            loads, stores = names_of(statement)
            if stores & needed_names:
                needed.add(statement)
                needed_names |= loads
        return needed

    def _add_branch(self, branch: Branch, order: int, above: list[str]) -> None:
        statement = branch.statement
        assert isinstance(statement, ast.stmt)  # noqa: S101  (of a block of statements)
        end = self._text.span(statement)[1]
        line_end = self._text.end_of_line(statement.end_lineno or statement.lineno)
        trailing = self._text.text[end:line_end].strip()
        call = moved_call(branch.call, self._text, self._indent)
        call = self._marks.branch(len(self._arguments), call)
        comments = [one.strip() for one in above if one.strip()]
        self._arguments.append(Argument(call, trailing, comments))
        self._calls.append(_Part(order, "", names_of(branch.call)[0], frozenset()))
        loads, stores = names_of(statement)
        target = self._plain_target(statement, branch)
        if target is None:
            target, remnant = self._remnant(statement, branch)
            self._after.append(_Part(order + 2, remnant, loads, stores))
            stores = frozenset({target})
        self._targets.append(_Part(order + 1, target, frozenset(), stores))

    def _plain_target(self, statement: ast.stmt, branch: Branch) -> str | None:
        """Return what takes an await's whole result, "" for nothing; None if more is done to it."""
        text = self._text
        if getattr(statement, "value", None) is not branch.node:
            return None
        if isinstance(statement, ast.Expr):
            self._keep_comments(statement, [branch.call])
            return ""
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
            self._keep_comments(statement, [target, branch.call])
            return text.as_part(target)
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            self._keep_comments(statement, [statement.target, statement.annotation, branch.call])
            self._declared.append(f"{statement.target.id}: {text.of(statement.annotation)}")
            return statement.target.id
        return None

    def _keep_comments(self, statement: ast.stmt, kept: list[ast.expr]) -> None:
        """Refuse a statement in which a comment would be lost."""
        at, end = self._text.span(statement)
        gaps = []
        for node in kept:
            begin, following = self._text.span(node)
            gaps.append(self._text.text[at:begin])
            at = following
        if any("#" in gap for gap in [*gaps, self._text.text[at:end]]):
            raise UnsupportedError(
                f"a comment stands inside the statement of line {statement.lineno}"
            )

    def _remnant(self, statement: ast.stmt, branch: Branch) -> tuple[str, str]:
        """Return a name for a result, and the statement that goes on with it."""
        text, node = self._text, branch.node
        assert isinstance(node, ast.Await)  # noqa: S101  (the await of a statement)
        wanted = "result"
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            wanted = f"{statement.targets[0].id}_result"
        name = fresh(wanted, self._candidate.function, self._taken)
        self._taken.add(name)
        begin, end = replaced_span(node, self._candidate.function.module.parents.get(node), text)
        if "#" in text.text[begin : text.span(branch.call)[0]]:
            raise UnsupportedError(
                f"a comment stands inside the statement of line {statement.lineno}"
            )
        first, stop = text.begin_of_line(statement.lineno), text.span(statement)[1]
        return name, text.text[first:begin] + name + text.text[end:stop]

    def _check_order(self) -> None:
        """Refuse where two parts change places that use the same name.

        Raises:
            UnsupportedError: Two do.
        """
        after = [*self._before, *self._calls, *self._targets, *self._after]
        for one, other in combinations(after, 2):
            if one.order <= other.order:
                continue
            shared = (one.stores & (other.loads | other.stores)) | (one.loads & other.stores)
            if shared:
                raise UnsupportedError(f"what becomes of `{min(shared)}` depends on the order")
        targets = [name for part in self._targets for name in part.stores]
        if len(targets) != len(set(targets)):
            raise UnsupportedError("two of them give their result to the same name")

    def _gather(self, gather: str) -> str:
        names = [part.text for part in self._targets]
        if not any(names):
            return gather_call(f"await {gather}(", self._arguments, self._indent)
        unused = "_"
        if "" in names and _uses_underscore(self._candidate.function.module.tree):
            unused = fresh("unused", self._candidate.function, self._taken)
        shown = ", ".join(name or unused for name in names)
        return gather_call(f"{shown} = await {gather}(", self._arguments, self._indent)


def names_of(node: ast.AST) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names and dotted names that code uses, and those that it gives values to."""
    loads: set[str] = set()
    stores: set[str] = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Name | ast.Attribute):
            (loads if isinstance(one.ctx, ast.Load) else stores).add(text_of(one))
        elif isinstance(one, ast.Subscript) and not isinstance(one.ctx, ast.Load):
            stores.add(text_of(one.value))
    if isinstance(node, ast.AugAssign):
        loads.add(text_of(node.target))
    return frozenset(loads), frozenset(stores)


def _uses_underscore(tree: ast.AST) -> bool:
    """Whether a file has a use for the name ``_``, as for translations."""
    return any(
        isinstance(one, ast.Name) and one.id == "_" and isinstance(one.ctx, ast.Load)
        for one in ast.walk(tree)
    )
