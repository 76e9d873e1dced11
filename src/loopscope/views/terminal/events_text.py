"""The narrated sequence as text: a line an event, with the time and who acts."""

from collections.abc import Iterable, Iterator

from rich.cells import set_cell_size
from rich.text import Text

from loopscope.analysis.events import Code, Duration, Event, EventKind, Piece, Who
from loopscope.views.terminal.glyphs import STYLES, Glyphs
from loopscope.views.terminal.units import format_clock
from loopscope.views.terminal.wrapping import hanging

_TIME_WIDTH = 10
_MOST_ACTOR_SHARE = 5
_STYLE_OF_KIND = {
    EventKind.RUNS: "running",
    EventKind.STALLS: "stall",
    EventKind.SUSPENDS: "faint",
    EventKind.IDLE: "faint",
    EventKind.LOOP_STARTS: "faint",
    EventKind.LOOP_STOPS: "faint",
    EventKind.WAKES: "ready",
}


def event_lines(events: Iterable[Event], glyphs: Glyphs, width: int) -> Iterator[Text]:
    """Write events, one after the other as they come.

    A time, an actor or a file that is the same as in the line above is left out; a sentence too
    long for a line goes on below, further in.

    Args:
        events: The events, in order.
        glyphs: The signs that can be shown.
        width: How many cells a line may have.
    """
    actor_width = max(width // _MOST_ACTOR_SHARE - 4, 8)
    before: tuple[str, str, int] = ("", "", -2)
    file = ""
    for event in events:
        time = format_clock(event.since_start_ns)
        same_step = (event.actor, event.step) == before[1:] and event.step >= 0
        shown_time = "" if time == before[0] and same_step else time
        before = time, event.actor, event.step
        actor = "" if same_step else glyphs.fit(glyphs.clean(event.actor), actor_width)
        head = Text(shown_time.rjust(_TIME_WIDTH), STYLES["faint"])
        head.append("  ")
        padded = set_cell_size(actor, actor_width)
        head.append(padded, STYLES["name"] if event.task_id else STYLES["faint"])
        head.append("  ")
        sentence, file = pieces_text(event.pieces, glyphs, file)
        style = _STYLE_OF_KIND.get(event.kind)
        if style:
            sentence.stylize_before(STYLES[style])
        yield from hanging(head, sentence, width)


def pieces_text(pieces: Iterable[Piece], glyphs: Glyphs, file: str = "") -> tuple[Text, str]:
    """Write the pieces of a sentence.

    Args:
        pieces: The pieces.
        glyphs: The signs that can be shown.
        file: The file that the reader was told last: only other files are named.

    Returns:
        The sentence, and the file that was told last now.
    """
    text = Text()
    for piece in pieces:
        if isinstance(piece, str):
            text.append(glyphs.clean(piece))
        elif isinstance(piece, Who):
            text.append(glyphs.clean(piece.name), STYLES["name"])
        elif isinstance(piece, Duration):
            text.append(glyphs.duration(piece.ns).replace(" ", "\xa0"))
        elif isinstance(piece, Code):
            text.append(glyphs.clean(piece.text))
        elif piece.line and piece.file == file:
            text.append(f"line {piece.line}")
        else:
            text.append(glyphs.clean(piece.short))
            file = piece.file
    return text, file
