"""Step "data": does a later await need what an earlier one gave?"""

import ast

from loopscope.source.independence.candidates import (
    Candidate,
    Kind,
    walk_flat,
)
from loopscope.source.independence.effects import Effects
from loopscope.source.independence.pairs import clash
from loopscope.source.independence.shape import shown
from loopscope.source.independence.summaries import Summaries
from loopscope.source.independence.verdict import Level, Notes
from loopscope.source.syntax import loaded_names, stored_names


def look_at_data(candidate: Candidate, summaries: Summaries, notes: Notes) -> None:
    """Object where values flow from one await to the next.

    Args:
        candidate: The awaits.
        summaries: What their code does.
        notes: Where objections go.
    """
    if candidate.kind is Kind.STATEMENTS:
        _Statements(candidate, summaries, notes).look()
    elif candidate.kind is Kind.LOOP:
        _Rounds(candidate, summaries, notes).look()


class _Statements:
    """Follows the values of one block.

    What stands between two awaits moves: behind them if it needs a result, in front if not.
    """

    def __init__(self, candidate: Candidate, summaries: Summaries, notes: Notes) -> None:
        self._candidate = candidate
        self._summaries = summaries
        self._notes = notes
        self._tainted: dict[str, str] = {}

    def look(self) -> None:
        branches = {branch.statement: branch for branch in self._candidate.branches}
        before: list[ast.AST] = []
        behind: list[ast.AST] = []
        for statement in self._candidate.statements:
            branch = branches.get(statement)
            if branch is None:
                self._between(statement, before, behind)
                continue
            used = loaded_names(branch.node) & self._tainted.keys()
            for name in sorted(used):
                self._object(
                    f"`{shown(branch)}` needs {name}, which comes of `{self._tainted[name]}`."
                )
            self._moves(branch.node, behind)
            before.append(branch.node)
            for name in branch.targets:
                self._tainted[name] = shown(branch)

    def _between(self, statement: ast.stmt, before: list[ast.AST], behind: list[ast.AST]) -> None:
        effects = self._effects(statement)
        changed = stored_names(statement) | _roots(effects)
        needed = sorted(loaded_names(statement) & self._tainted.keys())
        if needed:
            behind.append(statement)
            self._tainted.update(dict.fromkeys(changed, self._tainted[needed[0]]))
            return
        for earlier in before:
            if changed & loaded_names(earlier) or clash(effects, self._effects(earlier)):
                self._object(f"Line {statement.lineno} changes what an earlier await still uses.")
        if effects.unseen or effects.touched or any(use.kind != "console" for use in effects.uses):
            self._notes.object(
                "shape",
                Level.ASK,
                f"Line {statement.lineno} stands between them and may need its place.",
            )

    def _moves(self, await_: ast.AST, behind: list[ast.AST]) -> None:
        """Object if what moves behind this await does something that the await sees."""
        mine = self._effects(await_)
        for statement in behind:
            if clash(self._effects(statement), mine):
                line = getattr(statement, "lineno", 0)
                self._object(f"Line {line} uses a result, and a later await sees what it does.")

    def _effects(self, node: ast.AST) -> Effects:
        return self._summaries.of_nodes(node, self._candidate.function)

    def _object(self, sentence: str) -> None:
        self._notes.object("data", Level.NO, sentence)


class _Rounds:
    """Follows the values from one round of a loop to the next."""

    def __init__(self, candidate: Candidate, summaries: Summaries, notes: Notes) -> None:
        self._candidate = candidate
        self._summaries = summaries
        self._notes = notes

    def look(self) -> None:
        candidate = self._candidate
        body = candidate.statements
        carried = self._carried()
        changed = self._changed()
        for branch in candidate.branches:
            used = loaded_names(branch.node if not _is_entered(branch.node) else branch.call)
            for name in sorted(used & self._with_sources(carried)):
                self._object(f"`{shown(branch)}` needs {name}, which the round before gave.")
            for name in sorted(used & changed):
                self._object(f"`{shown(branch)}` uses {name}, which every round changes.")
        for node in walk_flat(list(body)):
            if isinstance(node, ast.If | ast.While):
                for name in sorted(loaded_names(node.test) & (changed | carried)):
                    self._object(
                        f"Line {node.lineno} decides by {name}, which every round changes."
                    )

    def _carried(self) -> set[str]:
        """Return the names that are looked at before the round has given them a value."""
        repeat = self._candidate.repeat
        own = stored_names(repeat.target) if isinstance(repeat, ast.For) else set()
        given: set[str] = set(own)
        carried: set[str] = set()
        stored = {name for one in self._candidate.statements for name in stored_names(one)}
        for statement in self._candidate.statements:
            carried |= (loaded_names(statement) & stored) - given
            if isinstance(statement, ast.AugAssign):
                carried |= stored_names(statement) - given
            given |= stored_names(statement)
        return carried

    def _with_sources(self, carried: set[str]) -> set[str]:
        """Return carried names with those that are made of them within the round."""
        found = set(carried)
        for statement in self._candidate.statements:
            if loaded_names(statement) & found and not _has_await(statement):
                found |= stored_names(statement)
        return found

    def _changed(self) -> set[str]:
        """Return the names of objects that rounds share and change by their own statements."""
        found: set[str] = set()
        own = {name for one in self._candidate.statements for name in stored_names(one)}
        for node in walk_flat(list(self._candidate.statements)):
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr | ast.Delete):
                inner = self._summaries.of_nodes(node, self._candidate.function)
                found |= _roots(inner)
        return found - own

    def _object(self, sentence: str) -> None:
        self._notes.object("data", Level.NO, sentence)


def _roots(effects: Effects) -> set[str]:
    """Return the names of objects that are changed as a whole, or by their keys."""
    return {path.root.rpartition(":")[2] for path in effects.writes if not path.fields}


def _is_entered(node: ast.AST) -> bool:
    return isinstance(node, ast.Call)


def _has_await(node: ast.AST) -> bool:
    return any(isinstance(one, ast.Await) for one in ast.walk(node))
