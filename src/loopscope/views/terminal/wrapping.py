"""Breaks sentences into the lines of a terminal."""

from collections.abc import Iterator

from rich.cells import cell_len
from rich.text import Text


def hanging(head: Text, sentence: Text, width: int) -> Iterator[Text]:
    """Break a sentence into lines that all begin where the first one does.

    Args:
        head: What stands before the first line.
        sentence: What to break, at spaces where possible.
        width: How many cells a line may have.
    """
    indent = head.cell_len
    room = max(width - indent, 1)
    for at, (start, stop) in enumerate(_breaks(sentence.plain, room)):
        line = head.copy() if at == 0 else Text(" " * indent)
        part = sentence[start:stop]
        part.plain = part.plain.replace("\xa0", " ")
        line.append(part)
        line.rstrip()
        line.truncate(width)
        line.no_wrap = True
        yield line


def wrapped(text: Text, width: int, indent: str = "") -> Iterator[Text]:
    """Break a text into lines; one that begins with ``indent`` goes on below it, as far in."""
    head, body = Text(), text
    if indent and text.plain.startswith(indent):
        head, body = Text(indent), text[len(indent) :]
    return hanging(head, body, width)


def _breaks(text: str, room: int) -> Iterator[tuple[int, int]]:
    """Return where each line of a text begins and ends."""
    start = 0
    while start < len(text):
        stop = _fitting(text, start, room)
        if stop < len(text):
            space = text.rfind(" ", start + 1, stop + 1)
            stop = space if space > start else stop
        yield start, stop
        start = stop
        while start < len(text) and text[start] == " ":
            start += 1


def _fitting(text: str, start: int, room: int) -> int:
    """Return how far a text goes in some room, at least one character."""
    cells = 0
    for at in range(start, len(text)):
        cells += cell_len(text[at])
        if cells > room:
            return max(at, start + 1)
    return len(text)
