"""Comments that say which findings of a line are meant: ``# loopscope: ignore[rule] reason``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_IGNORE = re.compile(r"#\s*loopscope:\s*ignore\b(?:\[([^\]]*)\])?")


@dataclass(frozen=True, slots=True)
class Ignore:
    """One such comment.

    Attributes:
        comment_line: The line it stands on.
        line: The line it speaks of: its own, or the next where it has a line to itself.
        rules: The names in its brackets, none where it has no brackets.
    """

    comment_line: int
    line: int
    rules: tuple[str, ...]


def ignores_of(text: str, comments: Mapping[int, str]) -> list[Ignore]:
    """Return the ignore comments of a file.

    Args:
        text: Its text.
        comments: Its comments by line.
    """
    lines = text.split("\n")
    found: list[Ignore] = []
    for number, comment in comments.items():
        match = _IGNORE.search(comment)
        if match is None:
            continue
        is_alone = lines[number - 1].lstrip().startswith("#")
        names = tuple(name.strip() for name in (match[1] or "").split(",") if name.strip())
        found.append(Ignore(number, _next_code(lines, number) if is_alone else number, names))
    return found


def _next_code(lines: list[str], number: int) -> int:
    """Return the first line after a comment that is neither empty nor a comment."""
    for later in range(number + 1, len(lines) + 1):
        bare = lines[later - 1].strip()
        if bare and not bare.startswith("#"):
            return later
    return number
