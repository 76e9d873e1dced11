"""Remembers the findings of files that have not changed, nor anything that they import."""

import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from loopscope.model.finding import Confidence, Finding
from loopscope.model.kinds import Origin
from loopscope.model.location import Location
from loopscope.source.imports import ImportFinder, imported_names

NAME = ".loopscope_cache"


class LintCache:
    """A directory of a project that holds what was found in its files.

    Whatever it holds, a wrong or unreadable entry is the same as none.

    Args:
        root: The directory of the project.
        settings: What else the findings depend on, as text.
    """

    def __init__(self, root: Path, settings: str) -> None:
        self._file = root / NAME / "lint.json"
        self._version = f"{rules_version()} {settings}"
        self._entries = self._load()

    def find(self, file: str, key: str) -> list[Finding] | None:
        """Return what was found in a file, None where it or its imports have changed since."""
        entry = self._entries.get(file)
        if not isinstance(entry, dict) or entry.get("key") != key:
            return None
        try:
            return [_finding(one) for one in entry["findings"]]
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            return None

    def keep(self, found: Mapping[str, tuple[str, Sequence[Finding]]]) -> str:
        """Write down what was found, beside what is there; return why that failed, or ""."""
        for file, (key, findings) in found.items():
            self._entries[file] = {"key": key, "findings": [_entry(one) for one in findings]}
        text = json.dumps({"version": self._version, "files": self._entries})
        directory = self._file.parent
        try:
            directory.mkdir(exist_ok=True)
            (directory / ".gitignore").write_text("*\n", encoding="utf-8")
            handle, name = tempfile.mkstemp(dir=directory)
            with os.fdopen(handle, "w", encoding="utf-8") as file_object:
                file_object.write(text)
            Path(name).replace(self._file)  # whole, whoever else writes
        except (OSError, ValueError) as error:
            return f"what was found could not be kept in {directory}: {error}"
        return ""

    def _load(self) -> dict[str, Any]:
        try:
            document = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(document, dict) or document.get("version") != self._version:
            return {}
        files = document.get("files")
        return files if isinstance(files, dict) else {}


@cache
def rules_version() -> str:
    """Return a digest of the code that decides what is found."""
    package = Path(__file__).parents[1]
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for room in ("analysis", "model", "source"):
        for file in sorted((package / room).rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def keys_of(texts: Mapping[str, str]) -> dict[str, str]:
    """Return for each file a digest of all that may decide what is found in it.

    That is the file, all that it imports, near or far, and all that import it, since who calls a
    function decides too: every file that a chain of imports in either direction leads to.
    """
    own = {
        file: hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        for file, text in texts.items()
    }
    found: dict[str, str] = {}
    linked = _linked(texts)
    for file in texts:
        if file not in found:
            together = reached(file, linked)
            found.update(dict.fromkeys(together, _digest(own, together)))
    return found


def _linked(texts: Mapping[str, str]) -> dict[str, set[str]]:
    """Return for each file those that it imports and those that import it."""
    finder = ImportFinder.among(texts)
    linked: dict[str, set[str]] = {file: set() for file in texts}
    for file, text in texts.items():
        for name in imported_names(text):
            other = finder.find(name, file)
            if other is not None:
                linked[file].add(other)
                linked[other].add(file)
    return linked


def reached(file: str, linked: Mapping[str, set[str]]) -> set[str]:
    """Return a file and all that links lead to, near or far."""
    found = {file}
    pending = [file]
    while pending:
        new = linked[pending.pop()] - found
        found |= new
        pending.extend(new)
    return found


def with_linked(files: Iterable[str], texts: Mapping[str, str]) -> dict[str, str]:
    """Return the texts of some files, of all that they import and of all that import them."""
    linked = _linked(texts)
    wanted: set[str] = set()
    for file in files:
        if file not in wanted:
            wanted |= reached(file, linked)
    return {file: text for file, text in texts.items() if file in wanted}


def _digest(own: Mapping[str, bytes], files: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.encode("utf-8", "surrogatepass") + b"\0" + own[file])
    return digest.hexdigest()


def _entry(one: Finding) -> dict[str, Any]:
    where = one.where
    return {
        "rule": one.rule,
        "where": [
            where.file,
            where.function,
            where.line,
            where.end_line,
            where.column,
            where.end_column,
            where.first_line,
        ],
        "message": one.message,
        "remedy": one.remedy,
        "confidence": int(one.confidence),
        "evidence": one.evidence,
    }


def _finding(entry: dict[str, Any]) -> Finding:
    file, function, *numbers = entry["where"]
    line, end_line, column, end_column, first_line = (int(one) for one in numbers)
    return Finding(
        rule=str(entry["rule"]),
        where=Location(
            str(file), str(function), line, end_line, column, end_column, first_line, Origin.USER
        ),
        message=str(entry["message"]),
        remedy=str(entry["remedy"]),
        confidence=Confidence(entry["confidence"]),
        evidence=dict(entry["evidence"]),
    )
