"""Installs replacements for the time of a simulation, and restores everything exactly.

A *patch set* yields replacements: ``(owner, attribute, replacement)``. How depends on what it is:

- a built-in function of a C module is redirected in place (``redirect.py``), and so is a method of
  a C class (``redirect_type.py``): a name bound beforehand (``from time import monotonic``) and an
  object made beforehand follow as well;
- anything else is replaced on its owner, and in every loaded module that has bound the same object
  to a name of its own (``from socket import socket``).

A replaced *function* is virtual for threads of the simulation only; every other thread (the runner
of the tests, a watchdog) calls the real one. A replaced *class* has to see to that by itself.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from threading import get_ident
from types import (
    BuiltinFunctionType,
    ClassMethodDescriptorType,
    FunctionType,
    MethodDescriptorType,
    ModuleType,
)
from typing import Any, Final

from loopscope.errors import SimulationError
from loopscope.simulator.patches.names import rebind, rebind_back
from loopscope.simulator.patches.redirect_type import TypeRedirection, is_closed
from loopscope.simulator.redirect import Function, Redirection
from loopscope.simulator.world import World
from loopscope.simulator.world_parts import VirtualThread

Replacement = tuple[Any, str, Any]
PatchSet = Callable[[], Iterable[Replacement]]

_FUNCTIONS: Final = (FunctionType, BuiltinFunctionType, MethodDescriptorType)
_ABSENT: Final = object()
_NOWHERE: Final = World()
"""Whose threads are those of the program while no simulation runs: none."""

_NOWHERE.current = VirtualThread("nobody")

_functions: dict[int, Redirection | None] = {}
_ways: dict[tuple[int, str], "_Way"] = {}
"""What was replaced before: to work it out again for every simulation would cost time."""


class _Now:
    """What is so at this moment."""

    __slots__ = ("changes", "world")
    world: World
    changes: "_Changes | None"


_now: Final = _Now()
_now.world, _now.changes = _NOWHERE, None


@dataclass(frozen=True, slots=True)
class ForAll:
    """A replacement that is called by every thread, and sees to those outside by itself.

    For functions so hot that one call more would be felt, and for such as must know both sides.
    """

    function: Function


@contextmanager
def installed(world: World, *patch_sets: PatchSet) -> Iterator[None]:
    """Put a world under the program while the block runs.

    Args:
        world: The world; its threads see the replacements of functions, others do not. When the
            block is left nobody belongs to it any more, so that functions of it which the program
            kept do the real thing.
        *patch_sets: Each yields ``(owner, attribute, replacement)``; a later one may replace
            again what an earlier one replaced.

    Raises:
        SimulationError: Another simulation runs in this process.
    """
    if _now.world is not _NOWHERE:
        raise SimulationError(
            "Another simulation runs in this process already; run one after the other, or each in"
            " a process of its own.",
            slug="simulation-running",
        )
    _now.world = world
    changes = _now.changes = _Changes()
    try:
        for patch_set in patch_sets:
            for owner, name, replacement in patch_set():
                changes.replace(owner, name, replacement)
        changes.finish()
        yield
    finally:
        changes.undo()
        world.current = _NOWHERE.current
        _now.world, _now.changes = _NOWHERE, None


def replace_late(owner: Any, name: str, replacement: Any) -> None:
    """Replace something that has just been loaded, until the simulation that runs has ended."""
    if _now.changes is not None:
        _now.changes.replace(owner, name, replacement)


def running() -> World | None:
    """Return the world of the simulation that runs in this process."""
    return None if _now.world is _NOWHERE else _now.world


def real(function: Function) -> Function:
    """Return what does the real thing also while a built-in function is redirected."""
    known = _functions.get(id(function))
    redirection = known or _redirection_of(function)
    return function if redirection is None else redirection.real


def real_method(owner: type, name: str) -> Any:
    """Return what does the real thing also while a method of a C class is redirected."""
    return _way_of(owner, name).real


def can_redirect(owner: type, name: str) -> bool:
    """Whether a method of a C class can be redirected; ``why_not_here`` says why not."""
    return _way_of(owner, name).redirection is not None


class _Changes:
    """What one simulation replaced, and how it is put back."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []
        self._renamed: list[tuple[Any, Any]] = []
        self._used: list[_Way] = []

    def replace(self, owner: Any, name: str, replacement: Any) -> None:
        """Replace one attribute, by the deepest way there is."""
        way = _way_of(owner, name)
        redirection = way.redirection
        if redirection is None or not (way.is_method or vars(owner).get(name) is way.original):
            if not way.is_closed:
                self._replace_attribute(way, replacement)
            return
        redirection.lead_to(self._guarded(way, way.real, replacement))
        self._undo.append(redirection.lead_back)

    def finish(self) -> None:
        """Everything is replaced on its owner: let the other names follow."""
        pairs = self._renamed
        self._undo.append(lambda: rebind_back(pairs))
        rebind(pairs)

    def undo(self) -> None:
        """Put everything back, the last first."""
        while self._undo:
            self._undo.pop()()
        for way in self._used:
            way.virtual = None

    def _replace_attribute(self, way: "_Way", replacement: Any) -> None:
        owner, name = way.owner, way.name
        original = getattr(owner, name, None)
        if isinstance(original, _FUNCTIONS) and _is_function(replacement):
            named = way.guarded
            replacement = self._guarded(way, original, replacement)
            if replacement is not named:
                replacement = _named_as(original, replacement)
        before = vars(owner).get(name, _ABSENT)
        setattr(owner, name, replacement)
        self._undo.append(partial(_put_back, owner, name, before))
        if way.is_in_module and original is not None:
            self._renamed.append((original, replacement))

    def _guarded(self, way: "_Way", original: Function, replacement: Any) -> Function:
        """Return a function that is virtual for threads of the world, and real for all others."""
        if isinstance(replacement, ForAll):
            return replacement.function
        if way.virtual is not None or way.guards not in (None, original):
            # Replaced twice in one simulation, or something else now: a function of its own.
            way = _Way(way.owner, way.name, way.original, way.real, way.redirection)
        way.virtual = replacement
        self._used.append(way)
        if way.guarded is None:
            way.guards, way.guarded = original, _guard(way, original)
        return way.guarded


def _guard(way: "_Way", original: Function) -> Function:
    """Return the function that stands for a way in every simulation, and outside of all."""
    now = _now

    def guarded(*args: Any, **kwargs: Any) -> Any:
        if get_ident() == now.world.current.ident and way.virtual is not None:
            return way.virtual(*args, **kwargs)
        return original(*args, **kwargs)

    return guarded


def _is_function(replacement: Any) -> bool:
    return isinstance(replacement, ForAll) or (
        callable(replacement) and not isinstance(replacement, staticmethod | classmethod)
    )


def _named_as(original: Any, replacement: Function) -> Function:
    """Give a replacement the names of the original; ``functools.wraps`` takes its time."""
    replacement.__name__ = original.__name__
    replacement.__qualname__ = original.__qualname__
    replacement.__doc__ = original.__doc__
    replacement.__module__ = getattr(original, "__module__", None)  # type: ignore[assignment]
    replacement.__wrapped__ = original  # type: ignore[attr-defined]
    return replacement


def _put_back(owner: Any, name: str, before: Any) -> None:
    if before is _ABSENT:
        delattr(owner, name)
    else:
        setattr(owner, name, before)


@dataclass(slots=True, eq=False)
class _Way:
    """How an attribute is replaced.

    Attributes:
        owner: A module or class; it is kept, so that its id stays its own.
        name: The attribute.
        original: What the owner has under that name.
        real: What does the real thing.
        redirection: What leads it elsewhere in place; None if only the attribute can be replaced.
        is_method: Whether that is a method of a C class.
        is_closed: Whether the owner is one, so that there is no other way.
        is_in_module: Whether the owner is a module, whose names others have bound.
        virtual: What it is in the simulation that runs.
        guarded: The function that is called instead, once there was one.
        guards: What that calls for threads outside.
    """

    owner: Any
    name: str
    original: object
    real: Any
    redirection: Redirection | TypeRedirection | None
    is_method: bool = field(init=False)
    is_closed: bool = field(init=False)
    is_in_module: bool = field(init=False)
    virtual: Function | None = None
    guarded: Function | None = None
    guards: Function | None = None

    def __post_init__(self) -> None:
        self.is_method = isinstance(self.redirection, TypeRedirection)
        self.is_closed = is_closed(self.owner)
        self.is_in_module = isinstance(self.owner, ModuleType)


def _way_of(owner: Any, name: str) -> _Way:
    way = _ways.get((id(owner), name))
    if way is None or (way.redirection is None and vars(owner).get(name) is not way.original):
        way = _find_way(owner, name)
    return way


def _find_way(owner: Any, name: str) -> _Way:
    original = vars(owner).get(name)
    redirection: Redirection | TypeRedirection | None = None
    with suppress(ValueError):  # then only the attribute can be replaced
        redirection = (
            TypeRedirection(owner, name) if is_closed(owner) else _redirection_of(original)
        )
    real = original if redirection is None else redirection.real
    if isinstance(real, ClassMethodDescriptorType):
        real = _unbound(real)
    way = _Way(owner, name, original, real, redirection)
    if isinstance(owner, ModuleType | type):
        _ways[id(owner), name] = way
    return way


def _unbound(method: ClassMethodDescriptorType) -> Function:
    return lambda cls, *args, **kwargs: method.__get__(None, cls)(*args, **kwargs)


def _redirection_of(function: object) -> Redirection | None:
    if not isinstance(function, BuiltinFunctionType) or not isinstance(
        function.__self__, ModuleType
    ):
        return None
    if id(function) not in _functions:
        try:
            _functions[id(function)] = Redirection(function)
        except ValueError:
            _functions[id(function)] = None
    return _functions[id(function)]
