"""Questions about what comes out of a program: lines, in which order, and how it ends."""

import re
from collections.abc import Iterator
from typing import Final

from loopscope.learn.facts.studied import Studied
from loopscope.learn.quiz.posed import Draft

MOST_LINES: Final = 6
FEWEST_LETTERS: Final = 3
_TIME: Final = re.compile(r"\d+\.\d+")


def about_output(studied: Studied) -> Iterator[Draft]:
    """Ask for the order of lines, spread over the output, and for the last one."""
    parts = _telling_parts(studied)
    if len(parts) > 1:
        chosen = parts[:: max(len(parts) // MOST_LINES, 1)][:MOST_LINES]
        shown = sorted(chosen)
        if shown == chosen:
            shown.reverse()
        yield Draft(
            "In which order are these lines printed?",
            "printed-order",
            {"lines": shown},
            "A line is printed when its task gets to run: see which task waits, and for how long."
            if studied.summary.loops
            else "One statement is over before the next one begins.",
        )
    last = next((line for line in reversed(studied.printed) if line.strip()), "")
    if studied.is_exact or not _TIME.search(last):
        yield Draft(
            "What is the last line that it prints?",
            "last-lines",
            {"count": 1},
            "It belongs to what is over last.",
        )


def about_end(studied: Studied) -> Iterator[Draft]:
    """Ask how many lines there are, and with which exit code it ends."""
    count = sum(1 for line in studied.printed if line.strip())
    yield Draft(
        "How many lines does it print?",
        "lines-printed",
        {},
        f"{count} in all." if count else "None.",
    )
    yield Draft(
        "With which exit code does it end?",
        "exit-code",
        {},
        "0 says that all went well; an error that nobody caught is 1, Ctrl-C is 130.",
    )


def _telling_parts(studied: Studied) -> list[str]:
    """Return lines, or what stands in them before a measured time, that no other line contains."""
    lines = [line.strip() for line in studied.printed if line.strip()]
    parts = (_TIME.split(line)[0].strip() for line in lines)
    return [
        part
        for part in parts
        if len(part) >= FEWEST_LETTERS and sum(part in line for line in lines) == 1
    ]
