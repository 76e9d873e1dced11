"""Talking to a learner in a terminal."""

import select
import sys
import textwrap
from pathlib import Path
from typing import Final, Protocol

from rich.console import Console
from rich.text import Text

from loopscope.learn.workspace import Stamp, stamp
from loopscope.views.terminal.glyphs import Glyphs

LOOK_EVERY_S: Final = 0.3
WIDEST: Final = 96
"""Longer lines are hard to read."""


class Leaving(Exception):  # noqa: N818  (it is no fault)
    """The learner wants to stop for now."""


class Talk(Protocol):
    """How a session talks to a learner."""

    def say(self, text: str = "", style: str = "") -> None:
        """Say something; lines that are too long are broken, and keep their indent."""

    def ask(self, prompt: str) -> str:
        """Ask for a line.

        Raises:
            Leaving: There is no more input.
        """

    def wait(self, file: Path, seen: Stamp) -> str | None:
        """Return the next line the learner types, or None once the file was saved.

        Args:
            file: The file.
            seen: Its stamp when it was looked at last.

        Raises:
            Leaving: There is no more input.
        """


class Terminal:
    """Talks on standard input and output.

    Args:
        console: What is written to.
        glyphs: The signs it can show.
    """

    def __init__(self, console: Console, glyphs: Glyphs) -> None:
        self._console = console
        self._glyphs = glyphs
        self._width = min(console.width, WIDEST)

    def say(self, text: str = "", style: str = "") -> None:
        """Say something. Whatever a lesson or a program put into it, no escape gets out."""
        for line in text.splitlines() or [""]:
            clean = self._glyphs.clean(line).rstrip()
            indent = " " * (len(clean) - len(clean.lstrip()))
            rows = textwrap.wrap(clean, self._width, subsequent_indent=indent) or [""]
            for row in rows:
                self._console.print(Text(row, style), soft_wrap=True)

    def ask(self, prompt: str) -> str:
        """Ask for a line."""
        self._console.print(Text(self._glyphs.clean(prompt), "bold"), end="", soft_wrap=True)
        return self._line()

    def wait(self, file: Path, seen: Stamp) -> str | None:
        """Wait for a line or for the file to be saved."""
        while not select.select([sys.stdin], [], [], LOOK_EVERY_S)[0]:
            if stamp(file) not in (seen, None):
                return None
        return self._line()

    @staticmethod
    def _line() -> str:
        line = sys.stdin.readline()
        if not line:
            raise Leaving
        return line.strip()
