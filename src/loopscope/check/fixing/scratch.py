"""A throw-away copy of the program's folder, in which a run may write what it likes."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from loopscope.errors import CheckError

MOST_FILES: Final = 20_000
MOST_BYTES: Final = 500_000_000
SHOWN_BYTES: Final = 1_000_000
"""Files up to this size are compared as text, larger ones as wholes."""

_LEFT_OUT: Final = {"__pycache__", "node_modules", ".git", ".hg", ".svn", ".tox", ".nox"}
_ENDINGS: Final = (".pyc", ".loopscope", ".check-journal")

Stamp = tuple[int, int]
"""A file's size, and when it was changed, in ns."""


@dataclass(frozen=True, slots=True)
class Scratch:
    """A copy of a folder. It can be pickled.

    Attributes:
        base: The temporary directory; all that a run may write lies below.
        source: The folder.
        folder: Its copy.
        stamps: The files of the copy, by their path in it.
    """

    base: Path
    source: Path
    folder: Path
    stamps: Mapping[str, Stamp]

    def there(self, path: str | Path) -> str:
        """Return where a path below the folder lies in the copy; others stay as they are."""
        whole = Path(path).absolute()
        if whole == self.source or self.source in whole.parents:
            return str(self.folder / whole.relative_to(self.source))
        return str(path)

    def put(self, texts: Mapping[str, bytes]) -> None:
        """Write other source files into the copy, by their path in the folder."""
        for name, content in texts.items():
            (self.folder / name).write_bytes(content)

    def take_changes(self, texts: Mapping[str, bytes]) -> dict[str, str]:
        """Return what a run has written, by path, and make the copy what it was.

        Args:
            texts: What was ``put`` before the run.

        Returns:
            The text of each file that is new or other than it was; "(deleted)" for those gone.
        """
        found: dict[str, str] = {}
        seen: set[str] = set()
        for name, path in _files(self.folder):
            seen.add(name)
            stat = path.stat()
            if self.stamps.get(name) == (stat.st_size, stat.st_mtime_ns):
                continue
            content = path.read_bytes()
            if texts.get(name) != content:
                found[name] = _shown(content)
            path.unlink()
        for name in self.stamps.keys() - seen:
            found[name] = "(deleted)"
        self._restore()
        return found

    def _restore(self) -> None:
        for name in self.stamps:
            target = self.folder / name
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(self.source / name, target)


def make_scratch(source: Path) -> Scratch:
    """Copy a folder.

    Raises:
        CheckError: It is too large, or cannot be copied.
    """
    if not is_small(source):
        raise CheckError(
            f"The folder {source} has more than {MOST_FILES:,} files or "
            f"{MOST_BYTES // 1_000_000} MB, or cannot be read: too much to be copied for runs that "
            "change nothing. Run the command in the program's own folder.",
            slug="fix-large",
        )
    base = Path(tempfile.mkdtemp(prefix="loopscope-fix-")).resolve()
    folder = base / source.name if source.name else base / "root"
    (base / "temporary").mkdir()
    stamps: dict[str, Stamp] = {}
    try:
        folder.mkdir()
        for name, path in _files(source):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
            stat = target.stat()
            stamps[name] = stat.st_size, stat.st_mtime_ns
    except OSError as error:
        remove(base)
        raise CheckError(
            f"The folder {source} cannot be copied ({error.strerror}): runs in a copy are what "
            "keeps them from changing anything.",
            slug="fix-large",
        ) from error
    return Scratch(base, source, folder, stamps)


def is_small(folder: Path) -> bool:
    """Tell whether a folder is small enough to be copied."""
    total = 0
    try:
        for count, (_, path) in enumerate(_files(folder), 1):
            total += path.stat().st_size
            if count > MOST_FILES or total > MOST_BYTES:
                return False
    except OSError:
        return False
    return True


def remove(base: Path) -> None:
    """Delete a copy."""
    shutil.rmtree(base, ignore_errors=True)


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files of a folder that count, by their path in it."""
    for directory, inner, names in os.walk(folder):
        inner[:] = sorted(
            one
            for one in inner
            if one not in _LEFT_OUT and not Path(directory, one, "pyvenv.cfg").exists()
        )
        for name in sorted(names):
            path = Path(directory, name)
            if not name.endswith(_ENDINGS) and path.is_file():
                yield path.relative_to(folder).as_posix(), path


def _shown(content: bytes) -> str:
    try:
        if len(content) <= SHOWN_BYTES:
            return content.decode()
    except UnicodeDecodeError:
        pass
    return f"{len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}"
