"""What functions and calls do, through all of the project that they call."""

import ast

from loopscope.source.independence import foreign, words
from loopscope.source.independence.circles import circles
from loopscope.source.independence.effects import Effects, Path
from loopscope.source.independence.reach import Reach
from loopscope.source.project import Project
from loopscope.source.read_module import own_name
from loopscope.source.scopes import Function
from loopscope.source.syntax import is_super

_MOST_ROUNDS = 6
_MOST_FIELDS = 6
"""Functions in a circle hand on parts of parts; a shorter path stands for all that it leads to."""
_MOST_METHODS = 30
"""So many methods of one name are told apart by nobody."""
_OBJECTS = ("local:", "global:", "outer:")
_HANDS_ON = {"asyncio.to_thread": 0, "run_in_executor": 1, "run_sync": 0, "wrap_future": 0}
"""Functions that call another one, and which of their arguments that is."""


class Summaries:
    """Answers what running something does, each function worked out once.

    Args:
        project: Where calls are followed.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.reach = Reach(project)
        self._known: dict[Function, Effects] = {}

    def of_nodes(self, node: ast.AST, scope: Function) -> Effects:
        """Return what evaluating a piece of a function does, in names of that function."""
        effects = Effects()
        for inner in _within(node):
            self._look(inner, scope, effects)
        return effects

    def of_function(self, function: Function) -> Effects:
        """Return what running a function does, in names of its arguments and of outer scopes."""
        if function not in self._known:
            for circle in circles(function, self._callees):
                self._work_out(circle)
        return self._known[function]

    def _callees(self, function: Function) -> list[Function]:
        """Return the functions of the project that one calls and that are not worked out yet."""
        found: list[Function] = []
        for call in function.each(ast.Call):
            run = self._may_run(self._handed_on(call, function) or call, function)
            found += [one for one in run if one not in self._known]
        return found

    def _work_out(self, circle: list[Function]) -> None:
        """Work out functions that call each other, from what is known of the others so far."""
        for function in circle:
            self._known[function] = Effects()
        for _ in range(_MOST_ROUNDS):
            before = [self._known[function] for function in circle]
            for function in reversed(circle):
                self._known[function] = self._once(function)
            if len(circle) == 1 or before == [self._known[function] for function in circle]:
                return

    def _once(self, function: Function) -> Effects:
        effects = Effects()
        for nodes in function.nodes.values():
            for node in nodes:
                self._look(node, function, effects)
        effects = self._outside(effects, function)
        effects.limit()
        return effects

    def _outside(self, effects: Effects, function: Function) -> Effects:
        def leaving(paths: set[Path]) -> set[Path]:
            left = (self.reach.leaves(path, function) for path in paths)
            return {path for path in left if path is not None}

        effects.reads = leaving(effects.reads)
        effects.writes = leaving(effects.writes)
        effects.touched = leaving(effects.touched)
        effects.single = leaving(effects.single)
        return effects

    # ------------------------------------------------------------------------------ one node

    def _look(self, node: ast.AST, scope: Function, effects: Effects) -> None:
        if isinstance(node, ast.Call):
            effects.add(self.of_call(node, scope))
        elif isinstance(node, ast.Name):
            self._look_at_name(node, scope, effects)
        elif isinstance(node, ast.Attribute | ast.Subscript):
            self._look_at_part(node, scope, effects)
        elif isinstance(node, ast.AugAssign):
            self._look_at_change(node, scope, effects)
        elif isinstance(node, ast.Raise):
            effects.raises = True
        elif isinstance(node, ast.Await):
            effects.waits |= self._waits(node, scope)
        elif isinstance(node, ast.AsyncFor):
            effects.waits = True
        elif isinstance(node, ast.AsyncWith):
            effects.waits |= not self._is_free_lock(node, scope)

    def _is_free_lock(self, node: ast.AsyncWith, scope: Function) -> bool:
        """Whether only locks are entered: nobody waits there as long as nobody else holds them."""
        entered = [self.project.type_of(one.context_expr, scope) for one in node.items]
        return all(one in words.LOCKS for one in entered)

    def _look_at_name(self, node: ast.Name, scope: Function, effects: Effects) -> None:
        path = self.reach.path(node, scope)
        if path is None or path.root.startswith(("foreign:", "class:")):
            return
        if isinstance(node.ctx, ast.Load):
            if not path.root.startswith("local:") or self._is_looked_into(node, scope):
                effects.reads.add(path)
        elif scope is not scope.module.top and not path.root.startswith("local:"):
            effects.writes.add(path)

    def _is_looked_into(self, node: ast.Name, scope: Function) -> bool:
        """Whether a local object itself is used here: no part of it, nor handed to the project."""
        parents = scope.module.parents
        above = parents.get(node)
        while isinstance(above, ast.Starred | ast.keyword):
            above = parents.get(above)
        if isinstance(above, ast.Attribute):
            return False
        return not isinstance(above, ast.Call) or self.project.callee(above, scope) is None

    def _look_at_change(self, node: ast.AugAssign, scope: Function, effects: Effects) -> None:
        """``given |= other`` changes what the caller gave."""
        if not isinstance(node.target, ast.Name) or isinstance(node.value, ast.Constant):
            return
        if any(isinstance(one.node, ast.arg) for one in scope.bindings.get(node.target.id, ())):
            effects.writes.add(Path(f"local:{node.target.id}"))

    def _look_at_part(
        self, node: ast.Attribute | ast.Subscript, scope: Function, effects: Effects
    ) -> None:
        if isinstance(node.ctx, ast.Load):
            path = self.reach.path(node, scope)
            parent = scope.module.parents.get(node)
            is_called = isinstance(parent, ast.Call) and parent.func is node
            if path is not None and not is_called:
                effects.reads.add(path)
            return
        path = self.reach.path(node, scope)
        if path is not None:
            effects.writes.add(path)

    def _waits(self, node: ast.Await, scope: Function) -> bool:
        """Whether an await can suspend: not if all it runs is code that never does."""
        if not isinstance(node.value, ast.Call):
            return True
        may_run = self._may_run(node.value, scope)
        if not may_run or not all(one.is_coroutine_function for one in may_run):
            return True
        return any(one.is_stub or self.of_function(one).waits for one in may_run)

    # ------------------------------------------------------------------------------ calls

    def of_call(self, call: ast.Call, scope: Function) -> Effects:
        """Return what a call does by itself; its arguments are looked at where they stand."""
        handed = self._handed_on(call, scope)
        if handed is not None:
            return self.of_call(handed, scope)
        target = self.project.target(call, scope)
        effects = Effects()
        for one in self._may_run(call, scope):
            effects.add(self._of_callee(call, one, scope))
        callee = self.project.callee(call, scope)
        is_unknown = callee is None or callee.is_stub
        if is_unknown and target not in self.project.classes:
            called = self._called(call, target, scope)
            effects.add(foreign.effects_of(called))
            if words.writes(called.method) and not foreign.client_kind(called.owner):
                effects.touched |= self._handed_over(call, scope)
        return effects

    def _handed_over(self, call: ast.Call, scope: Function) -> set[Path]:
        """Return the objects that a call is given which changes something nobody has seen."""
        given = [*call.args, *(one.value for one in call.keywords)]
        named = [one for one in given if isinstance(one, ast.Name)]
        paths = {self.reach.path(one, scope) for one in named}
        return {path for path in paths if path is not None and path.root.startswith(_OBJECTS)}

    def _may_run(self, call: ast.Call, scope: Function) -> list[Function]:
        """Return the functions of the project that a call may run.

        A method may be overridden by derived classes. Of an object of unknown class any method of
        the name may be meant, where the name is one that libraries hardly have.
        """
        callee = self.project.callee(call, scope)
        if callee is not None:
            is_plain = isinstance(call.func, ast.Attribute) and not is_super(call.func.value)
            return [callee, *(self.project.overrides(callee) if is_plain else ())]
        if not isinstance(call.func, ast.Attribute) or self.project.target(call, scope):
            return []
        found = self.project.methods_named(call.func.attr)
        is_own = "_" in call.func.attr.strip("_") and len(found) <= _MOST_METHODS
        return found if is_own else []

    def _handed_on(self, call: ast.Call, scope: Function) -> ast.Call | None:
        """Return the call that ``to_thread(f, x)`` makes."""
        target = self.project.target(call, scope)
        last = call.func.attr if isinstance(call.func, ast.Attribute) else target
        index = _HANDS_ON.get(target, _HANDS_ON.get(last))
        if index is None or len(call.args) <= index:
            return None
        func = call.args[index]
        if not isinstance(func, ast.Name | ast.Attribute):
            return None
        return ast.copy_location(ast.Call(func, call.args[index + 1 :], call.keywords), call)

    def _called(self, call: ast.Call, target: str, scope: Function) -> foreign.Called:
        func = call.func
        if not isinstance(func, ast.Attribute):
            return foreign.Called(call, target, "", None, is_method=False)
        owner = self.project.type_of(func.value, scope)
        if not owner and foreign.client_kind(target):
            owner = target.rpartition(".")[0]
        receiver = self.reach.path(func.value, scope)
        is_module = not owner and receiver is not None and receiver.root.startswith("foreign:")
        if is_module and target in ("os.environ.get", "os.environ.update"):
            return foreign.Called(call, target, "dict", receiver, is_method=True)
        is_method = not is_module or not target
        return foreign.Called(call, target, owner, receiver, is_method)

    def _of_callee(self, call: ast.Call, callee: Function, scope: Function) -> Effects:
        """Return a function's effects in names of the caller."""
        inner = self.of_function(callee)
        given = self._given(call, callee, scope)
        effects = Effects(
            uses=set(inner.uses),
            unseen=set(inner.unseen),
            raises=inner.raises,
            is_vast=inner.is_vast,
            waits=False if callee.is_coroutine_function else inner.waits,
        )
        for mine, theirs in (
            (effects.reads, inner.reads),
            (effects.writes, inner.writes),
            (effects.touched, inner.touched),
            (effects.single, inner.single),
        ):
            mine.update(one for path in theirs for one in _renamed(path, given))
        return effects

    def _given(
        self, call: ast.Call, callee: Function, scope: Function
    ) -> dict[str, list[Path | None]]:
        """Return what each argument of a callee is, in names of the caller; None for new objects.

        An argument that is not given is the same default every time.
        """
        node = callee.node
        if isinstance(node, ast.Module):
            return {}
        plain = [one.arg for one in (*node.args.posonlyargs, *node.args.args)]
        every = [*plain, *(one.arg for one in node.args.kwonlyargs)]
        every += [one.arg for one in (node.args.vararg, node.args.kwarg) if one]
        given: dict[str, list[Path | None]] = {}
        own = own_name(callee)
        if own:
            given[own] = [self._receiver(call, callee, scope)]
            plain = plain[1:]
        elif "classmethod" in self.project.decorators(callee) and plain:
            func = call.func
            owner = self.reach.path(func.value, scope) if isinstance(func, ast.Attribute) else None
            given[plain[0]] = [owner]
            plain = plain[1:]
        rest = node.args.vararg.arg if node.args.vararg else "*"
        for index, value in enumerate(call.args):
            name = plain[index] if index < len(plain) else rest
            given.setdefault(name, []).append(self.reach.path(value, scope))
        more = node.args.kwarg.arg if node.args.kwarg else "**"
        for keyword in call.keywords:
            name = keyword.arg if keyword.arg in every else more
            given.setdefault(name, []).append(self.reach.path(keyword.value, scope))
        is_spread = any(isinstance(one, ast.Starred) for one in call.args)
        is_spread |= any(each.arg is None for each in call.keywords)
        for name in every:
            if is_spread or name not in given:
                root = "made:what is spread" if is_spread else f"made:the default of {name}"
                given.setdefault(name, []).append(Path(root))
        return given

    def _receiver(self, call: ast.Call, callee: Function, scope: Function) -> Path | None:
        if callee.name == "__init__" or not isinstance(call.func, ast.Attribute):
            return None
        value = call.func.value
        if is_super(value):
            own = own_name(scope.method) if scope.method else ""
            return Path(f"local:{own}") if own else None
        return self.reach.path(value, scope)


def _renamed(path: Path, given: dict[str, list[Path | None]]) -> list[Path]:
    if not path.root.startswith("local:"):
        return [path]
    arguments = given.get(path.root.removeprefix("local:"), [])
    return [
        Path(one.root, (*one.fields, *path.fields)[:_MOST_FIELDS])
        for one in arguments
        if one is not None
    ]


def _within(node: ast.AST) -> list[ast.AST]:
    """Return a node and what is evaluated with it: no body of a function or lambda in it."""
    found: list[ast.AST] = []
    pending = [node]
    while pending:
        one = pending.pop()
        found.append(one)
        if not isinstance(one, ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            pending.extend(ast.iter_child_nodes(one))
    return found
