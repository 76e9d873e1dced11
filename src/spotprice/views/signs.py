"""The console, its signs and colours, and the cleaning of text that came from an exchange.

Every state has a sign or a word of its own beside its colour. The colours are those of Okabe and
Ito, which people with any kind of colour vision can tell apart.
"""

import os
from dataclasses import dataclass, fields
from typing import IO, Final

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

MOST_COLUMNS = 120
_PIPE_COLUMNS = 80
_LONGEST = 300  # characters of anybody else's text

STYLES: Final = {
    "used": "bold #009e73",
    "left_out": "#e69f00",
    "failed": "#d55e00",
    "price": "bold",
    "name": "bold",
    "faint": "dim",
}


@dataclass(frozen=True, slots=True)
class Signs:
    """A set of signs that one output can show. All but ``plus_minus`` are one cell wide."""

    used: str
    left_out: str
    failed: str
    ellipsis: str
    plus_minus: str

    @property
    def is_ascii(self) -> bool:
        """Whether this is the set for outputs that can show nothing else."""
        return self.ellipsis.isascii()

    def clean(self, text: str) -> str:
        """Return anybody's text as one line of what the output can show, without escapes."""
        shown = "".join(sign if sign.isprintable() else " " for sign in text[:_LONGEST])
        line = " ".join(shown.split())
        return line.encode("ascii", "replace").decode() if self.is_ascii else line

    def fit(self, text: str, width: int) -> str:
        """Cut text to a width in cells; an ellipsis tells that something is missing."""
        if cell_len(text) <= width:
            return text
        return set_cell_size(text, width - 1).rstrip() + self.ellipsis if width > 0 else ""

    def wrap(self, text: str, width: int) -> list[str]:
        """Break text into lines of a width in cells, at spaces where there are any."""
        lines, line = [], ""
        for word in text.split():
            joined = f"{line} {word}" if line else word
            if cell_len(joined) <= width:
                line = joined
                continue
            if line:
                lines.append(line)
            line = self.fit(word, width)
        return [*lines, line]


UNICODE: Final = Signs(used="✓", left_out="○", failed="✗", ellipsis="…", plus_minus="±")
ASCII: Final = Signs(used="+", left_out="o", failed="x", ellipsis="~", plus_minus="+/-")


def make_console(file: IO[str]) -> tuple[Console, Signs]:
    """Return a console on a stream, and the signs it can show. A pipe is 80 columns wide."""
    console = Console(file=file, highlight=False, soft_wrap=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _PIPE_COLUMNS
    console.width = min(console.width, MOST_COLUMNS)
    return console, choose_signs(console)


def choose_signs(console: Console) -> Signs:
    """Return the signs a console can show: ASCII for dumb terminals and narrow encodings."""
    if console.is_dumb_terminal or console.legacy_windows:
        return ASCII
    signs = "".join(getattr(UNICODE, field.name) for field in fields(UNICODE))
    try:
        signs.encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return UNICODE


def print_lines(console: Console, lines: list[Text]) -> None:
    """Print lines, each on one line of the output."""
    for line in lines:
        console.print(line, no_wrap=True, overflow="crop", crop=True)
