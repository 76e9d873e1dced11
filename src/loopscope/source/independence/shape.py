"""Steps "shape" and "worth it": what stands around the awaits, and whether they wait at all."""

import ast

from loopscope.source.independence import words
from loopscope.source.independence.candidates import (
    Branch,
    Candidate,
    Kind,
    starts_something,
    waits_for_started,
    walk_flat,
)
from loopscope.source.independence.summaries import Summaries
from loopscope.source.independence.verdict import Level, Notes
from loopscope.source.scopes import Function
from loopscope.source.syntax import last_name, loaded_names, text_of

_LEAVING = {
    ast.Return: "leaves the function",
    ast.Raise: "raises",
    ast.Break: "ends the loop",
    ast.Yield: "hands a value out",
    ast.YieldFrom: "hands values out",
}
_PAGES = {"page", "pages"}
_BATCHES = {"batch", "batches", "chunk", "chunks", "batched", "chunked"} | _PAGES
"""Pages that are counted (``range``) are numbers to ask for, as others are."""


class Shape:
    """Looks at one candidate.

    Args:
        summaries: What its code does.
        notes: Where objections go.
    """

    def __init__(self, summaries: Summaries, notes: Notes) -> None:
        self._summaries = summaries
        self._project = summaries.project
        self._notes = notes

    def look(self, candidate: Candidate) -> None:
        """Take both steps."""
        self._under_a_lock(candidate)
        for branch in candidate.branches:
            self._pauses(branch, candidate.function)
            if not self._waits(branch, candidate.function):
                self._object("worth it", f"`{shown(branch)}` never waits for anything.")
        if candidate.kind is Kind.LOOP:
            self._leaves_the_loop(candidate)
        if candidate.kind is Kind.STATEMENTS:
            awaited = {
                one.node.value
                for one in candidate.branches
                if isinstance(one.node, ast.Await) and one.node.value is not one.call
            }
            for statement in candidate.statements:
                if starts_something(statement, awaited):
                    self._object("shape", "A task is started in between.")
        if candidate.repeat is not None:
            self._round_by_round(candidate)

    def _object(self, step: str, sentence: str, level: Level = Level.NO) -> None:
        self._notes.object(step, level, sentence)

    def _under_a_lock(self, candidate: Candidate) -> None:
        module = candidate.function.module
        node: ast.AST = candidate.branches[0].node
        while True:
            outer = module.enclosing(
                node, ast.With, ast.AsyncWith, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda
            )
            if not isinstance(outer, ast.With | ast.AsyncWith):
                return
            for item in outer.items:
                if self._locks(item.context_expr, candidate.function):
                    held = text_of(item.context_expr)[:60]
                    self._object("shape", f"They run while `{held}` is held, which keeps an order.")
            node = outer

    def _locks(self, expression: ast.expr, function: Function) -> bool:
        if self._project.type_of(expression, function) in words.LOCKS:
            return True
        name = expression.func if isinstance(expression, ast.Call) else expression
        return bool(words.LOCK_NAMES & set(words.verbs(last_name(name))))

    def _pauses(self, branch: Branch, function: Function) -> None:
        target = self._project.target(branch.call, function)
        called = words.verbs(text_of(branch.call.func))
        if target in words.SLEEPS or called[:1] in (["sleep"], ["pause"]):
            self._object(
                "shape", "A pause is there for the time it takes: what follows is to wait."
            )
        if waits_for_started(branch.call, target) or starts_something(branch.call):
            self._object("shape", f"`{shown(branch)}` waits for what runs already.")

    def _waits(self, branch: Branch, function: Function) -> bool:
        if isinstance(branch.node, ast.Call):
            return True  # entered, or handed to gather
        return self._summaries.of_nodes(branch.node, function).waits

    def _leaves_the_loop(self, candidate: Candidate) -> None:
        for node in walk_flat(list(candidate.statements)):
            for kind, what in _LEAVING.items():
                if isinstance(node, kind):
                    line = getattr(node, "lineno", 0)
                    self._object("shape", f"Line {line} {what}, so later rounds may never begin.")
                    return

    def _round_by_round(self, candidate: Candidate) -> None:
        repeat = candidate.repeat
        loops = [repeat] if isinstance(repeat, ast.For) else repeat.generators if repeat else []
        names = {name for loop in loops for name in words.verbs(text_of(loop.iter))}
        names |= {name for loop in loops for name in words.verbs(text_of(loop.target))}
        ranges = [
            len(loop.iter.args)
            for loop in loops
            if isinstance(loop.iter, ast.Call) and text_of(loop.iter.func) == "range"
        ]
        is_stepped = len(("start", "stop", "step")) in ranges
        if ranges:
            names -= _PAGES
        if is_stepped or names & _BATCHES:
            self._object("shape", "The rounds are batches, which bound how much runs at a time.")
        if any(getattr(loop, "is_async", 0) for loop in loops):
            self._object("shape", "The items come one by one.")
        self._asks_the_same(candidate, loops)

    def _asks_the_same(
        self, candidate: Candidate, loops: list[ast.For] | list[ast.comprehension]
    ) -> None:
        """Object where rounds do not differ: such a loop retries, polls or counts."""
        varying = {name for loop in loops for name in _names(loop.target)}
        for statement in candidate.statements:
            for node in ast.walk(statement):
                if isinstance(node, ast.Assign) and loaded_names(node.value) & varying:
                    varying |= {name for each in node.targets for name in _names(each)}
        for branch in candidate.branches:
            if not loaded_names(branch.call) & varying:
                self._object("shape", f"`{shown(branch)}` is the same in every round.")
                return


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def shown(branch: Branch) -> str:
    """Return a branch's call for sentences: ``fetch_user()``."""
    return f"{text_of(branch.call.func)[:50]}()"
