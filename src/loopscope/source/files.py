"""Finds and reads the source files that a person names, and those that they import."""

import io
import os
import tokenize
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePath

from loopscope.source.imports import ImportFinder, imported_names

SKIPPED = {
    "__pycache__",
    "__pypackages__",
    "build",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
}
"""Directories below a named one that hold nobody's own source; those with a dot before as well."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What was read.

    Attributes:
        asked: The files that were named, or lie in directories that were, in order.
        texts: Their text, and that of the files of the same project that they import.
        unreadable: Why a file or directory could not be read, in a few words.
    """

    asked: tuple[str, ...]
    texts: Mapping[str, str]
    unreadable: Mapping[str, str]


def read_sources(paths: Iterable[str], exclude: Iterable[str], root: Path) -> Sources:
    """Read files and directories, and what they import.

    Args:
        paths: Files and directories.
        exclude: Patterns of paths below ``root`` to leave out in directories.
        root: No imported file outside this directory is read.
    """
    patterns = list(exclude)
    unreadable: dict[str, str] = {}

    def leave_out(error: OSError) -> None:
        unreadable[_shown(os.fsdecode(error.filename))] = _reason(error)

    found = (one for path in paths for one in _files(path, patterns, root, leave_out))
    asked = list(dict.fromkeys(_shown(one) for one in found))
    texts: dict[str, str] = {}
    for file in asked:
        try:
            texts[file] = _read(file)
        except (OSError, SyntaxError, ValueError, LookupError) as error:
            unreadable[file] = _reason(error)
    _read_imported(texts, root)
    return Sources(tuple(one for one in asked if one in texts), texts, unreadable)


def _files(
    path: str, patterns: list[str], root: Path, leave_out: Callable[[OSError], None]
) -> Iterator[str]:
    if not os.path.isdir(path):  # noqa: PTH112  (strings all the way: these are many)
        yield path
        return
    for directory, inner, names in os.walk(path, onerror=leave_out):
        inner[:] = sorted(
            one
            for one in inner
            if not one.startswith(".")
            and one not in SKIPPED
            and not _is_left_out(f"{directory}/{one}", patterns, root)
            and not os.path.exists(f"{directory}/{one}/pyvenv.cfg")  # noqa: PTH110
        )
        for name in sorted(names):
            file = f"{directory}/{name}"
            if name.endswith(".py") and not _is_left_out(file, patterns, root):
                yield file


def _is_left_out(path: str, patterns: list[str], root: Path) -> bool:
    if not patterns:
        return False
    shown = os.path.relpath(path, root).replace(os.sep, "/")
    return any(
        fnmatch(shown, one) or fnmatch(PurePath(shown).name, one) or shown == one.rstrip("/")
        for one in patterns
    )


def _shown(path: str) -> str:
    """Return a path as it is shown: below the working directory where it lies there."""
    whole = os.path.abspath(path)  # noqa: PTH100  (as it is named, links and all)
    here = Path.cwd().as_posix()
    return whole.removeprefix(f"{here}/") if whole.startswith(f"{here}/") else whole


def _read(file: str) -> str:
    content = Path(file).read_bytes()
    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    return content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or "it cannot be read"
    return "it is not text in the encoding it declares"


def _read_imported(texts: dict[str, str], root: Path) -> None:
    """Add the files below ``root`` that are imported, and what those import."""
    here = Path.cwd()

    def locate(parts: tuple[str, ...]) -> str | None:
        path = PurePath(*parts)
        file = str(path)
        if file in texts:
            return file
        inside = path.is_absolute() and path.is_relative_to(root)
        inside = inside or (not path.is_absolute() and (here / path).is_relative_to(root))
        if not inside or SKIPPED & set(parts) or not Path(file).is_file():
            return None
        return file

    finder = ImportFinder(locate)
    pending = list(texts)
    while pending:
        file = pending.pop()
        for name in imported_names(texts[file]):
            found = finder.find(name, file)
            if found is None or found in texts:
                continue
            try:
                texts[found] = _read(found)
            except (OSError, SyntaxError, ValueError, LookupError):
                continue  # it is not what was asked about
            pending.append(found)
