"""Reads the values of a description one by one; whatever does not fit is one clear sentence."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Never, TypeVar

from loopscope.errors import LoopscopeError, WorldError
from loopscope.simulator.durations import parse_duration
from loopscope.simulator.hosts.handlers import import_handler
from loopscope.simulator.hosts.toml_lines import Key

T = TypeVar("T")
Table = Mapping[str, Any]

LONGEST_TEXT: Final = 64 * 1024 * 1024
SHOWN: Final = 60
"""How much of a value a message shows."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a description something stands, and how to read what it refers to.

    Attributes:
        where: For messages: ``W.toml: host api.example.com: latency``.
        base: The directory that paths of files are relative to.
        imports: Whether handlers are imported, or only looked at.
        error: What is raised when something does not fit.
        slug: The heading under which the manual explains that.
        path: Where it stands in the file, as ``lines`` knows it.
        lines: The lines of the file's keys; empty if there is no file.
    """

    where: str
    base: Path
    imports: bool = True
    error: type[LoopscopeError] = WorldError
    slug: str = "world-description"
    path: Key = ()
    lines: Mapping[Key, int] = field(default_factory=dict, repr=False)

    def at(self, key: str, *path: str) -> "Place":
        """Return the place of a key below this one.

        Args:
            key: What messages call it.
            *path: Its names in the file, if they are not the words of the key.
        """
        below = self.path + (path or tuple(key.split()))
        return replace(self, where=f"{self.where}: {key}", path=below)

    def refuse(self, problem: str, key: str = "") -> Never:
        """Say what is wrong here, or with a key below.

        Raises:
            LoopscopeError: Always.
        """
        file, colon, inside = self.where.partition(": ")
        line = self._line((*self.path, key))
        where = f"{file}:{line}{colon}{inside}" if line else self.where
        raise self.error(f"{where}: {problem}", slug=self.slug)

    def _line(self, path: Key) -> int:
        """Return the line of the innermost key on the way to a place that has one; else 0."""
        ways = (path[:end] for end in range(len(path), 0, -1))
        return next((self.lines[way] for way in ways if way in self.lines), 0)


def shown(value: object) -> str:
    """Return a value as a message shows it: short, and on one line."""
    try:
        text = repr(value)
    except (RecursionError, ValueError):  # nested too deeply; a number of too many digits
        text = f"a {type(value).__name__}"
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def table(value: object, place: Place, allowed: tuple[str, ...]) -> Table:
    """Return a table that has no other keys than those allowed."""
    if not isinstance(value, Mapping):
        place.refuse(f"{shown(value)} is no table; write {{ key = value }}.")
    for key in value:
        if key not in allowed:
            place.refuse(
                f"there is no key {shown(key)}; there are: {', '.join(allowed)}.", key=str(key)
            )
    return value


def entries(value: object, place: Place, most: int) -> list[tuple[str, Any]]:
    """Return what a table holds whose keys are names that the file chooses itself."""
    if not isinstance(value, Mapping):
        place.refuse(f"{shown(value)} is no table; write {{ key = value }}.")
    return rows(list(value.items()), place, most)


def text(value: object, place: Place) -> str:
    """Return a text that is not empty."""
    if not isinstance(value, str) or not value:
        place.refuse(f'{shown(value)} is no text; write it in quotes, as in "text".')
    return value


def choice(value: object, place: Place, allowed: tuple[str, ...]) -> str:
    """Return one of the words allowed."""
    if not isinstance(value, str) or value not in allowed:
        place.refuse(f"{shown(value)} is none of: {', '.join(allowed)}.")
    return value


def flag(value: object, place: Place) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        place.refuse(f"{shown(value)} is neither true nor false.")
    return value


def whole(value: object, place: Place, least: int, most: int) -> int:
    """Return a whole number within its limits."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        place.refuse(f"{shown(value)} is no whole number from {least} to {most}.")
    return value


def number(value: object, place: Place, least: float, most: float) -> float:
    """Return a number within its limits."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not least <= value <= most:  # type: ignore[operator]
        place.refuse(f"{shown(value)} is no number from {least:g} to {most:g}.")
    return float(value)  # type: ignore[arg-type]


def rate(value: object, place: Place) -> float:
    """Return how often something happens: 0 to 1."""
    found = number(value, place, 0, 1)
    return 0.0 if math.isnan(found) else found


def duration(value: object, place: Place) -> int:
    """Return a duration in ns."""
    if not isinstance(value, str):
        place.refuse(f'{shown(value)} is no duration; write it with its unit, as in "100ms".')
    try:
        return parse_duration(value)
    except ValueError as error:
        place.refuse(str(error))


def rows(value: object, place: Place, most: int) -> list[Any]:
    """Return a list that is not too long."""
    if not isinstance(value, list | tuple):
        place.refuse(f"{shown(value)} is no list; write [ ... ].")
    if len(value) > most:
        place.refuse(f"there are {len(value)} entries; at most {most} are allowed.")
    return list(value)


def existing(value: object, place: Place, kind: str) -> Path:
    """Return the path of a ``file`` or ``directory`` that is there."""
    name = text(value, place)
    path = place.base / name
    try:
        is_there = path.is_file() if kind == "file" else path.is_dir()
    except (OSError, ValueError):  # a name that no file can have
        is_there = False
    if not is_there:
        place.refuse(f"there is no {kind} {shown(name)} in {place.base}.")
    return path


def contents(path: Path, place: Place) -> bytes:
    """Return what is in a file."""
    try:
        if path.stat().st_size > LONGEST_TEXT:
            place.refuse(f"{path.name} is longer than 64 MiB.")
        return path.read_bytes()
    except OSError as error:
        place.refuse(f"{path.name} cannot be read: {error.strerror}.")


def function(value: object, place: Place) -> Callable[..., Any]:
    """Return a handler: a function, or its name as ``module:function``."""
    if callable(value):
        return value
    try:
        return import_handler(text(value, place), place.base, imports=place.imports)
    except ValueError as error:
        place.refuse(str(error))
