"""Writes the pieces that the summary and the account of one task are made of."""

from collections.abc import Iterator
from typing import Final

from rich.cells import cell_len
from rich.text import Text

from loopscope.analysis.names import TaskNames
from loopscope.model.kinds import Fate
from loopscope.model.units import counted
from loopscope.trace.columns import Trace
from loopscope.views.terminal.glyphs import Glyphs

LEAST_GAP: Final = 2

FATE_WORDS: Final = {
    Fate.PENDING: "not ended",
    Fate.RETURNED: "returned",
    Fate.RAISED: "failed",
    Fate.CANCELLED: "cancelled",
    Fate.ABANDONED: "abandoned",
}


class Pen:
    """Writes names, times and lines that fit.

    Args:
        trace: Whose tasks have names.
        glyphs: Unicode or ASCII.
        width: Columns; longer lines are cut at the end.
    """

    def __init__(self, trace: Trace, glyphs: Glyphs, width: int) -> None:
        self._names = TaskNames(trace)
        self._glyphs = glyphs
        self._width = width

    def name(self, task_id: int) -> str:
        """Return what a task is called."""
        return self._glyphs.clean(self._names.of(task_id))

    def time(self, time_ns: int) -> str:
        """Return a duration as text."""
        return self._glyphs.duration(time_ns)

    def title(self, text: str) -> Iterator[Text]:
        """Write a heading, below an empty line."""
        yield Text()
        yield self.fit(Text(text, "bold"))

    def more(self, count: int, what: str) -> Iterator[Text]:
        """Say how many more there are, if any."""
        if count > 0:
            yield Text(f"  and {counted(count, f'more {what}')}", "dim")

    def append_right(self, line: Text, text: str) -> None:
        """Put a text at the right edge, or two blanks after the line if it is long."""
        room = self._width - line.cell_len - cell_len(text)
        if room < LEAST_GAP:
            self._cut(line, self._width - cell_len(text) - 2)
            room = max(self._width - line.cell_len - cell_len(text), 0)
        line.append(" " * room + text, "dim")

    def fit(self, line: Text) -> Text:
        """Cut a line to the width."""
        return self._cut(line, self._width)

    def _cut(self, line: Text, width: int) -> Text:
        """Cut a line that is too long; the sign at its end tells that something is missing."""
        if line.cell_len > width:
            line.truncate(width - 1, overflow="crop")
            line.append(self._glyphs.ellipsis)
        return line
