"""Facts that are a line of the program."""

from loopscope.learn.facts.fact import Arguments, Fact, no_such
from loopscope.learn.facts.moves import Run, moves
from loopscope.learn.facts.studied import Studied
from loopscope.learn.questions.shapes import SourceLine


def line_that_blocks(studied: Studied, arguments: Arguments) -> Fact:  # noqa: ARG001
    """Which line held the loop longest."""
    for stall in studied.summary.stalls:
        if studied.is_own(stall.where.file):
            return Fact(SourceLine(studied.source), (str(stall.where.line),))
    raise no_such("no line of the program holds the loop.")


def line_that_waits(studied: Studied, arguments: Arguments) -> Fact:  # noqa: ARG001
    """At which line control goes back to the loop: the one that waits longest in sum."""
    waited = waited_by_line(studied)
    if not waited:
        raise no_such("no line of the program waits.")
    longest = max(waited, key=lambda line: (waited[line], -line))
    return Fact(SourceLine(studied.source), (str(longest),))


def waited_by_line(studied: Studied) -> dict[int, int]:
    """Return for how many nanoseconds in sum each line of the program waits."""
    waited: dict[int, int] = {}
    for move in moves(studied):
        if isinstance(move, Run) and move.awaited and studied.is_own(move.awaited.where.file):
            line = move.awaited.where.line
            waited[line] = waited.get(line, 0) + move.until_ns - move.end_ns
    return waited
