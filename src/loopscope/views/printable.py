"""Anybody's text made fit for a terminal: names, sources and settings may hold what one obeys."""


def printable(text: str) -> str:
    """Return one line of text with a space for all that is not to be seen."""
    return "".join(char if char.isprintable() else " " for char in text)


def printable_lines(text: str) -> str:
    """Return text with its line breaks, and a space for all else that is not to be seen."""
    return "\n".join(printable(line) for line in text.split("\n"))
