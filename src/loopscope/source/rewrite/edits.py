"""Pieces of text that are replaced in a source file, all else being left as it is."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """What stands from one character to another becomes something else; offsets count from 0."""

    begin: int
    end: int
    text: str


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with its edits made; the same edit twice is made once.

    Args:
        text: The text, its lines ended by newlines.
        edits: Edits that do not overlap.
    """
    parts: list[str] = []
    at = 0
    for edit in sorted(set(edits)):
        parts += [text[at : edit.begin], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])


def apply_to_raw(raw: str, edits: Iterable[Edit]) -> str:
    """Return a text with edits made that were worked out with every line ended by a newline.

    Lines that are not edited keep their ends; new ones get those of the first line.
    """
    newline = "\n"
    places: list[int] = []
    for at, character in enumerate(raw):
        if character == "\n" and at and raw[at - 1] == "\r":
            continue  # one end of a line, of two characters
        places.append(at)
    places.append(len(raw))
    first = raw.partition("\n")[0]
    if len(first) < len(raw) and first.endswith("\r"):
        newline = "\r\n"
    moved = [
        Edit(places[one.begin], places[one.end], one.text.replace("\n", newline)) for one in edits
    ]
    return apply_edits(raw, moved)


class Text:
    """A source text in which nodes of its syntax tree are found again.

    Args:
        text: The text, its lines ended by newlines.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def line(self, number: int) -> str:
        """Return a line, counted from 1, without its end."""
        return self._lines[number - 1]

    def begin_of_line(self, number: int) -> int:
        """Return where a line begins, counted from 1."""
        return self._starts[number - 1]

    def end_of_line(self, number: int) -> int:
        """Return where a line ends, before its newline."""
        return self._starts[number - 1] + len(self._lines[number - 1])

    def _offset(self, line: int, column: int) -> int:
        """Return a place that is given as the syntax tree does: the column in bytes of UTF-8."""
        text = self._lines[line - 1]
        if not text.isascii():
            column = len(text.encode()[:column].decode(errors="ignore"))
        return self._starts[line - 1] + column

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Return where a node begins and where it ends."""
        end_line, end_column = node.end_lineno, node.end_col_offset
        assert end_line is not None  # noqa: S101  (it was parsed from text)
        assert end_column is not None  # noqa: S101
        return self._offset(node.lineno, node.col_offset), self._offset(end_line, end_column)

    def of(self, node: ast.expr | ast.stmt) -> str:
        """Return a node's own text."""
        begin, end = self.span(node)
        return self.text[begin:end]

    def as_part(self, target: ast.expr) -> str:
        """Return the text of a target so that it can be part of a tuple of targets."""
        text = self.of(target)
        if not isinstance(target, ast.Tuple) or not target.elts:
            return text
        if self.span(target.elts[0])[0] == self.span(target)[0]:
            return f"({text})"
        return text

    def in_parentheses(self, begin: int, end: int) -> tuple[int, int]:
        """Return a span with the parentheses right around it; the span itself without any."""
        before = self.text[:begin].rstrip()
        after = self.text[end:]
        gap = len(after) - len(after.lstrip())
        if before.endswith("(") and after[gap : gap + 1] == ")":
            return len(before) - 1, end + gap + 1
        return begin, end
