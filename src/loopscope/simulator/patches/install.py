"""Installs replacements for the time of a simulation, and restores everything exactly.

A *patch set* yields replacements: ``(owner, attribute, replacement)``. How depends on what it is:

- a built-in function of a C module is redirected in place (``redirect.py``), so that a name bound
  beforehand (``from time import monotonic``) follows as well;
- anything else is replaced on its owner, and in every loaded module that has bound the same object
  to a name of its own (``from socket import socket``), also in modules that are loaded later.

A replaced *function* is virtual for threads of the simulation only; every other thread (the runner
of the tests, a watchdog) calls the real one. A replaced *class* has to see to that by itself.
"""

import functools
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import get_ident
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any, Final

from loopscope.errors import SimulationError
from loopscope.simulator.patches.redirect import Redirection, why_not_here
from loopscope.simulator.world import World

Replacement = tuple[Any, str, Any]
PatchSet = Callable[[], Iterable[Replacement]]

_ABSENT: Final = object()

_redirections: dict[int, Redirection] = {}
"""The built-ins that were redirected before, by their id: making one again would cost time."""

_running: list[World] = []


@contextmanager
def installed(world: World, *patch_sets: PatchSet) -> Iterator[None]:
    """Put a world under the program while the block runs.

    Args:
        world: The world; its threads see the replacements of functions, others do not.
        *patch_sets: Each yields ``(owner, attribute, replacement)``; a later one may replace
            again what an earlier one replaced.

    Raises:
        SimulationError: Another simulation runs in this process.
    """
    if _running:
        raise SimulationError(
            "Another simulation runs in this process already; run one after the other, or each in"
            " a process of its own.",
            slug="simulation-running",
        )
    _running.append(world)
    undo: list[Callable[[], None]] = []
    try:
        names = _Names()
        for patch_set in patch_sets:
            for owner, name, replacement in patch_set():
                _replace(world, names, (owner, name, replacement), undo)
        undo.append(names.restore)
        names.replace()
        yield
    finally:
        while undo:
            undo.pop()()
        _running.clear()


def real(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return what does the real thing also while a built-in is redirected; ask before it is."""
    redirection = _redirection_of(function)
    return function if redirection is None else redirection.real


def _replace(
    world: World, names: "_Names", change: Replacement, undo: list[Callable[[], None]]
) -> None:
    owner, name, replacement = change
    original = getattr(owner, name, None)
    redirection = _redirection_of(original)
    if redirection is not None:
        redirection.lead_to(_guarded(world, redirection.real, replacement))
        undo.append(redirection.lead_back)
        return
    if isinstance(original, FunctionType | BuiltinFunctionType):
        replacement = functools.wraps(original)(_guarded(world, original, replacement))
    before = vars(owner).get(name, _ABSENT)
    setattr(owner, name, replacement)
    undo.append(functools.partial(_put_back, owner, name, before))
    if isinstance(owner, ModuleType) and original is not None:
        names.add(original, replacement)


def _put_back(owner: Any, name: str, before: Any) -> None:
    if before is _ABSENT:
        delattr(owner, name)
    else:
        setattr(owner, name, before)


def _redirection_of(function: object) -> Redirection | None:
    if not isinstance(function, BuiltinFunctionType) or not isinstance(
        function.__self__, ModuleType
    ):
        return None
    redirection = _redirections.get(id(function))
    if redirection is None and why_not_here() is None:
        redirection = _redirections[id(function)] = Redirection(function)
    return redirection


def _guarded(
    world: World, original: Callable[..., Any], replacement: Callable[..., Any]
) -> Callable[..., Any]:
    """Return a function that is virtual for threads of the world, and real for all others."""

    def guarded(*args: Any, **kwargs: Any) -> Any:
        if get_ident() == world.current.ident:
            return replacement(*args, **kwargs)
        return original(*args, **kwargs)

    return guarded


class _Names:
    """The names under which modules know what is replaced."""

    def __init__(self) -> None:
        self._pairs: dict[int, tuple[Any, Any]] = {}

    def add(self, original: Any, replacement: Any) -> None:
        """Every name of ``original`` shall mean ``replacement``."""
        self._pairs[id(original)] = (original, replacement)

    def replace(self) -> None:
        """Let every loaded module see the replacements."""
        _rename(self._pairs)

    def restore(self) -> None:
        """Let every loaded module see the originals, also one that was loaded meanwhile."""
        _rename({id(new): (new, old) for old, new in self._pairs.values()})


def _rename(pairs: dict[int, tuple[Any, Any]]) -> None:
    for module in list(sys.modules.values()):
        names = getattr(module, "__dict__", None)
        if names is None or names.get("__name__", "").startswith("loopscope.simulator"):
            continue  # the simulator itself means the real thing where it says so
        for name, value in list(names.items()):
            if id(value) in pairs:
                names[name] = pairs[id(value)][1]
