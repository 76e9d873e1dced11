"""Reads the words of a trace: strings, files, places, stacks, source text."""

import numpy as np

from loopscope.model.kinds import Origin
from loopscope.model.location import NOWHERE, Location
from loopscope.trace.columns import Words
from loopscope.trace.layout import LOCATION, NODE, ORIGIN, WORD, Word


class _Book:
    """Entries by id while they are being read; ids are hostile input.

    Args:
        most: No id can be larger: ids are given out one after another.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.strings: dict[int, str] = {}
        self.files: dict[int, tuple[str, Origin]] = {}
        self.locations: dict[int, tuple[int, ...]] = {}
        self.nodes: dict[int, tuple[int, int]] = {}
        self.sources: dict[int, str] = {}

    def take(self, kind: int, number: int, payload: bytes) -> bool:
        """Keep one entry; returns False if it makes no sense."""
        if not 0 < number <= self._most:
            return False
        if kind == Word.STRING:
            self.strings[number] = _decode(payload)
        elif kind == Word.FILE and len(payload) >= ORIGIN.size:
            (origin,) = ORIGIN.unpack_from(payload)
            path = _decode(payload[ORIGIN.size :])
            self.files[number] = path, Origin(origin) if origin < len(Origin) else Origin.LIBRARY
        elif kind == Word.LOCATION and len(payload) >= LOCATION.size:
            self.locations[number] = LOCATION.unpack_from(payload)
        elif kind == Word.NODE and len(payload) >= NODE.size:
            self.nodes[number] = NODE.unpack_from(payload)
        elif kind == Word.SOURCE:
            self.sources[number] = _decode(payload)
        else:
            return False
        return True


def read_words(bodies: list[bytes], damages: list[str]) -> tuple[dict[int, str], Words]:
    """Return the strings by number, and places and stacks.

    Args:
        bodies: The bodies of the words blocks, in file order.
        damages: Takes a sentence for each kind of damage met.
    """
    book = _Book(sum(map(len, bodies)) // WORD.size)
    sound = [_read_body(body, book) for body in bodies]
    if not all(sound):
        damages.append("Some names and places are damaged and left out.")
    return book.strings, _make_words(book)


def _read_body(body: bytes, book: _Book) -> bool:
    at, sound = 0, True
    while at + WORD.size <= len(body):
        size, kind, number = WORD.unpack_from(body, at)
        if size == 0:
            return sound
        if size < WORD.size or at + size > len(body):
            return False
        sound = book.take(kind, number, body[at + WORD.size : at + size]) and sound
        at += size
    return sound


def _make_words(book: _Book) -> Words:
    locations = [NOWHERE] * (max(book.locations, default=0) + 1)
    for number, fields in book.locations.items():
        locations[number] = _make_location(book, fields)
    count = max(book.nodes, default=0) + 1
    parents, places = np.zeros(count, np.int64), np.zeros(count, np.int64)
    for number, (parent, place) in book.nodes.items():
        # A parent is always older than its child, so a chain of stacks has no cycle.
        parents[number] = parent if parent < number else 0
        places[number] = place if place < len(locations) else 0
    sources = {
        book.files[file][0]: text for file, text in book.sources.items() if file in book.files
    }
    return Words(locations, parents, places, sources)


def _make_location(book: _Book, fields: tuple[int, ...]) -> Location:
    file, function, line, end_line, column, end_column, first_line = fields
    path, origin = book.files.get(file, ("", Origin.STANDARD))
    return Location(
        path,
        book.strings.get(function, "?"),
        max(line, 0),
        max(end_line, 0),
        max(column, -1),
        max(end_column, -1),
        max(first_line, 0),
        origin,
    )


def _decode(payload: bytes) -> str:
    return payload.rstrip(b"\0").decode("utf-8", "replace")
