"""Remembers which modules are not there, since some clients ask for one at every step.

An import that fails looks through every directory of the path, and costs as much as a request of a
simulated client. The answer holds as long as the path and its directories stay as they were.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Final

_State = tuple[object, ...]

_OF_IMPORTS: Final = "_find_and_load_unlocked"
"""The function of importlib that an import statement comes from; others ask and go on."""


class MissingModules:
    """A finder that goes before all others."""

    def __init__(self) -> None:
        self._missing: dict[str, _State] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module as the others do.

        Raises:
            ModuleNotFoundError: An import asks for a module that was not there a moment ago.
        """
        if path is not None:
            return None
        state = _state()
        if self._missing.get(fullname) == state:
            if sys._getframe(2).f_code.co_name == _OF_IMPORTS:
                raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
            return None
        for finder in sys.meta_path:
            if finder is not self and hasattr(finder, "find_spec"):
                spec = finder.find_spec(fullname, path, target)
                if spec is not None:
                    return spec
        self._missing[fullname] = state
        return None


def _state() -> _State:
    """Return everything that the answer depends on."""
    changed: list[object] = [*sys.path, *map(id, sys.meta_path)]
    for entry in sys.path:
        try:
            changed.append(os.stat(entry or ".").st_mtime_ns)  # noqa: PTH116 - a hot path
        except OSError:
            changed.append(None)
    return tuple(changed)


_finder: Final = MissingModules()


@contextmanager
def missing_modules() -> Iterator[None]:
    """Remember missing modules while the block runs."""
    sys.meta_path.insert(0, _finder)
    try:
        yield
    finally:
        sys.meta_path.remove(_finder)
