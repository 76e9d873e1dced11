"""The signs and colours of the terminal views, and the cleaning of text that came from a trace.

Every state has a sign of its own in both sets, so nothing depends on colour. The colours are
those of Okabe and Ito, which people with any kind of colour vision can tell apart.
"""

from dataclasses import dataclass, fields
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.console import Console

from loopscope.model.kinds import Fate
from loopscope.model.units import format_ns

STYLES: Final = {
    "running": "bold #56b4e9",
    "stall": "bold #d55e00",
    "stall_label": "bold reverse #d55e00",
    "ready": "#e69f00",
    "sleep": "#999999",
    "io": "#0072b2",
    "sync": "#cc79a7",
    "task": "#009e73",
    "idle": "dim",
    "returned": "#56b4e9",
    "raised": "bold #d55e00",
    "cancelled": "#999999",
    "abandoned": "bold #cc79a7",
    "pending": "dim",
    "name": "bold",
    "faint": "dim",
    "place": "#56b4e9",
}


@dataclass(frozen=True)
class Glyphs:
    """A set of signs, each one cell wide."""

    running: str
    most: str
    """Ran for more than a third of a column."""
    part: str
    """Ran for less than that."""
    stall: str
    ready: str
    sleep: str
    io: str
    sync: str
    task: str
    idle: str
    returned: str
    raised: str
    cancelled: str
    abandoned: str
    pending: str
    ellipsis: str
    times: str
    micro: str

    @property
    def is_ascii(self) -> bool:
        """Whether this is the set for outputs that can show nothing else."""
        return self.running.isascii()

    def end(self, fate: Fate) -> str:
        """Return the mark of how a task ended."""
        return str(getattr(self, fate.word))

    def duration(self, ns: int) -> str:
        """Return a duration as text that the output can show."""
        return format_ns(ns, self.micro)

    def clean(self, text: str) -> str:
        """Return untrusted text as one line of what the output can show, without escapes."""
        shown = "".join(" " if char.isspace() else char for char in text if _is_shown(char))
        return shown.encode("ascii", "replace").decode() if self.is_ascii else shown

    def fit(self, text: str, width: int) -> str:
        """Cut text to a width in cells; an ellipsis tells that something is missing."""
        if cell_len(text) <= width:
            return text
        if width < 1:
            return ""
        return set_cell_size(text, width - 1).rstrip() + self.ellipsis


UNICODE: Final = Glyphs(
    running="█",
    most="▌",
    part="▎",
    stall="▓",
    ready="▄",
    sleep="─",
    io="╌",
    sync="┈",
    task="═",
    idle="·",
    returned="✓",
    raised="✗",
    cancelled="⊘",
    abandoned="?",
    pending="▸",
    ellipsis="…",
    times="×",  # noqa: RUF001
    micro="µ",
)

ASCII: Final = Glyphs(
    running="#",
    most="I",
    part="|",
    stall="!",
    ready="=",
    sleep="-",
    io="~",
    sync=":",
    task="_",
    idle=".",
    returned="*",
    raised="X",
    cancelled="o",
    abandoned="?",
    pending=">",
    ellipsis="~",
    times="x",
    micro="u",
)


def choose_glyphs(console: Console) -> Glyphs:
    """Return the signs a console can show: ASCII for dumb terminals and narrow encodings."""
    if console.is_dumb_terminal or console.legacy_windows:
        return ASCII
    signs = "".join(str(getattr(UNICODE, field.name)) for field in fields(UNICODE))
    try:
        signs.encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return UNICODE


def _is_shown(char: str) -> bool:
    # Not printable: control characters (escapes), invisible ones (some turn the direction of
    # writing), lone surrogates (which cannot be written), line breaks, unassigned code points.
    return char.isprintable() or char.isspace()
