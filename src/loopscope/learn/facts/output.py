"""Facts about what comes out of a program: lines, and its exit code."""

from string import ascii_lowercase

from loopscope.learn.facts.fact import Arguments, Fact, count, no_such, texts
from loopscope.learn.facts.studied import Studied
from loopscope.learn.questions.shapes import MOST_OPTIONS, Lines, Number, Order


def printed_order(studied: Studied, arguments: Arguments) -> Fact:
    """In which order lines are printed. ``lines`` are parts of them, each of one line.

    The options stand in the order of ``lines``, which should not give the answer away.
    """
    parts = texts(arguments, "lines")
    if not 1 < len(parts) <= MOST_OPTIONS:
        raise no_such(f"an order needs 2 to {MOST_OPTIONS} lines.")
    places = [_line_with(studied, part) for part in parts]
    letters = sorted(range(len(parts)), key=places.__getitem__)
    return Fact(Order(parts), tuple(ascii_lowercase[number] for number in letters))


def last_lines(studied: Studied, arguments: Arguments) -> Fact:
    """What is printed last. ``count`` is how many lines."""
    wanted = count(arguments, "count")
    lines = [line.strip() for line in studied.printed if line.strip()]
    if len(lines) < wanted:
        raise no_such(f"the program prints {len(lines)} lines.")
    return Fact(Lines(wanted), tuple(lines[-wanted:]))


def lines_printed(studied: Studied, arguments: Arguments) -> Fact:  # noqa: ARG001  (as all facts)
    """How many lines are printed, empty ones not counted."""
    return Fact(Number(), (str(sum(1 for line in studied.printed if line.strip())),))


def exit_code(studied: Studied, arguments: Arguments) -> Fact:  # noqa: ARG001
    """With which exit code the program ends."""
    return Fact(Number(), (str(studied.exit_code),))


def _line_with(studied: Studied, part: str) -> int:
    found = [number for number, line in enumerate(studied.printed) if part in line]
    if len(found) != 1:
        raise no_such(f"{len(found)} lines of the output contain {part!r}, and it must be one.")
    return found[0]
