"""What a learner has answered, written and passed. Times are seconds since 1970."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Self

from loopscope.learn.questions.shapes import Answer

FORMAT: Final = 1
DAY_S: Final = 86_400
AGAIN_AFTER_DAYS: Final = (1, 3, 7)
"""Uniform and growing intervals do equally well; a plain schedule is enough (Latimier 2021)."""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer, committed before the run was shown."""

    answer: Answer
    is_right: bool
    at_s: int


@dataclass(slots=True)
class Record:
    """One exercise of one learner.

    Attributes:
        answers: The answer to each question that was committed before the run, by its id.
        finished: The names of the stages that are over, in this passage through the exercise.
        comments: The ids (numbers) of the remarks that were answered rightly.
        prose: What the learner wrote in answer to "why"; kept, never marked.
        hints: How many hints were shown.
        passed_s: When it was passed; 0 if it was not.
        again: How often it was asked again, with other numbers.
    """

    answers: dict[str, Given] = field(default_factory=dict)
    finished: list[str] = field(default_factory=list)
    comments: list[int] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    hints: int = 0
    passed_s: int = 0
    again: int = 0

    def due_s(self) -> int | None:
        """Return when its questions are to be asked again; None for never."""
        if not self.passed_s or not self.answers or self.again >= len(AGAIN_AFTER_DAYS):
            return None
        return self.passed_s + AGAIN_AFTER_DAYS[self.again] * DAY_S


@dataclass(slots=True)
class Progress:
    """All exercises of one learner, by ``lesson/exercise``."""

    records: dict[str, Record] = field(default_factory=dict)

    def record(self, key: str) -> Record:
        """Return the record of an exercise, a new one for the first time."""
        return self.records.setdefault(key, Record())

    def due(self, now_s: int) -> list[str]:
        """Return the exercises to be asked again now, the longest overdue first."""
        waiting = [(one.due_s(), key) for key, one in self.records.items()]
        return [
            key for due, key in sorted((d, k) for d, k in waiting if d is not None and d <= now_s)
        ]

    def document(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {
            "format": FORMAT,
            "exercises": {key: asdict(one) for key, one in self.records.items()},
        }

    @classmethod
    def from_document(cls, document: object) -> Self:
        """Read what ``document`` made.

        Raises:
            ValueError: It is something else.
        """
        table = _mapping(document)
        if table.get("format") != FORMAT:
            raise ValueError(f"format {table.get('format')!r}")
        entries = _mapping(table.get("exercises"))
        return cls({key: _record(_mapping(value)) for key, value in entries.items()})


def _record(value: Mapping[str, Any]) -> Record:
    answers = {
        key: _given(_mapping(one)) for key, one in _mapping(value.get("answers", {})).items()
    }
    return Record(
        answers=answers,
        finished=[str(one) for one in value.get("finished", [])],
        comments=[int(one) for one in value.get("comments", [])],
        prose=[str(one) for one in value.get("prose", [])],
        hints=int(value.get("hints", 0)),
        passed_s=int(value.get("passed_s", 0)),
        again=int(value.get("again", 0)),
    )


def _given(value: Mapping[str, Any]) -> Given:
    answer = tuple(str(word) for word in value.get("answer", []))
    return Given(answer, value.get("is_right") is True, int(value.get("at_s", 0)))


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(f"a {type(value).__name__} where a table belongs")  # noqa: TRY004  (one kind of error for all that does not fit)
    return value
