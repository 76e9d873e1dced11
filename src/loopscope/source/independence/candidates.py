"""Finds awaits that follow each other: statements, parts of one expression, rounds of a loop."""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum

from loopscope.source.independence import words
from loopscope.source.project import Project
from loopscope.source.scopes import Function
from loopscope.source.syntax import stored_names, text_of

Comprehension = ast.ListComp | ast.SetComp | ast.DictComp
_CONDITIONAL = (
    *(ast.BoolOp, ast.IfExp, ast.Lambda),
    *(ast.comprehension, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)
_NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return)
_GATHERS = ("asyncio.gather", "asyncio.wait", "asyncio.wait_for")
_STARTERS = ("asyncio.create_task", "asyncio.ensure_future")


class Kind(Enum):
    """In what shape awaits follow each other."""

    STATEMENTS = "statements of one block"
    EXPRESSION = "parts of one expression"
    GATHER_ARGUMENT = "an await inside the arguments of gather"
    LOOP = "rounds of a loop"
    COMPREHENSION = "items of a comprehension"


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """One await: what it calls, the statement it stands in, and the names it gives values to.

    A task that is awaited where it is made (``await asyncio.create_task(f())``) only calls ``f``.
    """

    node: ast.AST
    call: ast.Call
    statement: ast.AST
    targets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """Awaits of one function that wait for each other.

    ``statements`` are the statements from the first await to the last, for a loop its body.
    ``repeat`` is the loop or comprehension whose rounds are meant.
    """

    function: Function
    kind: Kind
    branches: tuple[Branch, ...]
    statements: tuple[ast.stmt, ...] = ()
    repeat: ast.For | Comprehension | None = None

    @property
    def lines(self) -> tuple[int, int]:
        """The first line and the last."""
        if self.kind is Kind.GATHER_ARGUMENT:
            return _lines([self.branches[0].statement])
        return _lines([branch.node for branch in self.branches])


def _lines(nodes: list[ast.AST]) -> tuple[int, int]:
    first = min(getattr(node, "lineno", 1) for node in nodes)
    return first, max(getattr(node, "end_lineno", first) or first for node in nodes)


def candidates_of(function: Function, project: Project) -> list[Candidate]:
    """Return the awaits of a function that follow each other, each group at its longest."""
    finder = _Finder(function, project)
    found = [*finder.loops(), *finder.comprehensions(), *finder.gathers()]
    found += [*finder.expressions(), *finder.sequences()]
    unique: dict[tuple[int, int], Candidate] = {}
    for one in found:
        unique.setdefault(one.lines, one)
    return sorted(unique.values(), key=lambda one: one.lines)


class _Finder:
    def __init__(self, function: Function, project: Project) -> None:
        self._function = function
        self._project = project

    # ------------------------------------------------------------------------------ statements

    def sequences(self) -> Iterator[Candidate]:
        for suite in _suites(self._function):
            run: list[tuple[ast.stmt, Branch | None]] = []
            for statement in suite:
                branch = self._branch(statement)
                if branch is None and not _may_stand_between(statement):
                    yield from self._closed(run)
                    run = []
                    continue
                if run or branch is not None:
                    run.append((statement, branch))
                if isinstance(statement, ast.Return):
                    yield from self._closed(run)
                    run = []
            yield from self._closed(run)

    def _closed(self, run: list[tuple[ast.stmt, Branch | None]]) -> Iterator[Candidate]:
        while run and run[-1][1] is None:
            run.pop()
        branches = tuple(branch for _, branch in run if branch is not None)
        if len(branches) > 1:
            statements = tuple(statement for statement, _ in run)
            yield Candidate(self._function, Kind.STATEMENTS, branches, statements)

    def _branch(self, statement: ast.stmt) -> Branch | None:
        """Return the only await of a simple statement."""
        if not isinstance(statement, _SIMPLE) or statement.value is None:
            return None
        awaits = _unconditional_awaits(statement)
        if len(awaits) != 1 or len(_all_awaits(statement)) != 1:
            return None
        call = self._called(awaits[0])
        if call is None:
            return None
        return Branch(awaits[0], call, statement, frozenset(stored_names(statement)))

    def _called(self, wait: ast.Await) -> ast.Call | None:
        """Return the call that is awaited; of a task made for nothing else, what it runs."""
        call = wait.value
        if not isinstance(call, ast.Call):
            return None
        if self._project.target(call, self._function) not in _STARTERS or call.keywords:
            return call
        inner = call.args[0] if len(call.args) == 1 else None
        is_plain = isinstance(inner, ast.Call) and inner.end_lineno == call.end_lineno
        return inner if isinstance(inner, ast.Call) and is_plain else call

    # ------------------------------------------------------------------------------ expressions

    def expressions(self) -> Iterator[Candidate]:
        for suite in _suites(self._function):
            for statement in suite:
                if not isinstance(statement, _SIMPLE):
                    continue
                awaits = _unconditional_awaits(statement)
                branches = tuple(
                    Branch(one, call, statement) for one in awaits if (call := self._called(one))
                )
                is_plain = len(awaits) == len(_all_awaits(statement))
                if len(branches) > 1 and is_plain and len(branches) == len(awaits):
                    yield Candidate(self._function, Kind.EXPRESSION, branches, (statement,))

    def gathers(self) -> Iterator[Candidate]:
        for call in self._function.each(ast.Call):
            if self._project.target(call, self._function) != "asyncio.gather":
                continue
            others = [one for one in call.args if isinstance(one, ast.Call)]
            inner = [
                one
                for argument in others
                for one in ast.walk(argument)
                if isinstance(one, ast.Await) and isinstance(one.value, ast.Call)
            ]
            if len(others) == 1 or len(inner) != 1:
                continue
            waiting = inner[0]
            assert isinstance(waiting.value, ast.Call)  # noqa: S101
            free = [one for one in others if waiting not in ast.walk(one)]
            branches = [Branch(waiting, waiting.value, call)]
            branches += [Branch(one, one, call) for one in free]
            yield Candidate(self._function, Kind.GATHER_ARGUMENT, tuple(branches))

    # ------------------------------------------------------------------------------ repetitions

    def loops(self) -> Iterator[Candidate]:
        for loop in self._function.each(ast.For):
            branches = tuple(self._branches_of_loop(loop))
            if branches:
                yield Candidate(self._function, Kind.LOOP, branches, tuple(loop.body), loop)

    def comprehensions(self) -> Iterator[Candidate]:
        kinds: tuple[type[Comprehension], ...] = (ast.ListComp, ast.SetComp, ast.DictComp)
        for kind in kinds:
            for node in self._function.each(kind):
                once = set(_all_awaits(node.generators[0].iter))  # before the first item
                branches = tuple(
                    Branch(one, call, node)
                    for one in _all_awaits(node)
                    if one not in once and (call := self._called(one))
                )
                if branches:
                    yield Candidate(self._function, Kind.COMPREHENSION, branches, repeat=node)

    def _branches_of_loop(self, loop: ast.For) -> Iterator[Branch]:
        """Give what a loop waits for in each round, but not what inner loops do."""
        for node in walk_flat(loop.body, stop=(ast.For, ast.AsyncFor, ast.While)):
            if isinstance(node, ast.Await) and (call := self._called(node)):
                yield Branch(node, call, node)
            elif isinstance(node, ast.AsyncWith):
                for item in node.items:
                    if isinstance(item.context_expr, ast.Call):
                        yield Branch(item.context_expr, item.context_expr, node)


def _suites(function: Function) -> Iterator[list[ast.stmt]]:
    """Give all blocks of statements of a function: its own and those of its compound statements."""
    yield function.body
    compound: tuple[type[ast.AST], ...] = (
        ast.If,
        ast.For,
        ast.AsyncFor,
        ast.While,
        ast.With,
        ast.AsyncWith,
        ast.Try,
        ast.TryStar,
        ast.ExceptHandler,
        ast.match_case,
    )
    for kind in compound:
        for node in function.each(kind):
            for name in ("body", "orelse", "finalbody"):
                block = getattr(node, name, None)
                if block:
                    yield block


def walk_flat(
    nodes: list[ast.stmt] | list[ast.expr], stop: tuple[type[ast.AST], ...] = ()
) -> Iterator[ast.AST]:
    """Give nodes and all in them, in the order of the source, without nested functions."""
    pending: list[ast.AST] = [*reversed(nodes)]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, (*_NESTED, *stop)):
            pending.extend(reversed(list(ast.iter_child_nodes(node))))


def _all_awaits(node: ast.AST) -> list[ast.Await]:
    return [one for one in ast.walk(node) if isinstance(one, ast.Await)]


def _unconditional_awaits(node: ast.AST) -> list[ast.Await]:
    """Return the awaits that run whenever the node does, and none that stands inside another."""
    found: list[ast.Await] = []
    pending: list[ast.AST] = [node]
    while pending:
        one = pending.pop()
        if isinstance(one, ast.Await):
            found.append(one)
        elif not isinstance(one, (*_CONDITIONAL, *_NESTED)):
            pending.extend(reversed(list(ast.iter_child_nodes(one))))
    return found


def _may_stand_between(statement: ast.stmt) -> bool:
    """Whether a statement may stand between two awaits: nothing that waits or leads elsewhere."""
    if isinstance(statement, ast.Pass):
        return True
    return isinstance(statement, _SIMPLE[:-1]) and not any(
        isinstance(one, ast.Await | ast.Yield | ast.YieldFrom) for one in ast.walk(statement)
    )


def waits_for_started(call: ast.Call, target: str) -> bool:
    """Whether an awaited call only waits for what runs already: ``gather(*tasks)``."""
    if target not in _GATHERS:
        return False
    waited = call.args[:1] if target != "asyncio.gather" else call.args
    return not any(_makes_coroutines(one) for one in waited)


def _makes_coroutines(argument: ast.expr) -> bool:
    if isinstance(argument, ast.Starred):
        argument = argument.value
        if isinstance(argument, ast.Call):
            return isinstance(argument.func, ast.Name) and argument.func.id == "map"
    if isinstance(argument, ast.GeneratorExp | ast.ListComp | ast.SetComp):
        argument = argument.elt
    if isinstance(argument, ast.List | ast.Tuple | ast.Set):
        return any(isinstance(one, ast.Call) for one in argument.elts)
    return isinstance(argument, ast.Call)


def starts_something(node: ast.AST, awaited: Collection[ast.AST] = ()) -> bool:
    """Whether a piece of code starts a task, other than those that are awaited at once."""
    return any(
        isinstance(one, ast.Call)
        and one not in awaited
        and isinstance(one.func, ast.Name | ast.Attribute)
        and f"asyncio.{text_of(one.func).rpartition('.')[2]}" in words.NOT_CALLS
        for one in ast.walk(node)
    )
