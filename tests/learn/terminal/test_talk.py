"""What a terminal is shown: lines that fit, and no escapes, whatever a lesson holds."""

import io

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from loopscope.learn.terminal.talk import Terminal
from loopscope.views.terminal.glyphs import ASCII, UNICODE, Glyphs


def said(text: str, glyphs: Glyphs = UNICODE) -> list[str]:
    """Return the lines that a terminal of 40 columns shows."""
    file = io.StringIO()
    Terminal(Console(file=file, width=40, color_system=None), glyphs).say(text)
    return file.getvalue().split("\n")[:-1]


def test_long_lines_are_broken_and_keep_their_indent() -> None:
    """The rest of a line stands under its begin."""
    assert said("   one two three four five six seven eight nine") == [
        "   one two three four five six seven",
        "   eight nine",
    ]
    assert said("") == [""]


@given(text=st.text(max_size=200))
def test_nothing_gets_out(text: str) -> None:
    """Control characters are left out, and a dumb terminal gets ASCII."""
    for glyphs in (UNICODE, ASCII):
        lines = said(text, glyphs)
        assert all(line.isprintable() for line in lines)
        assert all(len(line) <= 40 for line in lines)
    assert "".join(lines).isascii()
