"""Where a watch is shown: a live table in a terminal, or lines for everything else."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Protocol

from rich.console import Console
from rich.live import Live
from rich.text import Text

from spotprice.exchanges.base import Exchange
from spotprice.views.signs import MOST_COLUMNS, choose_signs, make_console, print_lines
from spotprice.views.table import Page
from spotprice.views.watch_table import live_lines
from spotprice.views.watch_view import Sheet, plain_lines, watch_document
from spotprice.watch.options import WatchOptions

_REFRESHED_EVERY_S = 0.25
_LONG = 10_000  # lines: as many as there are


class Screen(Protocol):
    """Shows how things stand.

    Attributes:
        first_s: When it does for the first time.
        every_s: How often it does from then on.
    """

    first_s: float
    every_s: float

    def show(self, sheets: Sequence[Sheet]) -> None:
        """Show all markets."""


@contextmanager
def open_screen(options: WatchOptions, exchanges: Mapping[str, Exchange]) -> Iterator[Screen]:
    """Provide the screen that suits the options and the standard output, and leave it tidy."""
    if options.as_json:
        yield _Documents(exchanges, options, sys.stdout)
        return
    console = Console(file=sys.stdout, highlight=False)
    if not console.is_terminal or console.is_dumb_terminal or console.legacy_windows:
        yield _Lines(exchanges, options, sys.stdout)
        return
    table = _Table(exchanges, options, console)
    try:
        with table.live:
            yield table
    finally:
        table.leave()


class _Documents:
    """One JSON document a line."""

    def __init__(
        self, exchanges: Mapping[str, Exchange], options: WatchOptions, output: IO[str]
    ) -> None:
        self.first_s, self.every_s = options.deadline_s, options.interval_s
        self._exchanges = exchanges
        self._output = output

    def show(self, sheets: Sequence[Sheet]) -> None:
        document = watch_document(sheets, self._exchanges)
        self._output.write(json.dumps(document, separators=(",", ":")) + "\n")
        self._output.flush()


class _Lines:
    """One plain line a market."""

    def __init__(
        self, exchanges: Mapping[str, Exchange], options: WatchOptions, output: IO[str]
    ) -> None:
        self.first_s, self.every_s = options.deadline_s, options.interval_s
        _, signs = make_console(output)
        self._page = Page(exchanges, signs, MOST_COLUMNS)
        self._output = output

    def show(self, sheets: Sequence[Sheet]) -> None:
        self._output.write("".join(f"{line}\n" for line in plain_lines(sheets, self._page)))
        self._output.flush()


class _Table:
    """A table that is written over itself, so that nothing flickers, on the second screen."""

    first_s = every_s = _REFRESHED_EVERY_S

    def __init__(
        self, exchanges: Mapping[str, Exchange], options: WatchOptions, console: Console
    ) -> None:
        # Drawn only by show(): a thread of its own would draw while sheets are made.
        self.live = Live(
            console=console,
            screen=True,
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._exchanges = exchanges
        self._note = _note(options)
        self._sheets: Sequence[Sheet] = ()

    def show(self, sheets: Sequence[Sheet]) -> None:
        self._sheets = sheets
        lines = self._lines(self.live.console.size.height)
        self.live.update(Text("\n").join(lines), refresh=True)

    def leave(self) -> None:
        """Leave the last table on the screen that the watch was started from."""
        if self._sheets:
            print_lines(self.live.console, self._lines(_LONG)[:-1])

    def _lines(self, height: int) -> list[Text]:
        console = self.live.console
        width = min(console.size.width, MOST_COLUMNS)
        page = Page(self._exchanges, choose_signs(console), width)
        return live_lines(self._sheets, page, height, self._note)


def _note(options: WatchOptions) -> str:
    how = "listened to" if options.is_stream else f"asked every {options.interval_s:g} s"
    count = len(options.exchanges)
    return f"{count} exchange{'' if count == 1 else 's'} {how}; Ctrl-C ends"
