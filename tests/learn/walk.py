"""How a new learner goes through the first lesson: wrong at first, right in the end."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import ascii_lowercase
from typing import Final

from loopscope.learn.lessons.model import Exercise, Lesson, Reason, Remark
from loopscope.learn.lessons.read_lesson import read_lesson
from loopscope.learn.lessons.shelf import CATALOGUE
from loopscope.learn.review.mark import claims_offered, lines_of

PREDICTIONS: Final = {
    "three_exchanges": ["2", "a b c d e f", "3 prices | 6.0 seconds", "3", "17", "a"],
    "one_call_blocks": ["2", "21", "a b c d", "0"],
    "errors_have_names": ["a b c", "a", "e"],
    "price_board": ["c", "a"],
    "three_digests": ["2", "a b c d e f", "0", "3", "a"],
    "one_request": [
        "fetch: 64010 after 1.0 s | fetch_async: 64010 after 0.0 s",
        "1",
        "b",
        "a",
    ],
    "review": ["1c 2d 3b 4a", "c"],
}
"""What somebody predicts who holds the belief of the lesson; what has no known wrong answer is
answered rightly."""

ROWS: Final = {
    "one-thread": ["threads that ran"],
    "one-task": ["tasks in the whole run"],
    "no-worker-threads": ["jobs that worker threads did"],
    "in-turn": ["at line 8 it waits", "at line 14 it waits"],
}
"""Which rows of the run show a claim, by a part of their text."""


def first_lesson() -> Lesson:
    """Return the first lesson of the catalogue."""
    return read_lesson(CATALOGUE / "await_is_a_pause")


def beliefs_met(lesson: Lesson, exercise: Exercise) -> list[str]:
    """Return the beliefs that the predictions above repeat, as the learner is told them."""
    given = zip(exercise.questions, PREDICTIONS[exercise.id], strict=True)
    known = ((one, text) for question, text in given for one in question.wrong)
    return [lesson.beliefs[one.belief].claim for one, text in known if one.answer == text]


def programs(exercise: Exercise, most_wrong: int) -> Iterator[tuple[Path, Reason | None]]:
    """Return what is handed in, one after the other: wrong programs of several kinds, the key."""
    seen: set[Reason] = set()
    for wrong in exercise.wrong:
        if wrong.reason not in seen and len(seen) < most_wrong:
            seen.add(wrong.reason)
            yield wrong.file, wrong.reason
    assert exercise.key is not None
    yield exercise.key, None


@dataclass(frozen=True)
class Comment:
    """A comment on a remark, as it is typed. ``rows`` are parts of the texts of rows."""

    line: str
    claim: str
    rows: list[str]
    answer: str


def comments(lesson: Lesson, exercise: Exercise, remark: Remark) -> list[Comment]:
    """Return the comments of a learner: a belief, the claim with wrong rows, the right one."""
    source = exercise.program.read_text().splitlines()
    line = str(lines_of(remark, source)[0])
    names = list(claims_offered(remark, lesson.beliefs))
    letters = dict(zip(names, ascii_lowercase, strict=False))
    belief, claim = letters[remark.beliefs[0]], letters[remark.claim]
    other = "jobs" if remark.claim != "no-worker-threads" else "tasks"
    return [
        Comment("1", claim, [other], "Point at the line that does."),
        Comment(line, belief, [other], "That is what many believe"),
        Comment(line, claim, [other], "these rows do not show it"),
        Comment(line, claim, ROWS[remark.claim], "these rows show it"),
    ]
