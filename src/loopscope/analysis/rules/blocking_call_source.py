"""The static half of ``blocking-call``: what coroutines call, directly or through helpers."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from loopscope.analysis.rules.blocking_call_guards import cannot_wait, is_before_all_else
from loopscope.analysis.rules.implicit_calls import ImplicitCalls, is_property
from loopscope.model.finding import Confidence, Finding
from loopscope.source.blocking_calls import Blocking, Kind, blocking, returns_at_once
from loopscope.source.callers import Callers
from loopscope.source.project import Project, location_of
from loopscope.source.scopes import Function
from loopscope.source.syntax import is_none, text_of

MOST_HELPERS = 40
MOST_SURE_HELPERS = 4
"""A call that is further away is a question."""


@dataclass(frozen=True, slots=True)
class _Way:
    """How a call comes to block: the helpers it goes through, and the call at the end."""

    helpers: tuple[tuple[Function, ast.expr], ...]
    """Each helper, with the expression inside it that leads on."""
    call: ast.Call
    blocking: Blocking


def blocking_in_source(project: Project) -> Iterator[Finding]:
    """Yield what coroutines, and what the loop calls back, do that holds the loop's thread."""
    finder = _Finder(project)
    for module in project.modules.values():
        for function in module.functions:
            if function.is_async:
                yield from _in_function(function, finder)
    for callback in finder.implicit.callbacks():
        yield from _in_function(callback, finder)


def _in_function(function: Function, finder: "_Finder") -> Iterator[Finding]:
    seen: set[tuple[int, str]] = set()
    for expression, way in finder.ways(function):
        is_seen = (expression.lineno, way.blocking.name) in seen
        if not is_seen and not is_before_all_else(expression, function, finder.callers):
            seen.add((expression.lineno, way.blocking.name))
            yield _finding(expression, function, way)


class _Finder:
    """Follows calls through the functions of a project, each function once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[Function, _Way | None] = {}
        self.implicit = ImplicitCalls(project)

    @property
    def callers(self) -> Callers:
        """Who calls the functions of the project."""
        return self._project.callers

    def ways(self, function: Function, depth: int = 0) -> Iterator[tuple[ast.expr, _Way]]:
        """Yield what blocks in a function's own code, each with how it does."""
        for call in function.each(ast.Call):
            way = self.way(call, function, depth)
            if way is not None:
                yield call, way
        seen: set[Function] = set()
        for expression, helper in self.implicit.of(function):
            way = self._through(helper, depth) if helper not in seen else None
            seen.add(helper)
            if way is not None:
                yield expression, way

    def way(self, call: ast.Call, function: Function, depth: int) -> _Way | None:
        """Return how a call blocks, None if it does not as far as source tells."""
        if is_awaited(call, function):
            return None
        name = self._project.target(call, function)
        if ":" in name:
            helper = self._project.callee(call, function)
            return self._through(helper, depth) if helper and self._is_followed(helper) else None
        if name in self._project.blocking:
            return _Way((), call, Blocking(name, Kind.NAMED))
        found = blocking(name)
        if found is None or returns_at_once(call, name) or cannot_wait(call, function, name):
            return None
        return _Way((), call, found)

    def _is_followed(self, helper: Function) -> bool:
        """Tell a helper whose code runs when it is called, here and now."""
        if helper.is_async or helper.is_generator:
            return False
        return all(
            _runs_as_written(mark) or self.implicit.runs_as_written(mark)
            for mark in self._project.decorators(helper)
        )

    def _through(self, helper: Function, depth: int) -> _Way | None:
        if depth < MOST_HELPERS and helper not in self._known:
            self._known[helper] = None  # a helper that calls itself adds nothing
            self._known[helper] = self._inside(helper, depth)
        return self._known.get(helper)

    def _inside(self, helper: Function, depth: int) -> _Way | None:
        """Return the worst way of a helper: what is often quick only where nothing else is."""
        often_quick: _Way | None = None
        for inner, way in self.ways(helper, depth + 1):
            found = _Way(((helper, inner), *way.helpers), way.call, way.blocking)
            if not way.blocking.kind.is_often_quick:
                return found
            often_quick = often_quick or found
        return often_quick


def _runs_as_written(decorator: str) -> bool:
    """Tell a decorator after which calling a function still runs it here and now."""
    known = ("staticmethod", "classmethod", "tenacity.retry")
    return decorator in known or decorator.startswith(("functools.", "abc.", "typing."))


def is_awaited(call: ast.Call, function: Function) -> bool:
    """Tell whether what a call gives is awaited or entered asynchronously on the spot."""
    above = function.module.parents.get(call)
    if isinstance(above, ast.Await):
        return True
    if isinstance(above, ast.withitem):
        return isinstance(function.module.parents.get(above), ast.AsyncWith)
    return isinstance(above, ast.AsyncFor) and above.iter is call


def _finding(call: ast.expr, function: Function, way: _Way) -> Finding:
    last = way.blocking
    chain = [
        f"{helper.qualname} ({location_of(inner, helper).short})" for helper, inner in way.helpers
    ]
    message = (
        f"{_subject(way)} {last.kind.value} on the event loop's thread: no other task runs until "
        "it returns."
    )
    if chain:
        message += f" The way there: {' -> '.join([*chain, last.name])}."
    return Finding(
        rule="blocking-call",
        where=location_of(call, function),
        message=message,
        remedy=_remedy(way) if function.is_async else _FROM_A_CALLBACK,
        confidence=_confidence(way),
        evidence={"call": last.name, "through": chain, "waits_for": last.kind.value},
    )


def _confidence(way: _Way) -> Confidence:
    last = way.blocking
    is_number = last.name == "socket.getaddrinfo" and way.helpers  # often given numbers, not names
    is_far = len(way.helpers) > MOST_SURE_HELPERS  # each of them may go another way
    is_rare = last.kind.is_often_quick or is_number or is_far or _is_made_once(way)
    return Confidence.ASK if is_rare else Confidence.LIKELY


def _is_made_once(way: _Way) -> bool:
    """Tell a property that does something only as long as what it gives is not there yet."""
    if not way.helpers or not is_property(way.helpers[0][0]):
        return False
    return any(_is_under_test(inner, helper) for helper, inner in way.helpers)


def _is_under_test(inner: ast.expr, helper: Function) -> bool:
    branch = helper.module.enclosing(inner, ast.If, ast.FunctionDef)
    if not isinstance(branch, ast.If):
        return False
    test = branch.test
    if isinstance(test, ast.Compare):
        return is_none(test.comparators[-1])
    return isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)


def _called(way: _Way) -> str:
    """Return the name under which a coroutine calls what blocks."""
    if not way.helpers:
        return way.blocking.name
    helper = way.helpers[0][0]
    return helper.owner.name if helper.owner and helper.name == "__init__" else helper.name


def _subject(way: _Way) -> str:
    """Return what blocks, as the subject of a sentence."""
    helper = way.helpers[0][0] if way.helpers else None
    if helper is not None and is_property(helper):
        return f"The property {helper.name}"
    if helper is not None and helper.owner and helper.name in _WITH:
        return f"{_WITH[helper.name]} {helper.owner.name}"
    return f"{_called(way)}()"


_WITH = {"__enter__": "Entering", "__exit__": "Leaving"}


_FROM_A_CALLBACK = (
    "The loop itself calls this function, so it cannot await: start a task for the rest, or give "
    "the call to a thread with loop.run_in_executor(None, ...)."
)


def _remedy(way: _Way) -> str:
    helper = way.helpers[0][0] if way.helpers else None
    if helper is not None and (is_property(helper) or helper.name in _WITH or helper.is_generator):
        return (
            "Make what it does there a function, and run that in a thread: await "
            "asyncio.to_thread(...)."
        )
    called = text_of(way.call.func) if not way.helpers else _called(way)
    in_thread = f"un it in a thread: await asyncio.to_thread({called}, ...)."
    if way.blocking.kind is Kind.SLEEP and not way.helpers:
        return f"Use {way.blocking.instead}."
    if way.blocking.instead and not way.helpers:
        return f"Use {way.blocking.instead}; or r{in_thread}"
    return f"R{in_thread}"
