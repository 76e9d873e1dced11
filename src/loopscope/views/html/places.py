"""A table of the places that a page names, each once."""

from loopscope.model.location import Location

LONGEST_WORD = 500
"""Names and texts beyond this many characters are cut: nobody reads them, and a trace may lie."""


def clip(text: str, most: int = LONGEST_WORD) -> str:
    """Cut a text that is too long to be meant for people."""
    return text if len(text) <= most else text[: most - 1] + "…"


class PlaceTable:
    """Numbers places and files; number 0 is "nowhere"."""

    def __init__(self) -> None:
        self._places: dict[Location, int] = {}
        self._files: dict[str, int] = {"": 0}
        self.rows: list[list[str | int]] = [[0, "", 0, 0, -1, -1, 0, 0]]

    def add(self, place: Location | None) -> int:
        """Return the number of a place, 0 for None."""
        if place is None:
            return 0
        number = self._places.get(place)
        if number is None:
            number = self._places[place] = len(self.rows)
            file = self._files.setdefault(place.file, len(self._files))
            lines = [place.line, place.end_line, place.column, place.end_column, place.first_line]
            self.rows.append([file, clip(place.function), *lines, int(place.origin)])
        return number

    @property
    def files(self) -> list[str]:
        """The files by number; number 0 is the one of nowhere."""
        return list(self._files)
