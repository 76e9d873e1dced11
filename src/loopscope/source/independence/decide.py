"""May these awaits run together? The procedure, step by step, on source alone."""

import ast
from collections.abc import Iterator
from itertools import combinations

from loopscope.source.independence import words
from loopscope.source.independence.candidates import (
    Branch,
    Candidate,
    Kind,
    candidates_of,
)
from loopscope.source.independence.data import look_at_data
from loopscope.source.independence.effects import Effects, Path
from loopscope.source.independence.pairs import LINES_ARE_MEANT, Doing, look_at_pair
from loopscope.source.independence.shape import Shape, shown
from loopscope.source.independence.summaries import Summaries
from loopscope.source.independence.verdict import Level, Notes, Step, Verdict
from loopscope.source.project import Project
from loopscope.source.scopes import Function
from loopscope.source.syntax import stored_names, text_of

_PASSED = {
    "shape": "They follow each other with nothing between them that needs its place.",
    "data": "None needs what another one gives.",
    "shared objects": "They share no object that does one thing at a time.",
    "effects": "None changes what another one uses.",
    "failure order": "None does anything that must not happen if another one fails.",
    "worth it": "All can wait; a recorded run says what running them together would gain.",
}


def decide_all(project: Project) -> Iterator[Verdict]:
    """Give the verdicts on all awaits of a project that follow each other.

    A long group is told apart: the longest parts that may run together each get a verdict, and
    what is left none.
    """
    summaries = Summaries(project)
    for module in project.modules.values():
        for function in module.functions:
            if isinstance(function.node, ast.AsyncFunctionDef):
                for candidate in candidates_of(function, project):
                    yield from _best_parts(candidate, summaries)


def why(project: Project, file: str, first_line: int, last_line: int) -> Verdict:
    """Say whether the awaits of some lines may run together, and why or why not.

    Args:
        project: The source files, with as much of what is called as there is.
        file: The file, by its name in the project.
        first_line: Where to look, from 1.
        last_line: The last line of it.

    Returns:
        The verdict on the awaits that these lines cover; its only step is "shape" where no
        awaits there follow each other.
    """
    function = project.function_at(file, first_line)
    if function is None:
        return _nothing("There is no such file, or it cannot be read.")
    asked = [
        one
        for one in candidates_of(function, project)
        if one.lines[0] <= last_line and first_line <= one.lines[1]
    ]
    if not asked:
        return _nothing("No two awaits follow each other here without something between them.")
    within = [one for one in asked if first_line <= one.lines[0] and one.lines[1] <= last_line]
    chosen = max(within or asked, key=lambda one: _overlap(one, first_line, last_line))
    return decide(_cut(chosen, first_line, last_line), Summaries(project))


def _overlap(candidate: Candidate, first: int, last: int) -> tuple[int, int]:
    begin, end = candidate.lines
    return min(end, last) - max(begin, first), -(end - begin)


def _cut(candidate: Candidate, first: int, last: int) -> Candidate:
    """Return only the awaits within the lines, where that leaves two."""
    if candidate.kind is not Kind.STATEMENTS:
        return candidate
    kept = [one for one in candidate.branches if first <= getattr(one.node, "lineno", 0) <= last]
    return _part(candidate, kept) if len(kept) > 1 else candidate


def _nothing(sentence: str) -> Verdict:
    return Verdict(Level.NO, (Step("shape", Level.NO, sentence),))


def _part(candidate: Candidate, branches: list[Branch]) -> Candidate:
    """Return a candidate of fewer branches, with the statements from the first to the last."""
    places = [candidate.statements.index(_statement(one)) for one in branches]
    statements = candidate.statements[min(places) : max(places) + 1]
    return Candidate(candidate.function, candidate.kind, tuple(branches), statements)


def _statement(branch: Branch) -> ast.stmt:
    assert isinstance(branch.statement, ast.stmt)  # noqa: S101
    return branch.statement


def _best_parts(candidate: Candidate, summaries: Summaries) -> Iterator[Verdict]:
    """Give the verdict on a group, or on the parts of it that may run together."""
    if candidate.kind is not Kind.STATEMENTS:
        yield decide(candidate, summaries)
        return
    rest = list(candidate.branches)
    while len(rest) > 1:
        part = rest[:2]
        best = decide(_part(candidate, part), summaries)
        if best.level is Level.NO:
            yield best
            rest = rest[1:]
            continue
        for branch in rest[2:]:
            longer = decide(_part(candidate, [*part, branch]), summaries)
            if longer.level < best.level:
                break
            best, part = longer, [*part, branch]
        yield best
        rest = rest[len(part) :]


def decide(candidate: Candidate, summaries: Summaries) -> Verdict:
    """Take all steps on one group of awaits.

    Args:
        candidate: The awaits.
        summaries: What their code does.
    """
    notes = Notes()
    Shape(summaries, notes).look(candidate)
    look_at_data(candidate, summaries, notes)
    own = {root.removeprefix("local:") for root in _own_objects(candidate)}
    summaries.reach.rounds = {(candidate.function, name) for name in own}
    doings = [_doing(branch, candidate, summaries) for branch in candidate.branches]
    pairs = list(combinations(doings, 2))
    if candidate.kind is Kind.GATHER_ARGUMENT:
        pairs = [(doings[0], other) for other in doings[1:]]
    if candidate.repeat is not None:
        pairs = [(one, one) for one in doings] + [(b, a) for a, b in pairs] + pairs
    for first, second in pairs:
        look_at_pair(first, second, notes)
    summaries.reach.rounds = set()
    shared = _shared_capacity(doings, is_repeated=candidate.repeat is not None)
    passed = _PASSED | ({"capacity": f"Both load {shared}: a gain is 'up to'."} if shared else {})
    level = notes.level
    lowest = {one.sentence for one in notes.objections if one.level is level}
    is_about_lines = lowest == {LINES_ARE_MEANT}
    return Verdict(level, notes.steps(passed), candidate, bool(shared), is_about_lines)


def _doing(branch: Branch, candidate: Candidate, summaries: Summaries) -> Doing:
    function = candidate.function
    effects = summaries.of_nodes(branch.node, function)
    if isinstance(branch.node, ast.Call) and isinstance(branch.statement, ast.AsyncWith):
        for inner in branch.statement.body:
            effects.add(summaries.of_nodes(inner, function))
    is_dropped = isinstance(function.module.parents.get(branch.node), ast.Expr)
    is_mute = is_dropped and _does_more_than_is_seen(branch, effects, candidate, summaries)
    only_prints = is_dropped and any(use.kind == "console" for use in effects.uses)
    own = _own_objects(candidate)
    _drop(effects, own)
    _spread(effects, function, summaries)
    effects.lasting = {path for path in effects.writes if summaries.reach.leaves(path, function)}
    given = [summaries.reach.path(one, function) for one in _set_attributes(branch)]
    effects.writes |= {path for path in given if path is not None and path.root not in own}
    called = summaries.project.target(branch.call, function) or text_of(branch.call.func)
    return Doing(shown(branch), called.rpartition(":")[2], effects, is_mute, only_prints)


def _set_attributes(branch: Branch) -> list[ast.expr]:
    """Return the attributes that a statement sets to what its await gives."""
    if not isinstance(branch.statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
        return []
    return [
        one
        for one in ast.walk(branch.statement)
        if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store)
    ]


def _does_more_than_is_seen(
    branch: Branch, effects: Effects, candidate: Candidate, summaries: Summaries
) -> bool:
    """Whether an await may do something that cannot be seen in its code."""
    is_seen = summaries.project.callee(branch.call, candidate.function) is not None
    acts = words.writes(text_of(branch.call.func))
    return not is_seen or bool(acts or effects.unseen or effects.touched)


def _own_objects(candidate: Candidate) -> set[str]:
    """Return the roots of objects that every round of a loop has for itself."""
    repeat = candidate.repeat
    if repeat is None:
        return set()
    targets = [repeat.target] if isinstance(repeat, ast.For) else []
    if not isinstance(repeat, ast.For):
        targets = [one.target for one in repeat.generators]
    own = {name for target in targets for name in stored_names(target)}
    if isinstance(repeat, ast.For):
        body = {name for one in repeat.body for name in stored_names(one)}
        outside = _stored_outside(candidate.function, repeat)
        own |= {name for name in body if name not in outside}
    return {f"local:{name}" for name in own}


def _stored_outside(function: Function, loop: ast.For) -> set[str]:
    inside = set(ast.walk(loop))
    return {
        one.id
        for one in function.each(ast.Name)
        if isinstance(one.ctx, ast.Store) and one not in inside
    }


def _drop(effects: Effects, own: set[str]) -> None:
    for paths in (effects.reads, effects.writes, effects.touched, effects.single):
        paths -= {path for path in paths if path.root in own}


def _spread(effects: Effects, function: Function, summaries: Summaries) -> None:
    """Add what objects hold that were made with other objects: who uses one may use those."""
    for paths in (effects.reads, effects.writes, effects.touched):
        for path in list(paths):
            if path.root.startswith("local:"):
                name = path.root.removeprefix("local:")
                paths |= {Path(root) for root in summaries.reach.holds(name, function)}


def _shared_capacity(doings: list[Doing], is_repeated: bool) -> str:
    """Return the host, pool or store that two of the awaits load, "" if there is none."""
    for place, one in enumerate(doings):
        for other in doings if is_repeated else doings[place + 1 :]:
            for use in sorted(one.effects.uses, key=lambda each: (each.kind, each.key)):
                for twin in other.effects.uses:
                    if use.kind == twin.kind != "console" and (
                        use.key == twin.key or not use.key or not twin.key
                    ):
                        return _NAMES.get(use.kind, "the same service")
    return ""


_NAMES = {"http": "the same host", "db": "the same database", "redis": "the same store"}
