"""What a source file defines: modules, classes and functions, with the names bound in each."""

import ast
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TypeVar

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.Module
SomeNode = TypeVar("SomeNode", bound=ast.AST)


class BindingKind(Enum):
    """How a name got its meaning."""

    IMPORT = auto()
    DEFINED = auto()
    """A function or class of the project."""
    VALUE = auto()
    """``name = expression``."""
    ANNOTATED = auto()
    """``name: expression``, also of an argument."""
    ENTERED = auto()
    """``with expression as name``."""
    UNPACKED = auto()
    """One of several names on the left of ``=``."""
    ITEM = auto()
    """``for name in expression``."""
    OTHER = auto()


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """One of the places where a scope gives a name its meaning."""

    kind: BindingKind
    node: ast.AST
    expression: ast.expr | None = None
    imported: str = ""
    """For imports, ``package.module:name`` or ``package.module``, dots first where relative."""
    index: int = 0
    defined: "Function | Class | None" = None


@dataclass(eq=False)
class Scope:
    """A region of source with names of its own."""

    module: "Module"
    name: str
    qualname: str
    parent: "Scope | None"
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    outer_names: "dict[str, Scope]" = field(default_factory=dict)
    """Names that ``global`` or ``nonlocal`` gives to a scope further out."""

    @property
    def key(self) -> str:
        """``file:qualified name``: unique in a project, and never the name of something foreign."""
        return f"{self.module.file}:{self.qualname}"

    @property
    def method(self) -> "Function | None":
        """The method that it is or lies in: functions inside one see its ``self``."""
        here: Scope | None = self
        while isinstance(here, Function) and here.owner is None:
            here = here.parent
        return here if isinstance(here, Function) else None

    def home(self, name: str) -> "Scope | None":
        """Return the scope that binds a name as it is seen from here, None if nothing does.

        Functions inside a class do not see the names of the class.
        """
        here: Scope | None = self.outer_names.get(name, self)
        while here is not None:
            if name in here.bindings and (here is self or not isinstance(here, Class)):
                return here
            here = here.parent
        return None


@dataclass(eq=False)
class Class(Scope):
    """A class: its bindings are methods and class attributes, ``attributes`` what methods set."""

    node: ast.ClassDef = field(default_factory=lambda: ast.ClassDef("", [], [], [], []))
    attributes: dict[str, list[tuple["Function", Binding]]] = field(default_factory=dict)
    """``self.name = ...`` by name, with the method that does it."""


@dataclass(eq=False)
class Function(Scope):
    """A function, method, lambda, or the code of a module outside all of them.

    ``nodes`` holds the nodes of its own body by type and in the order of the source; what a
    function or class defined in it contains belongs to that one.
    """

    node: FunctionNode = field(default_factory=lambda: ast.Module([], []))
    nodes: dict[type[ast.AST], list[ast.AST]] = field(default_factory=dict)

    @property
    def is_async(self) -> bool:
        """Whether calling it makes a coroutine or an asynchronous generator."""
        return isinstance(self.node, ast.AsyncFunctionDef)

    @property
    def is_generator(self) -> bool:
        """Whether calling it makes a generator of either kind."""
        return ast.Yield in self.nodes or ast.YieldFrom in self.nodes

    @property
    def is_coroutine_function(self) -> bool:
        """Whether calling it makes a coroutine."""
        return self.is_async and not self.is_generator

    @property
    def is_stub(self) -> bool:
        """Whether it is a method that only says what derived classes, or others, are to do."""
        return self.owner is not None and all(_says_nothing(one) for one in self.body)

    @property
    def owner(self) -> Class | None:
        """The class whose method it is."""
        return self.parent if isinstance(self.parent, Class) else None

    @property
    def body(self) -> list[ast.stmt]:
        """Its statements; none for a lambda."""
        return [] if isinstance(self.node, ast.Lambda) else self.node.body

    @property
    def line(self) -> int:
        """The line of its ``def``; 1 for a module."""
        return 1 if isinstance(self.node, ast.Module) else self.node.lineno

    def each(self, kind: type[SomeNode]) -> list[SomeNode]:
        """Return the nodes of one type in its own body, in the order of the source."""
        return self.nodes.get(kind, [])  # type: ignore[return-value]


def _says_nothing(statement: ast.stmt) -> bool:
    """Whether a statement is a docstring, ``...``, ``pass`` or ``raise NotImplementedError``."""
    if isinstance(statement, ast.Raise):
        return statement.exc is not None and "NotImplemented" in ast.dump(statement.exc)
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Pass)


@dataclass(eq=False)
class Module:
    """One source file, parsed."""

    file: str
    text: str
    tree: ast.Module
    top: Function = field(init=False)
    """The code outside all functions, whose bindings are the module's names."""
    functions: list[Function] = field(default_factory=list)
    """All of them, lambdas and ``top`` included, in the order of the source."""
    classes: list[Class] = field(default_factory=list)
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    """Modules of which it imports ``*``."""

    def enclosing(self, node: ast.AST, *kinds: type[ast.AST]) -> ast.AST | None:
        """Return the nearest node around one that is of these types, None if there is none."""
        above = self.parents.get(node)
        while above is not None and not isinstance(above, kinds):
            above = self.parents.get(above)
        return above

    def function_at(self, line: int) -> Function:
        """Return the innermost function (no lambda) that covers a line, else the module's code."""
        found = self.top
        for one in self.functions:
            node = one.node
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
                if first <= line <= (node.end_lineno or line):
                    found = one  # later ones begin further down, so they lie further in
        return found
