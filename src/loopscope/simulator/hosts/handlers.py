"""Handlers: functions of the user's own that make a host's answers."""

import importlib
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Never

_WRITTEN: Final = re.compile(
    r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII
)


def import_handler(name: str, base: Path, *, imports: bool) -> Callable[..., Any]:
    """Return the function that ``module:function`` names.

    Args:
        name: Its name.
        base: A directory in which the module may lie.
        imports: False to look only at how the name is written; what is returned cannot be called.

    Raises:
        ValueError: It is not so written, or there is no such function; the message says so.
    """
    if len(name) > 400 or not _WRITTEN.fullmatch(name):  # noqa: PLR2004 - longer than any name
        raise ValueError(f'{name[:60]!r} is no handler; write "module:function".')
    if not imports:
        return _never_called
    module_name, _, path = name.partition(":")
    with _importable(base):
        try:
            found: Any = importlib.import_module(module_name)
        except Exception as error:
            raise ValueError(
                f"the module {module_name} cannot be imported: {type(error).__name__}: {error}."
            ) from error
    for part in path.split("."):
        found = getattr(found, part, None)
    if not callable(found):
        raise ValueError(f"the module {module_name} has no function {path}.")  # noqa: TRY004 - a value of the file
    if inspect.iscoroutinefunction(found):
        raise ValueError(
            f"{name} is a coroutine function; a handler is a plain function, since it answers at "
            "one instant: how long the host takes is its latency."
        )
    return found  # type: ignore[no-any-return]


@contextmanager
def _importable(base: Path) -> Iterator[None]:
    """Let modules of a directory be found first."""
    entry = str(base)
    sys.path.insert(0, entry)
    try:
        yield
    finally:
        sys.path.remove(entry)


def _never_called(*_: object) -> Never:
    raise NotImplementedError
