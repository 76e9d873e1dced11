"""Works out what calls, awaits, annotations and parts of sequences give."""

import ast
from collections.abc import Mapping
from typing import Protocol

from loopscope.source import known_types
from loopscope.source.annotations import SELF_LIKE, SEQUENCES, first_of, plain_annotation
from loopscope.source.meant import MOST_STEPS, Meaning
from loopscope.source.scopes import Class, Function, Scope
from loopscope.source.syntax import is_none, unsubscripted


class Asked(Protocol):
    """Who knows what names and attributes mean, which results are made of."""

    def of(self, expression: ast.expr, scope: Scope) -> Meaning | None:
        """Return what an expression means, None where source does not say it."""

    def attribute(self, owner: str, name: str) -> Meaning | None:
        """Return what an attribute of an object of a class means."""


class Results:
    """Answers what comes out of expressions, as far as names and attributes are known.

    Args:
        meanings: Who knows these.
        functions: The functions of the project by key.
        classes: Its classes by key.
        open_now: What is being worked out already, shared with ``meanings``: a question that
            leads back to itself has no answer.
    """

    def __init__(
        self,
        meanings: Asked,
        functions: Mapping[str, Function],
        classes: Mapping[str, Class],
        open_now: set[object],
    ) -> None:
        self._meanings = meanings
        self._functions = functions
        self._classes = classes
        self._open = open_now
        self._returns: dict[Function, Meaning | None] = {}

    def call(self, expression: ast.expr, scope: Scope) -> Meaning | None:
        """Return what a call gives: an object of the class, or what the function returns."""
        assert isinstance(expression, ast.Call)  # noqa: S101
        called = self._meanings.of(expression.func, scope)
        if called is None:
            return None
        if called.is_object:
            known = known_types.RETURNS.get(f"{called.name}()")
            return Meaning(known, is_object=True) if known else None
        if called.name in self._classes:
            return Meaning(called.name, is_object=True)
        function = self._functions.get(called.name)
        if function is not None:
            return None if function.is_async else self.returned(function)
        known = known_types.returned_class(called.name) if called.is_foreign else None
        return Meaning(known, is_object=True) if known else None

    def awaited(self, expression: ast.expr, scope: Scope) -> Meaning | None:
        """Return what awaiting a call gives."""
        assert isinstance(expression, ast.Await)  # noqa: S101
        value = expression.value
        if not isinstance(value, ast.Call):
            return None
        called = self._meanings.of(value.func, scope)
        if called is None or called.is_object:
            return None
        function = self._functions.get(called.name)
        if function is not None:
            return self.returned(function) if function.is_async else None
        if not called.is_foreign or called.name.startswith("asyncio.create_task"):
            return None
        known = known_types.returned_class(called.name)
        return Meaning(known, is_object=True) if known else None

    def returned(self, function: Function) -> Meaning | None:
        """Return what a function's result means (of a coroutine: its result when awaited)."""
        if function in self._returns:
            return self._returns[function]
        if function in self._open or len(self._open) > MOST_STEPS or function.is_generator:
            return None
        self._open.add(function)
        try:
            found = self._returned(function)
        finally:
            self._open.discard(function)
        self._returns[function] = found
        return found

    def _returned(self, function: Function) -> Meaning | None:
        node = function.node
        if isinstance(node, ast.Lambda | ast.Module):
            return None
        if node.returns is not None:
            return self.annotated(node.returns, function.parent or function, of=function)
        found: Meaning | None = None
        for statement in function.each(ast.Return):
            if statement.value is None or is_none(statement.value):
                continue
            meaning = self._meanings.of(statement.value, function)
            if meaning is None or (found is not None and found != meaning):
                return None
            found = meaning
        return found

    def annotated(
        self, annotation: ast.expr, scope: Scope, of: Function | None = None
    ) -> Meaning | None:
        """Return an object of the class that an annotation names; ``| None`` does not matter."""

        def name_of(expression: ast.expr) -> str:
            meaning = self._meanings.of(expression, scope)
            return meaning.name if meaning else ""

        plain = plain_annotation(annotation, name_of)
        if plain is None:
            return None
        inner = plain.slice if isinstance(plain, ast.Subscript) else None
        meaning = self._meanings.of(unsubscripted(plain), scope)
        if meaning is None or meaning.is_object:
            return None
        if inner is not None and meaning.name in SEQUENCES:
            item = self.annotated(first_of(inner), scope)
            return Meaning(meaning.name, is_object=True, item=item.name if item else "")
        if meaning.name in SELF_LIKE:
            owner = of.owner if of else None
            return Meaning(owner.key, is_object=True) if owner else None
        return Meaning(meaning.name, is_object=True)

    def entered(self, expression: ast.expr, scope: Scope) -> Meaning | None:
        """Return what ``with`` binds: most managers give themselves."""
        meaning = self._meanings.of(expression, scope)
        if meaning is None or not meaning.is_object:
            return None
        if meaning.is_foreign:
            return meaning
        for name in ("__aenter__", "__enter__"):
            found = self._meanings.attribute(meaning.name, name)
            if found is not None and found.name in self._functions:
                return self.returned(self._functions[found.name])
        return None

    def unpacked(self, expression: ast.expr, index: int, scope: Scope) -> Meaning | None:
        """Return the part of what a call gives that stands at a place of several targets."""
        value = expression.value if isinstance(expression, ast.Await) else expression
        if not isinstance(value, ast.Call):
            return None
        called = self._meanings.of(value.func, scope)
        names = known_types.UNPACKS.get(called.name, ()) if called else ()
        return Meaning(names[index], is_object=True) if index < len(names) else None

    def item_of(self, expression: ast.expr, scope: Scope) -> Meaning | None:
        """Return what a subscript gives: an item, or for a slice the same kind of sequence."""
        assert isinstance(expression, ast.Subscript)  # noqa: S101
        is_part = isinstance(expression.slice, ast.Slice)
        return (
            self._meanings.of(expression.value, scope)
            if is_part
            else self.item(expression.value, scope)
        )

    def item(self, expression: ast.expr, scope: Scope) -> Meaning | None:
        """Return an item of what an expression gives."""
        meaning = self._meanings.of(expression, scope)
        return Meaning(meaning.item, is_object=True) if meaning and meaning.item else None
