"""Loops and comprehensions that await in every round become one ``gather`` over the items."""

import ast

from loopscope.source.independence.candidates import Candidate, Comprehension
from loopscope.source.rewrite.edits import Edit, Text
from loopscope.source.rewrite.gathering import WIDTH, Argument, gather_call, replaced_span
from loopscope.source.rewrite.names import fresh
from loopscope.source.rewrite.outcome import Marks, UnsupportedError
from loopscope.source.rewrite.statements import names_of, own_lines
from loopscope.source.scopes import Function
from loopscope.source.syntax import loaded_names, stored_names

_AGAIN = (ast.Name, ast.Attribute, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Constant)
_CONDITIONAL = (
    ast.BoolOp,
    ast.DictComp,
    ast.GeneratorExp,
    ast.IfExp,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
)
_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return)
_VIEWS = {"items", "keys", "values"}


def rewrite_comprehension(
    candidate: Candidate, text: Text, gather: str, marks: Marks
) -> tuple[Edit, ...]:
    """Return the edit that replaces a comprehension.

    Raises:
        UnsupportedError: It awaits more than once for an item, or in other places than its element.
    """
    node = candidate.repeat
    assert isinstance(node, Comprehension)  # noqa: S101  (of a candidate of this kind)
    await_node = _only_await(candidate)
    begin, end = text.span(node)
    if "#" in _gaps(node, text):
        raise UnsupportedError("a comment stands inside the comprehension")
    calls = _gathered(candidate, text, gather, marks, _clauses(node, text, marks))
    if not isinstance(node, ast.DictComp) and node.elt is await_node:
        parent = candidate.function.module.parents.get(node)
        new = f"set({calls})" if isinstance(node, ast.SetComp) else calls
        if new.startswith("await") and _is_operand(node, parent):
            new = f"({new})"
        return (Edit(begin, end, new),)
    new = _over_results(candidate, node, await_node, text, calls)
    statement = candidate.function.module.enclosing(node, ast.stmt, *_CONDITIONAL)
    room = WIDTH - len(text.line(node.lineno)) + (end - begin)
    if len(new) <= room or not isinstance(statement, _SIMPLE):
        return (Edit(begin, end, new),)
    own_lines((statement,), text)
    results = fresh("results", candidate.function)
    new = _over_results(candidate, node, await_node, text, results)
    return _line_before(statement, results, calls, text), Edit(begin, end, new)


def _line_before(statement: ast.stmt, results: str, calls: str, text: Text) -> Edit:
    """Return the edit that gathers results in a line of its own."""
    head, _, inside = calls.partition("(")
    arguments = [Argument(inside[:-1])]
    line = gather_call(f"{results} = {head}(", arguments, " " * statement.col_offset)
    at = text.begin_of_line(statement.lineno)
    return Edit(at, at, f"{line}\n")


def _over_results(
    candidate: Candidate, node: Comprehension, await_node: ast.Await, text: Text, calls: str
) -> str:
    """Return a comprehension that goes through the results, with the items where it needs them."""
    name = fresh("result", candidate.function)
    inner = text.text[slice(*_element_span(node, text))]
    at = _element_span(node, text)[0]
    begin, end = replaced_span(await_node, candidate.function.module.parents.get(await_node), text)
    element = inner[: begin - at] + name + inner[end - at :]
    targets = {one for clause in node.generators for one in stored_names(clause.target)}
    used = {one for part in _elements(node) for one in _loaded_beside(part, await_node)}
    brackets = "[]" if isinstance(node, ast.ListComp) else "{}"
    if not used & targets:
        return f"{brackets[0]}{element} for {name} in {calls}{brackets[1]}"
    if len(node.generators) > 1 or node.generators[0].ifs:
        raise UnsupportedError("its items are chosen by conditions, and used beside the result")
    clause = node.generators[0]
    _again(clause.iter)
    pair = f"{text.as_part(clause.target)}, {name}"
    items = text.of(clause.iter)
    return f"{brackets[0]}{element} for {pair} in zip({items}, {calls}, strict=True){brackets[1]}"


def rewrite_loop(candidate: Candidate, text: Text, gather: str, marks: Marks) -> tuple[Edit, ...]:
    """Return the edits that let the rounds of a loop wait together.

    Raises:
        UnsupportedError: The rounds do more than can be taken apart.
    """
    loop = candidate.repeat
    assert isinstance(loop, ast.For)  # noqa: S101  (of a candidate of this kind)
    await_node = _only_await(candidate)
    statement = next((one for one in loop.body if await_node in ast.walk(one)), None)
    if loop.orelse:
        raise UnsupportedError("the loop has an `else`")
    if not isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Expr):
        raise UnsupportedError(
            "what a round does stands under another statement: move it into a coroutine function"
        )
    own_lines(tuple(loop.body), text)
    _check_before(loop, statement, candidate)
    clause = f"for {text.of(loop.target)} in {marks.rounds(text.of(loop.iter))}"
    calls = _gathered(candidate, text, gather, marks, clause)
    whole = _whole_loop(candidate, loop, statement, await_node, text, calls)
    if whole is not None:
        return (whole,)
    return _with_results(candidate, loop, statement, await_node, text, calls)


def _whole_loop(  # noqa: PLR0913, PLR0917  (what the loop is made of)
    candidate: Candidate,
    loop: ast.For,
    statement: ast.stmt,
    await_node: ast.Await,
    text: Text,
    calls: str,
) -> Edit | None:
    """Return the edit for a loop that does nothing but append results, or await."""
    has_more = len(loop.body) > 1 or _used_elsewhere(loop, candidate.function)
    if has_more or not isinstance(statement, ast.Expr):
        return None
    begin, end = text.begin_of_line(loop.lineno), text.span(statement)[1]
    indent = " " * loop.col_offset
    if "#" in text.text[begin : text.span(await_node)[0]]:
        return None
    if statement.value is await_node:
        return Edit(begin, end, f"{indent}{calls}")
    call = statement.value
    if (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "append"
        and call.args == [await_node]
        and not call.keywords
        and _is_list(call.func.value, candidate.function)
    ):
        return Edit(begin, end, f"{indent}{text.of(call.func.value)}.extend({calls})")
    return None


def _with_results(  # noqa: PLR0913, PLR0917  (what the loop is made of)
    candidate: Candidate,
    loop: ast.For,
    statement: ast.stmt,
    await_node: ast.Await,
    text: Text,
    calls: str,
) -> tuple[Edit, ...]:
    """Return the edits for a loop that goes through its items and their results."""
    _again(loop.iter)
    if {name for one in loop.body for name in stored_names(one)} & loaded_names(loop.iter):
        raise UnsupportedError("the rounds change what they go through")
    target = text.as_part(loop.target)
    function = candidate.function
    if len(loop.body) > 1 and _takes_whole(statement, await_node):
        assert isinstance(statement, ast.Assign)  # noqa: S101  (just seen)
        name = text.of(statement.targets[0])
        in_body = _without(statement, text)
    else:
        name = fresh("result", function)
        parent = function.module.parents.get(await_node)
        in_body = Edit(*replaced_span(await_node, parent, text), name)
    results = fresh("results", function)
    begin, end = text.span(loop.target)[0], text.span(loop.iter)[1]
    head = f"{target}, {name} in zip({text.of(loop.iter)}, {results}, strict=True)"
    return _line_before(loop, results, calls, text), Edit(begin, end, head), in_body


def _takes_whole(statement: ast.stmt, await_node: ast.Await) -> bool:
    """Whether a statement does nothing but give an await's result to a name."""
    return (
        isinstance(statement, ast.Assign)
        and statement.value is await_node
        and len(statement.targets) == 1
        and isinstance(statement.targets[0], ast.Name)
    )


def _without(statement: ast.stmt, text: Text) -> Edit:
    """Return the edit that takes a statement away, and leaves the comment behind it."""
    begin, end = text.span(statement)
    line_begin = text.begin_of_line(statement.lineno)
    line_end = text.end_of_line(statement.end_lineno or statement.lineno)
    comment = text.text[end:line_end].strip()
    if "#" in text.text[begin:end]:
        raise UnsupportedError(f"a comment stands inside the statement of line {statement.lineno}")
    if comment:
        return Edit(begin, line_end, comment)
    return Edit(line_begin, line_end + 1, "")


def _check_before(loop: ast.For, statement: ast.stmt, candidate: Candidate) -> None:
    """Refuse where the call of a round needs what the round has prepared."""
    needs, _ = names_of(candidate.branches[0].call)
    before = loop.body[: loop.body.index(statement)]
    after = loop.body[loop.body.index(statement) :]
    for one in before:
        _, stores = names_of(one)
        if stores & needs:
            raise UnsupportedError(
                f"the call needs `{min(stores & needs)}`, which the round prepares: move both into "
                "a coroutine function"
            )
    for one in after:
        _, stores = names_of(one)
        if stores & needs - stored_names(statement):
            raise UnsupportedError(
                f"the rounds change `{min(stores & needs)}`, which the call uses"
            )
    loads = {name for one in before for name in names_of(one)[0]}
    if loads & set(stored_names(statement)):
        raise UnsupportedError("a round uses the result of the round before")


def _only_await(candidate: Candidate) -> ast.Await:
    nodes = [branch.node for branch in candidate.branches]
    if len(nodes) != 1 or not isinstance(nodes[0], ast.Await):
        raise UnsupportedError(
            "it waits more than once for each item: move that into a coroutine function"
        )
    return nodes[0]


def _gathered(candidate: Candidate, text: Text, gather: str, marks: Marks, clauses: str) -> str:
    call = marks.branch(0, text.of(candidate.branches[0].call))
    return f"await {gather}(*({call} {clauses}))"


def _clauses(node: Comprehension, text: Text, marks: Marks) -> str:
    """Return what stands behind the element: ``for x in xs if x``."""
    first = node.generators[0]
    begin, end = text.span(first.iter)
    head = text.text[_element_span(node, text)[1] : begin]
    tail = text.text[end : text.span(node)[1] - 1]
    return f"{head}{marks.rounds(text.text[begin:end])}{tail}".strip()


def _element_span(node: Comprehension, text: Text) -> tuple[int, int]:
    """Return what stands before the first ``for``: an element, or key and value."""
    parts = _elements(node)
    end = text.span(parts[-1])[1]
    opening = text.span(node)[0] + 1
    closing = text.text.index("for", end)
    inner = text.text[opening:closing]
    return opening + len(inner) - len(inner.lstrip()), opening + len(inner.rstrip())


def _elements(node: Comprehension) -> list[ast.expr]:
    return [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]


def _gaps(node: Comprehension, text: Text) -> str:
    """Return the lines of a comprehension, in which a comment would be lost."""
    begin, end = text.span(node)
    lines = text.text[begin:end].split("\n")
    return "" if len(lines) == 1 else "\n".join(lines)


def _loaded_beside(node: ast.expr, await_node: ast.Await) -> set[str]:
    """Return the names that a piece of code uses outside of an await."""
    pending: list[ast.AST] = [node]
    found: set[str] = set()
    while pending:
        one = pending.pop()
        if one is await_node:
            continue
        if isinstance(one, ast.Name):
            found.add(one.id)
        pending.extend(ast.iter_child_nodes(one))
    return found


def _is_operand(node: ast.expr, parent: ast.AST | None) -> bool:
    """Whether something is asked of a value right away: ``[...][0]``."""
    if isinstance(parent, ast.Call):
        return parent.func is node
    return isinstance(parent, ast.Attribute | ast.Subscript) and parent.value is node


def _again(items: ast.expr) -> None:
    """Refuse items that perhaps can be gone through once only."""
    is_view = (
        isinstance(items, ast.Call)
        and isinstance(items.func, ast.Attribute)
        and items.func.attr in _VIEWS
        and not items.args
    )
    is_range = (
        isinstance(items, ast.Call)
        and isinstance(items.func, ast.Name)
        and items.func.id in ("range", "sorted", "list", "tuple")
    )
    if not (isinstance(items, _AGAIN) or is_view or is_range):
        raise UnsupportedError("what it goes through is worked out anew each time: name it first")


def _used_elsewhere(loop: ast.For, function: Function) -> bool:
    """Whether what a loop counts with is used outside of it."""
    inside = set(ast.walk(loop))
    names = stored_names(loop.target)
    return any(
        one.id in names and one not in inside and isinstance(one.ctx, ast.Load)
        for one in function.each(ast.Name)
    )


def _is_list(owner: ast.expr, function: Function) -> bool:
    """Whether a name is only ever given lists in its function."""
    if not isinstance(owner, ast.Name):
        return False
    given: list[ast.Assign | ast.AnnAssign] = [
        *function.each(ast.Assign),
        *function.each(ast.AnnAssign),
    ]
    values = [one.value for one in given if owner.id in stored_names(one)]
    return bool(values) and all(
        isinstance(one, ast.List | ast.ListComp)
        or (isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == "list")
        for one in values
    )
