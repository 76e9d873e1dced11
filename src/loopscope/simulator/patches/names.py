"""The names under which loaded modules know an object: ``from socket import socket``.

A program loads hundreds of modules, and a sweep starts thousands of simulations. So where an object
is bound is remembered, and only modules that are new or have grown since are looked through.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Final

from loopscope.simulator.redirect import Function

_names_of: Final[Function] = vars(ModuleType)["__dict__"].__get__
"""Reads the names of a module without waking one that loads itself when it is looked at."""

_LEFT_ALONE: Final = "loopscope.simulator"
"""The simulator itself means the real thing where it says so."""

Names = dict[str, Any]

_places: dict[int, tuple[Any, dict[tuple[int, str], Names]]] = {}
"""For each object that was ever looked for, by its id: the object, and where it was found."""


@dataclass(slots=True)
class _LookedThrough:
    """Which modules were looked through, the names of each, and how many there were."""

    modules: list[object] = field(default_factory=list)
    names: list[Names] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)


_last = _LookedThrough()


def rebind(pairs: Iterable[tuple[Any, Any]]) -> None:
    """Let every name of loaded modules that means one object mean another.

    Args:
        pairs: What is meant now, and what shall be meant.
    """
    wanted = {id(old): (old, new) for old, new in pairs}
    if not wanted.keys() <= _places.keys():
        _last.modules, _last.names, _last.lengths = [], [], []
        for old, _ in wanted.values():
            _places.setdefault(id(old), (old, {}))
    for names in _unknown_names():
        _look_through(names)
    for old, new in wanted.values():
        for (_, name), names in _places[id(old)][1].items():
            if names.get(name) is old:
                names[name] = new


def rebind_back(pairs: Iterable[tuple[Any, Any]]) -> None:
    """Take ``rebind`` back, also in modules that were loaded meanwhile and bound the new objects.

    Args:
        pairs: The same as were given to ``rebind``.
    """
    meant = {id(new): (new, old) for old, new in pairs}
    for new, old in meant.values():
        # What was loaded only meanwhile has no places yet: it is in unknown modules alone.
        for (_, name), names in _places.setdefault(id(old), (old, {}))[1].items():
            if names.get(name) is new:
                names[name] = old
    for names in _unknown_names():
        for name, value in list(names.items()):
            if id(value) in meant:
                names[name] = meant[id(value)][1]
        _look_through(names)


def _unknown_names() -> list[Names]:
    """Return the names of modules that were not looked through, or have more or less of them."""
    modules: list[object] = list(sys.modules.values())
    if modules != _last.modules:
        rows = zip(_last.modules, _last.names, _last.lengths, strict=True)
        known = {id(module): (names, length) for module, names, length in rows}
        found = [known.get(id(module)) or (_own_names(module), -1) for module in modules]
        _last.modules = modules
        _last.names = [names for names, _ in found]
        _last.lengths = [length for _, length in found]
    lengths = list(map(len, _last.names))
    before, _last.lengths = _last.lengths, lengths
    if lengths == before:  # as nearly always, and there are many modules
        return []
    pairs = zip(_last.names, lengths, before, strict=True)
    return [names for names, length, earlier in pairs if length != earlier]


def _own_names(module: object) -> Names:
    """Return the names of a module; none of what only says that it is one, as cffi's libraries do.

    The simulator's own names are left alone, too.
    """
    if not issubclass(type(module), ModuleType):
        return {}
    names: Names = _names_of(module)
    return {} if str(names.get("__name__")).startswith(_LEFT_ALONE) else names


def _look_through(names: Names) -> None:
    for name, value in list(names.items()):
        if id(value) in _places:
            _places[id(value)][1][id(names), name] = names
