"""Gives functions a fixed cost, by a first statement in their bodies that lets time pass.

So there is no frame more on any stack, coroutines and generators are charged when they begin to
run, and whoever has a reference to the function calls the one with the cost.
"""

import ast
import builtins
import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any, Final

from loopscope.errors import UsageError
from loopscope.simulator.redirect import real_twin
from loopscope.simulator.world import World

CHARGE: Final = "__loopscope_charge__"
"""What the first statement calls; it stands among the built-ins while a simulation runs."""

Replacement = tuple[Any, str, Any]
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class Charges:
    """The functions that cost something in one simulation.

    Args:
        world: Whose time passes.
        fixed_ns: What a call of each costs, by ``module.function``.
        main_names: Under which names of modules the program itself is meant.
    """

    def __init__(
        self, world: World, fixed_ns: Mapping[str, int], main_names: tuple[str, ...] = ()
    ) -> None:
        self._world = world
        self._before: list[tuple[FunctionType, CodeType]] = []
        own = tuple(f"{name}." for name in main_names)
        self._in_program = {
            name.removeprefix(next(one for one in own if name.startswith(one))): cost
            for name, cost in fixed_ns.items()
            if name.startswith(own or "\0")
        }
        self._elsewhere = {
            name: cost for name, cost in fixed_ns.items() if not name.startswith(own or "\0")
        }

    def program_code(self, source: bytes, path: str, code: CodeType) -> CodeType:
        """Return a program's code with the costs of its own functions.

        Raises:
            UsageError: It has no such function.
        """
        if not self._in_program:
            return code
        tree = ast.parse(source, path)
        for name, cost in self._in_program.items():
            node = _find(tree, name.split("."))
            if node is None:
                raise _unknown(f"__main__.{name}", f"{path} defines no function {name}")
            _charge(node, cost)
        return compile(tree, path, "exec", dont_inherit=True)

    def _recode(self, function: FunctionType, code: CodeType) -> None:
        self._before.append((function, function.__code__))
        function.__code__ = code

    def restore(self) -> None:
        """Give the functions their own code back."""
        while self._before:
            function, code = self._before.pop()
            function.__code__ = code

    def patches(self) -> Iterator[Replacement]:
        """Give all other functions their cost; imports the modules they are in.

        Yields:
            What has to be replaced for it.

        Raises:
            UsageError: There is no such module or function.
        """
        world = self._world

        def charge(cost_ns: int) -> None:
            if world.is_here():
                world.charge()
                world.compute(cost_ns)

        yield builtins, CHARGE, charge
        for name, cost_ns in self._elsewhere.items():
            owner, attribute, function = _resolve(name)
            code = _charged(function, cost_ns) if isinstance(function, FunctionType) else None
            if code is not None:
                self._recode(inspect.unwrap(function), code)
            elif isinstance(function, FunctionType | BuiltinFunctionType):
                yield owner, attribute, _wrapped(function, cost_ns, charge)
            else:
                raise _unknown(name, f"{name} is no function but {type(function).__name__}")


def _wrapped(
    function: Callable[..., Any], cost_ns: int, charge: Callable[[int], None]
) -> Callable[..., Any]:
    function = real_twin(function)

    def charged(*args: Any, **kwargs: Any) -> Any:
        charge(cost_ns)
        return function(*args, **kwargs)

    return charged


def _resolve(name: str) -> tuple[Any, str, Any]:
    """Return where a function is, its name there, and it."""
    parts = name.split(".")
    module: ModuleType | None = None
    rest: list[str] = []
    for count in range(len(parts) - 1, 0, -1):
        try:
            module = importlib.import_module(".".join(parts[:count]))
        except ModuleNotFoundError:
            continue
        rest = parts[count:]
        break
    if module is None:
        raise _unknown(name, f"there is no module {parts[0]}")
    owner: Any = module
    for part in rest[:-1]:
        owner = getattr(owner, part, None)
    function = getattr(owner, rest[-1], None)
    if function is None:
        raise _unknown(name, f"{module.__name__} has no {'.'.join(rest)}")
    return owner, rest[-1], function


def _charged(function: FunctionType, cost_ns: int) -> CodeType | None:
    """Return the code of a function with a cost, None where its source cannot be had."""
    code = inspect.unwrap(function).__code__
    try:
        tree = ast.parse(Path(code.co_filename).read_bytes(), code.co_filename)
    except (OSError, SyntaxError, ValueError):
        return None
    found, wanted = False, (code.co_name, code.co_firstlineno)
    for node in ast.walk(tree):
        if isinstance(node, _Function) and (node.name, _first_line(node)) == wanted:
            _charge(node, cost_ns)
            found = True
    if not found:
        return None
    whole = compile(tree, code.co_filename, "exec", dont_inherit=True)
    fits = [one for one in _all_codes(whole) if _is_same(one, code)]
    return fits[0] if len(fits) == 1 else None


def _is_same(one: CodeType, other: CodeType) -> bool:
    return (one.co_qualname, one.co_firstlineno, one.co_freevars) == (
        other.co_qualname,
        other.co_firstlineno,
        other.co_freevars,
    )


def _all_codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _all_codes(constant)


def _find(tree: ast.AST, names: list[str]) -> _Function | None:
    """Return the definition of a function, or of a method by the names of its classes and it."""
    for node in _definitions(tree):
        if node.name != names[0]:
            continue
        if len(names) == 1:
            return node if isinstance(node, _Function) else None
        return _find(node, names[1:]) if isinstance(node, ast.ClassDef) else None
    return None


def _definitions(tree: ast.AST) -> Iterator[_Function | ast.ClassDef]:
    """Yield what a module or class defines, also inside ``if`` and ``try``; the last first."""
    for child in reversed(list(ast.iter_child_nodes(tree))):
        if isinstance(child, _Function | ast.ClassDef):
            yield child
        elif isinstance(child, ast.stmt | ast.ExceptHandler):
            yield from _definitions(child)


def _first_line(node: _Function) -> int:
    return min([node.lineno, *(one.lineno for one in node.decorator_list)])


def _charge(node: _Function, cost_ns: int) -> None:
    """Put a statement before the body of a function, at the line where that begins."""
    at = 1 if ast.get_docstring(node, clean=False) is not None else 0
    place = node.body[min(at, len(node.body) - 1)]
    call = ast.Call(ast.Name(CHARGE, ast.Load()), [ast.Constant(cost_ns)], [])
    statement = ast.Expr(call)
    for one in (statement, call, call.func, call.args[0]):
        ast.copy_location(one, place)
    node.body.insert(at, statement)


def _unknown(name: str, reason: str) -> UsageError:
    return UsageError(
        f"--cost {name}=... finds no function: {reason}. Give the module in which it is defined, "
        "and for the script itself the function alone.",
        slug="cost-unknown",
    )
