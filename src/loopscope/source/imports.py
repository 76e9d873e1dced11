"""Finds the file of a project that an import means."""

import re
from collections.abc import Callable, Collection
from pathlib import PurePath

MOST_LEVELS = 64


class ImportFinder:
    """Finds files by the names that imports give them, as Python would from where they stand.

    An absolute name is looked for beside the importing file, then in each directory above it:
    scripts import their neighbours, packages are imported from the directory they lie in, and
    both are the first that is found on the way up. A file outside the project is not found.

    Args:
        locate: Returns the file that the parts of a path name, None where there is none.
    """

    def __init__(self, locate: Callable[[tuple[str, ...]], str | None]) -> None:
        self._locate = locate
        self._known: dict[tuple[tuple[str, ...], str], str | None] = {}

    @classmethod
    def among(cls, files: Collection[str]) -> "ImportFinder":
        """Make one that knows these files and no others."""
        return cls({PurePath(file).parts: file for file in files}.get)

    def find(self, name: str, importer: str) -> str | None:
        """Return the file that ``name`` means in ``importer``, None where it is foreign.

        Args:
            name: A dotted name, with the dots of a relative import in front.
            importer: The file that imports it.
        """
        directory = PurePath(importer).parts[:-1]
        question = (directory, name)
        if question not in self._known:
            self._known[question] = self._find(name, directory)
        return self._known[question]

    def _find(self, name: str, directory: tuple[str, ...]) -> str | None:
        bare = name.lstrip(".")
        level = len(name) - len(bare)
        parts = tuple(bare.split(".")) if bare else ()
        if level:
            if level - 1 > len(directory):
                return None
            return self._at(directory[: len(directory) - level + 1], parts)
        for up in range(min(len(directory), MOST_LEVELS) + 1):
            found = self._at(directory[: len(directory) - up], parts)
            if found is not None:
                return found
        return None

    def _at(self, directory: tuple[str, ...], parts: tuple[str, ...]) -> str | None:
        if parts:
            found = self._locate((*directory, *parts[:-1], f"{parts[-1]}.py"))
            if found is not None:
                return found
        return self._locate((*directory, *parts, "__init__.py"))


_STATEMENT = re.compile(
    r"^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]*(\([^)]*\)|[^\n;#]*)|import[ \t]+([^\n;#]*))",
    re.MULTILINE,
)
_NAME = re.compile(r"[.\w]+")


def imported_names(text: str) -> set[str]:
    """Return all names that a text may import, without parsing it; some may be none.

    ``from a import b`` gives ``a`` and ``a.b``, since ``b`` may be a module.
    """
    found: set[str] = set()
    for origin, names, plain in _STATEMENT.findall(text.replace("\\\n", " ")):
        if plain:
            found.update(_NAME.findall(plain))
            continue
        found.add(origin)
        joint = "" if origin.endswith(".") else "."
        found.update(f"{origin}{joint}{name}" for name in _NAME.findall(names))
    return found
