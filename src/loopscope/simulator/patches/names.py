"""The names under which loaded modules know an object: ``from socket import socket``.

A program loads hundreds of modules, and a sweep starts thousands of simulations. So where an object
is bound is remembered, and only modules that are new or have grown since are looked through.
"""

import sys
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any, Final

from loopscope.simulator.patches.redirect import Function

_names_of: Final[Function] = vars(ModuleType)["__dict__"].__get__
"""Reads the names of a module without waking one that loads itself when it is looked at."""

_LEFT_ALONE: Final = "loopscope.simulator"
"""The simulator itself means the real thing where it says so."""

Names = dict[str, Any]

_places: dict[int, tuple[Any, dict[tuple[int, str], Names]]] = {}
"""For each object that was ever looked for, by its id: the object, and where it was found."""

_looked_through: dict[str, tuple[int, int]] = {}
"""Which names of each module were looked through: their dictionary and its length."""


def rebind(pairs: Iterable[tuple[Any, Any]]) -> None:
    """Let every name of loaded modules that means one object mean another.

    Args:
        pairs: What is meant now, and what shall be meant.
    """
    wanted = {id(old): (old, new) for old, new in pairs}
    if not wanted.keys() <= _places.keys():
        _looked_through.clear()
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
        for (_, name), names in _places[id(old)][1].items():
            if names.get(name) is new:
                names[name] = old
    for names in _unknown_names():
        for name, value in list(names.items()):
            if id(value) in meant:
                names[name] = meant[id(value)][1]
        _look_through(names)


def _unknown_names() -> Iterator[Names]:
    """Yield the names of modules that were not looked through, or have more or less of them."""
    modules: dict[str, object] = dict(sys.modules)  # a program may have put anything there
    for module_name, module in modules.items():
        if not isinstance(module, ModuleType):
            continue
        names = _names_of(module)
        state = id(names), len(names)
        if _looked_through.get(module_name) != state:
            _looked_through[module_name] = state
            if not module_name.startswith(_LEFT_ALONE):
                yield names


def _look_through(names: Names) -> None:
    for name, value in list(names.items()):
        if id(value) in _places:
            _places[id(value)][1][id(names), name] = names
