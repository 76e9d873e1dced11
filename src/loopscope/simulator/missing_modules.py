"""Remembers which modules are not there, since some clients ask for one at every step.

An import that fails looks through every directory of the path, and costs as much as a request of a
simulated client. The answer holds as long as the path and its directories stay as they were; they
are looked at when a run begins, and again after the program has changed any file.
"""

import importlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Final

_State = tuple[object, ...]

_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT

CHANGES: Final = frozenset({"open", "os.link", "os.mkdir", "os.rename", "os.symlink"})
"""The audit events of what can make a module appear."""

_bootstrap: Final[Any] = importlib._bootstrap

_LEFT_OUT: Final = "<frozen importlib._bootstrap>"
"""Where frames come from that Python leaves out of tracebacks: those of its import system."""


class MissingModules:
    """A finder that goes before all others, and learns what none of them finds."""

    def __init__(self) -> None:
        self._missing: dict[str, _State] = {}
        self._state: _State | None = None
        self._path: list[str] = []
        self._finders: list[Any] = []

    def invalidate_caches(self) -> None:
        """Look at the directories again before the next answer."""
        self._state = None

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module as the others do."""
        if path is not None or self.knows(fullname):
            return None
        state = self._state_now()
        for finder in sys.meta_path:
            if finder is not self and hasattr(finder, "find_spec"):
                spec = finder.find_spec(fullname, path, target)
                if spec is not None:
                    return spec
        self._missing[fullname] = state
        return None

    def knows(self, name: str) -> bool:
        """Whether a module is known to be missing."""
        return name in self._missing and self._missing[name] == self._state_now()

    def _state_now(self) -> _State:
        """Return everything that the answer depends on."""
        if self._state is None or self._path != sys.path or self._finders != sys.meta_path:
            self._path, self._finders = list(sys.path), list(sys.meta_path)
            changed = [_changed_ns(entry) for entry in self._path]
            self._state = (*self._path, *map(id, self._finders), *changed)
        return self._state


def _changed_ns(entry: str) -> int | None:
    try:
        return os.stat(entry or ".").st_mtime_ns  # noqa: PTH116 - a hot path
    except OSError:
        return None


_finder: Final = MissingModules()


@contextmanager
def missing_modules() -> Iterator[None]:
    """Remember missing modules while the block runs."""
    _finder.invalidate_caches()
    sys.meta_path.insert(0, _finder)
    original = _bootstrap._find_and_load
    _bootstrap._find_and_load = _answer_first(original)
    try:
        yield
    finally:
        _bootstrap._find_and_load = original
        sys.meta_path.remove(_finder)


def _answer_first(original: Callable[..., ModuleType]) -> Callable[..., ModuleType]:
    """Return what stands for ``_find_and_load`` of importlib.

    An import statement calls that if a module is not loaded. It would take the module's lock before
    it asks a finder, and a lock costs more than the answer.
    """

    def find_and_load(name: str, import_: object) -> ModuleType:
        if _finder.knows(name):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return original(name, import_)

    find_and_load.__code__ = find_and_load.__code__.replace(co_filename=_LEFT_OUT)
    return find_and_load


def hear_change(event: str, args: tuple[Any, ...]) -> None:
    """Be told of an audit event that is one of ``CHANGES``."""
    if event != "open" or args[2] & _WRITING:
        _finder.invalidate_caches()
