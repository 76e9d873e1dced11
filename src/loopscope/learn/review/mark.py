"""Marks the comments of a review: the line, the claim, and whether its evidence shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from loopscope.errors import LessonError
from loopscope.learn.beliefs import Belief
from loopscope.learn.facts.studied import Studied
from loopscope.learn.lessons.model import Remark
from loopscope.learn.review.claims import CLAIMS
from loopscope.learn.review.rows import Row, evidence_rows

MOST_ROWS: Final = 3
"""More evidence than this points at everything, so at nothing."""


@dataclass(frozen=True, slots=True)
class Comment:
    """What a reviewer says: of this line, this claim (or belief), as these rows show."""

    line: int
    claim: str
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What becomes of a comment. ``belief`` is the belief it repeats, "" if it repeats none."""

    says: str
    is_right: bool = False
    belief: str = ""


def claims_offered(remark: Remark, beliefs: Mapping[str, Belief]) -> dict[str, str]:
    """Return what a reviewer can choose from, by name: the claim and the beliefs beside it.

    They are sorted by their text, so that their order gives nothing away.
    """
    offered = {name: beliefs[name].claim for name in remark.beliefs}
    offered[remark.claim] = CLAIMS[remark.claim].says
    return dict(sorted(offered.items(), key=lambda item: item[1]))


def check_remark(remark: Remark, studied: Studied) -> None:
    """Refuse a remark whose claim is not so in the run, or cannot be shown from it.

    Raises:
        LessonError: It is one of these.
    """
    claim = CLAIMS.get(remark.claim)
    if claim is None:
        known = ", ".join(CLAIMS)
        raise LessonError(
            f"There is no claim {remark.claim!r}; there are: {known}.", slug="lesson-format"
        )
    if not claim.holds(studied):
        raise LessonError(f"The claim {remark.claim} is not so in the run.", slug="lesson-fact")
    if not claim.is_shown(evidence_rows(studied)):
        raise LessonError(f"No rows of the run show {remark.claim}.", slug="lesson-fact")


def mark_comment(remark: Remark, comment: Comment, studied: Studied) -> Reply:
    """Mark a comment on what is not so in a program."""
    if comment.line not in lines_of(remark, studied.source):
        return Reply(f"Line {comment.line} does not say that. Point at the line that does.")
    if comment.claim in remark.beliefs:
        return Reply("That is what many believe, and the run says otherwise.", belief=comment.claim)
    if comment.claim != remark.claim:
        return Reply("That is so, perhaps, but it does not answer this comment.")
    claim = CLAIMS[remark.claim]
    rows = _chosen(comment, evidence_rows(studied))
    if not rows:
        return Reply(f"Point at 1 to {MOST_ROWS} rows: {claim.needs}.")
    if not claim.is_shown(rows):
        return Reply(f"The claim is right, but these rows do not show it: {claim.needs}.")
    return Reply("Right, and these rows show it.", is_right=True)


def lines_of(remark: Remark, source: Sequence[str]) -> range:
    """Return the lines on which the quoted text stands."""
    text = "\n".join(source)
    before = text.find(remark.quote)
    first = text.count("\n", 0, before) + 1
    return range(first, first + remark.quote.count("\n") + 1)


def _chosen(comment: Comment, rows: Sequence[Row]) -> list[Row]:
    """Return the rows a comment points at; none if there are too many, or one does not exist."""
    by_number = {row.number: row for row in rows}
    numbers = set(comment.rows)
    if len(numbers) > MOST_ROWS or not numbers <= set(by_number):
        return []
    return [by_number[number] for number in sorted(numbers)]
