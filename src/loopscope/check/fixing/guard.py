"""Refuses to write anywhere but in the throw-away copy, while a program is tried."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

_WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

_PATHS: Final = {
    "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),),
    "os.link": ((0, 2), (1, 3)),
    "os.mkdir": ((0, 2),),
    "os.remove": ((0, 1),),
    "os.rename": ((0, 2), (1, 3)),
    "os.rmdir": ((0, 1),),
    "os.setxattr": ((0, None),),
    "os.symlink": ((1, 2),),
    "os.truncate": ((0, None),),
    "os.utime": ((0, 3),),
    "sqlite3.connect": ((0, None),),
}
"""Audit events of changes: which arguments are paths, each with that of the directory it is in."""


class Refused(PermissionError):  # noqa: N818  (what the program sees)
    """The program writes outside its folder."""


class _Guard:
    """The audit hook: there is one for ever, since none can be taken back."""

    allowed = ""
    refused: list[str] = []  # noqa: RUF012  (one for the process)
    is_installed = False


@contextlib.contextmanager
def guarded(base: Path) -> Iterator[list[str]]:
    """Let code in the block write below a directory only.

    Yields:
        What was refused: the paths, as the program gave them.
    """
    if not _Guard.is_installed:
        _Guard.is_installed = True
        sys.addaudithook(_hear)
    refused: list[str] = []
    temporary, bytecode = tempfile.tempdir, sys.dont_write_bytecode
    tempfile.tempdir, sys.dont_write_bytecode = str(base / "temporary"), True
    _Guard.allowed, _Guard.refused = f"{base}{os.sep}", refused
    try:
        yield refused
    finally:
        _Guard.allowed = ""
        tempfile.tempdir, sys.dont_write_bytecode = temporary, bytecode


def _hear(event: str, args: tuple[Any, ...]) -> None:
    if not _Guard.allowed:
        return
    if event == "open":
        path, mode, flags = args
        writes = set(mode) & set("wax+") if isinstance(mode, str) else (flags or 0) & _WRITES
        if writes:
            _look(path)
    elif event in _PATHS:
        for at, directory in _PATHS[event]:
            _look(args[at], -1 if directory is None else args[directory])


def _look(path: object, directory: int = -1) -> None:
    """Refuse a path that is not below the base.

    Args:
        path: The path.
        directory: The descriptor of the directory that it is relative to; -1 for the working one.
    """
    if not isinstance(path, str | bytes | os.PathLike):
        return  # a descriptor: it was opened before
    shown = os.fsdecode(path)
    if shown in ("", ":memory:", os.devnull) or shown.startswith(("/dev/", "file::memory:")):
        return
    if directory >= 0:
        shown = os.path.join(os.readlink(f"/proc/self/fd/{directory}"), shown)  # noqa: PTH115, PTH118
    whole = os.path.realpath(shown)
    if not f"{whole}{os.sep}".startswith(_Guard.allowed):
        _Guard.refused.append(shown)
        raise Refused(f"{shown} lies outside the copy in which the program is tried")
