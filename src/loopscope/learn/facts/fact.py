"""What a fact is: an answer that a run gives, with the shape of all answers to its question."""

from collections.abc import Mapping
from dataclasses import dataclass

from loopscope.errors import LessonError
from loopscope.learn.questions.shapes import Answer, Shape

Arguments = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Fact:
    """The right answer of a run, and how all answers look."""

    shape: Shape
    right: Answer


def texts(arguments: Arguments, key: str) -> tuple[str, ...]:
    """Return a list of texts that a fact needs.

    Raises:
        LessonError: It is not there, or is something else.
    """
    value = arguments.get(key)
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise _unfit(key, 'a list of texts, as in ["a", "b"]')
    return tuple(value)


def count(arguments: Arguments, key: str) -> int:
    """Return a whole number from 1 that a fact needs.

    Raises:
        LessonError: It is not there, or is something else.
    """
    value = arguments.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _unfit(key, "a whole number from 1")
    return value


def text(arguments: Arguments, key: str) -> str:
    """Return a text that a fact needs.

    Raises:
        LessonError: It is not there, or is something else.
    """
    value = arguments.get(key)
    if not isinstance(value, str) or not value:
        raise _unfit(key, "a text")
    return value


def no_such(problem: str) -> LessonError:
    """Return the error of a question that the run has no answer to."""
    return LessonError(f"The run has no answer: {problem}", slug="lesson-fact")


def _unfit(key: str, wanted: str) -> LessonError:
    return LessonError(f"The question needs {key}: {wanted}.", slug="lesson-fact")
