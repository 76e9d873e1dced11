"""Reads a comment of a review as a learner types it."""

from collections.abc import Mapping, Sequence
from string import ascii_lowercase
from typing import Final

from loopscope.learn.beliefs import Belief
from loopscope.learn.lessons.model import Remark
from loopscope.learn.questions.shapes import Choice, NotAnAnswer, SourceLine
from loopscope.learn.review.mark import Comment, claims_offered

MOST_DIGITS: Final = 9


def claims_of(remark: Remark, beliefs: Mapping[str, Belief]) -> Choice:
    """Return what a learner can choose from, in the order in which it is lettered."""
    return Choice(tuple(claims_offered(remark, beliefs).values()))


def read_comment(
    remark: Remark,
    beliefs: Mapping[str, Belief],
    source: Sequence[str],
    typed: tuple[str, str, str],
) -> Comment:
    """Read a comment.

    Args:
        remark: What it is about.
        beliefs: The beliefs of the lesson.
        source: The lines of the program.
        typed: The number of a line, the letter of a claim, the numbers of rows.

    Raises:
        NotAnAnswer: One of them cannot be read.
    """
    line, claim, rows = typed
    names = list(claims_offered(remark, beliefs))
    letter = claims_of(remark, beliefs).read(claim)[0]
    numbers = rows.replace(",", " ").split()
    if not numbers or not all(
        one.isascii() and one.isdigit() and len(one) <= MOST_DIGITS for one in numbers
    ):
        raise NotAnAnswer("Give the numbers of rows, such as 2 4.")
    return Comment(
        line=int(SourceLine(tuple(source)).read(line)[0]),
        claim=names[ascii_lowercase.index(letter)],
        rows=tuple(int(one) for one in numbers),
    )
