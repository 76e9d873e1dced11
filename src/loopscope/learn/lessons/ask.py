"""Makes the questions of an exercise from a run of its program."""

from loopscope.errors import LessonError
from loopscope.learn.facts.catalogue import FACTS
from loopscope.learn.facts.fact import Fact
from loopscope.learn.facts.studied import Studied
from loopscope.learn.lessons.model import Asked, Exercise, WrongAnswer
from loopscope.learn.questions.question import Question, Wrong
from loopscope.learn.questions.shapes import NotAnAnswer


def questions_of(exercise: Exercise, studied: Studied) -> list[Question]:
    """Return the questions of an exercise, with the answers that a run gives.

    Raises:
        LessonError: A question does not fit the run, or a known wrong answer is none.
    """
    return [_question(exercise, asked, studied) for asked in exercise.questions]


def _question(exercise: Exercise, asked: Asked, studied: Studied) -> Question:
    where = f"{exercise.folder.parent.name}/{exercise.id}: question {asked.id}"
    find = FACTS.get(asked.fact)
    if find is None:
        known = ", ".join(FACTS)
        raise LessonError(
            f"{where}: there is no fact {asked.fact!r}; there are: {known}.", slug="lesson-format"
        )
    try:
        fact = find(studied, asked.arguments)
    except LessonError as error:
        raise LessonError(f"{where}: {error}", slug=error.slug) from error
    return Question(
        id=asked.id,
        ask=asked.ask,
        shape=fact.shape,
        right=fact.right,
        because=asked.because,
        wrong=tuple(_wrong(one, fact, where) for one in asked.wrong),
    )


def _wrong(known: WrongAnswer, fact: Fact, where: str) -> Wrong:
    try:
        answer = fact.shape.read(known.answer)
    except NotAnAnswer as error:
        raise LessonError(
            f"{where}: the wrong answer {known.answer!r} cannot be given: {error}",
            slug="lesson-format",
        ) from error
    if not fact.shape.parting(answer, fact.right):
        raise LessonError(
            f"{where}: the wrong answer {known.answer!r} is right in the run.", slug="lesson-fact"
        )
    return Wrong(answer, known.belief, known.says)
