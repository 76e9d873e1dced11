"""Questions about what a program prints: in which order, and last."""

from collections import Counter
from collections.abc import Iterator

from loopscope.learn.facts.studied import Studied
from loopscope.learn.quiz.posed import Draft

FEWEST_LINES = 3
MOST_LINES = 6


def about_output(studied: Studied) -> Iterator[Draft]:
    """Ask for the order of lines, spread over the output, and for the last one."""
    lines = _telling_lines(studied)
    if len(lines) >= FEWEST_LINES:
        chosen = lines[:: max(len(lines) // MOST_LINES, 1)][:MOST_LINES]
        shown = sorted(chosen)
        if shown == chosen:
            shown.reverse()
        yield Draft(
            "In which order are these lines printed?",
            "printed-order",
            {"lines": shown},
            "A line is printed when its task gets to run: see which task waits, and for how long.",
        )
    if lines and lines[-1] == studied.printed[-1].strip():
        yield Draft(
            "What is the last line that it prints?",
            "last-lines",
            {"count": 1},
            "It belongs to the task that is over last.",
        )


def _telling_lines(studied: Studied) -> list[str]:
    """Return the lines that stand once in the output, and in no other line."""
    lines = [line.strip() for line in studied.printed if line.strip()]
    once = [line for line, count in Counter(lines).items() if count == 1]
    return [line for line in once if sum(line in other for other in lines) == 1]
