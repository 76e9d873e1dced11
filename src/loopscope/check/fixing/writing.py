"""Writes rewritten files in the place of the originals, each as a whole or not at all."""

import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from loopscope.errors import CheckError

_WRITABLE: Final = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
"""A file that nobody may write stays as it is, whatever root could do."""


def write_all(contents: Mapping[Path, tuple[bytes, bytes]]) -> None:
    """Replace files, each as a whole or not at all.

    Args:
        contents: For each file what must still be in it, and what it becomes.

    Raises:
        CheckError: One was changed meanwhile, or cannot be written; no file after it is written.
    """
    for path, (before, _) in contents.items():
        _check_unchanged(path, before)
        if not (os.access(path, os.W_OK) and path.stat().st_mode & _WRITABLE):
            raise _unwritable(path, "it is read-only")
    for path, (before, after) in contents.items():
        _check_unchanged(path, before)
        try:
            _replace(path.resolve(), after)
        except OSError as error:
            raise _unwritable(path, error.strerror or "it failed") from error


def _check_unchanged(path: Path, before: bytes) -> None:
    try:
        if path.read_bytes() == before:
            return
    except OSError:
        pass
    raise CheckError(
        f"{path} was changed while its rewrite was tried: nothing was written to it. Run the "
        "command again.",
        slug="fix-changed",
    )


def _replace(path: Path, content: bytes) -> None:
    """Write beside a file, then let that take its place."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(stat.S_IMODE(path.stat().st_mode))
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _unwritable(path: Path, why: str) -> CheckError:
    return CheckError(
        f"{path} cannot be written ({why}): the change is as the diff shows it; make the file "
        "writable, or apply the diff by hand.",
        slug="fix-unwritable",
    )
