"""Texts of lessons and programs as HTML."""

from collections.abc import Sequence
from itertools import groupby

from loopscope.learn.flow.words import paragraphs
from loopscope.learn.web.markup import Html, Inside, joined, tag


def prose(text: str) -> Html:
    """Return a text of a lesson: its paragraphs, lists, and code in backticks."""
    lines = [line for line in paragraphs(text).split("\n") if line]
    parts: list[Inside] = []
    for is_list, group in groupby(lines, key=lambda line: line.startswith("- ")):
        if is_list:
            parts.append(tag("ul", *(tag("li", inline(line[2:])) for line in group)))
        else:
            parts.extend(tag("p", inline(line)) for line in group)
    return joined(parts)


def inline(text: str) -> Html:
    """Return one line, with code in backticks."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:  # one backtick has no partner
        return joined([text])
    return joined(
        tag("code", piece) if number % 2 else piece for number, piece in enumerate(pieces)
    )


def listing(lines: Sequence[str], label: str) -> Html:
    """Return a program with its line numbers."""
    width = len(str(len(lines)))
    rows = (
        joined([tag("span", f"{number:{width}} ", class_="n"), line, "\n"])
        for number, line in enumerate(lines, 1)
    )
    return printed(joined(rows), label)


def printed(inside: Inside, label: str) -> Html:
    """Return preformatted text that can be scrolled by keyboard."""
    return tag("pre", inside, tabindex="0", role="region", aria_label=label)
