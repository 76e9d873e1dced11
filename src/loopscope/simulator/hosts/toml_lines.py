"""Finds the lines on which the keys of a TOML file stand: ``tomllib`` does not tell."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

Key = tuple[str, ...]

_NAME: Final = r"""(?:"[^"]*"|'[^']*'|[\w-]+)"""
_DOTTED: Final = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_HEADER: Final = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]")
_VALUE: Final = re.compile(rf"\s*({_DOTTED})\s*=")
_LONG_TEXT: Final = re.compile("\"\"\"|'''")


def key_lines(text: str) -> dict[Key, int]:
    """Return the line, from 1, of each table and key that begins a line.

    The second table of ``[[host]]`` is ``("host", "2")``, its key ``port`` ``("host", "2",
    "port")``. What stands within a value (``{ port = 1 }``) is not found; its key is.

    Args:
        text: A file that is valid TOML.
    """
    lines: dict[Key, int] = {}
    counts: Counter[Key] = Counter()
    table: Key = ()
    for number, line in _lines_outside_texts(text):
        if header := _HEADER.match(line):
            is_one_of_many = header[1] == "[["
            table = _table(_names(header[2]), counts, is_one_of_many=is_one_of_many)
            if is_one_of_many:
                lines.setdefault(table[:-1], number)
            lines.setdefault(table, number)
        elif value := _VALUE.match(line):
            lines.setdefault(table + _names(value[1]), number)
    return lines


def _lines_outside_texts(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that do not begin inside a text of several lines, with their numbers."""
    ending = ""
    for number, line in enumerate(text.split("\n"), 1):
        if not ending:
            yield number, line
        for mark in _LONG_TEXT.findall(line):
            if not ending:
                ending = mark
            elif mark == ending:
                ending = ""


def _names(dotted: str) -> Key:
    return tuple(name.strip("\"'") for name in re.findall(_NAME, dotted))


def _table(names: Key, counts: Counter[Key], *, is_one_of_many: bool) -> Key:
    """Return the key of a table that a header opens, with the number of each table of many."""
    key: Key = ()
    for place, name in enumerate(names, 1):
        key += (name,)
        if place == len(names) and is_one_of_many:
            counts[key] += 1
        if counts[key]:
            key += (str(counts[key]),)
    return key
