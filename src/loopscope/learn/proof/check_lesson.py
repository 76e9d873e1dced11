"""Proves a lesson: its starters fail as they should, its keys pass, its wrong answers are wrong."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from loopscope.errors import LessonError
from loopscope.learn.lessons.ask import questions_of
from loopscope.learn.lessons.copied import copied
from loopscope.learn.lessons.model import Exercise, Reason
from loopscope.learn.lessons.read_lesson import read_lesson
from loopscope.learn.lessons.study_exercise import study_exercise
from loopscope.learn.questions.question import Question, mark
from loopscope.learn.review.mark import check_remark
from loopscope.learn.trials.grade import Grade, grade_all


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing that a lesson promises: that it holds, or what is wrong."""

    exercise: str
    promise: str
    wrong: str = ""

    @property
    def holds(self) -> bool:
        """Whether it is so."""
        return not self.wrong


def check_lesson(folder: Path) -> Iterator[Proof]:
    """Prove all that a lesson promises, one thing after the other. Runs its programs.

    Raises:
        LessonError: The folder holds no lesson.
    """
    folder = folder.resolve()  # its name tells which lesson it is, also that of "."
    read_lesson(folder)  # what is no lesson may be anything, and large
    with copied(folder) as copy:
        for exercise in read_lesson(copy).exercises:
            for promise, look in _promises(exercise):
                try:
                    wrong = look()
                except LessonError as error:
                    wrong = str(error)
                yield Proof(f"{folder.name}/{exercise.id}", promise, wrong)


Promise = tuple[str, Callable[[], str]]


def _promises(exercise: Exercise) -> Iterator[Promise]:
    if exercise.questions or exercise.remarks:
        yield "its questions have the answers that its run gives", lambda: _asked(exercise)
    for number in range(len(exercise.variations)):
        name = f"variation {number + 1} has answers too"
        yield name, lambda number=number: _varied(exercise, number)  # type: ignore[misc]
    if exercise.key is None:
        return
    passing = (exercise.key, *exercise.right)
    refused = {one.file: one.reason for one in exercise.wrong}
    files = list(dict.fromkeys((exercise.program, *passing, *refused)))
    grades = cache(lambda: dict(zip(files, grade_all(exercise, files), strict=True)))
    starter = exercise.program, exercise.starter
    yield "the starter is refused", lambda: _refused(exercise, grades(), *starter)
    for file in passing:
        yield f"{file.name} passes", lambda file=file: _why(grades()[file])  # type: ignore[misc]
    for one in refused.items():
        name = f"{one[0].name} is refused: {one[1]}"
        yield name, lambda one=one: _refused(exercise, grades(), *one)  # type: ignore[misc]


def _asked(exercise: Exercise) -> str:
    with tempfile.TemporaryDirectory(prefix="loopscope-") as directory:
        studied = study_exercise(exercise, exercise.program, Path(directory) / "run.loopscope")
        for question in questions_of(exercise, studied):
            wrong = _confused(question)
            if wrong:
                return wrong
        for remark in exercise.remarks:
            check_remark(remark, studied)
    return ""


def _confused(question: Question) -> str:
    """Return which wrong answer does not get its own feedback, "" for none."""
    for known in question.wrong:
        if mark(question, known.answer).wrong is not known:
            given = question.shape.written(known.answer)
            return f"Question {question.id}: the wrong answer {given} is known twice."
    return ""


def _varied(exercise: Exercise, number: int) -> str:
    with tempfile.TemporaryDirectory(prefix="loopscope-") as directory:
        program = Path(directory) / exercise.program.name
        program.write_text(exercise.varied(number))
        for file in exercise.files:
            program.with_name(file.name).write_bytes(file.read_bytes())
        studied = study_exercise(exercise, program, Path(directory) / "run.loopscope")
        questions_of(exercise.plain(), studied)
    return ""


def _refused(
    exercise: Exercise, grades: Mapping[Path, Grade], program: Path, reason: Reason | None
) -> str:
    given = grades[program]
    if given.refusal is None:
        return f"{program.name} passes, and should be refused ({reason})."
    if given.refusal.reason != reason:
        return f"{program.name} should be refused for {reason}: {_why(given)}"
    if reason not in exercise.feedback:
        return f"There is no feedback.{reason} to tell the learner."
    return ""


def _why(given: Grade) -> str:
    if given.refusal is None:
        return ""
    found = given.refusal
    return f"It is refused ({found.reason}, {found.trial}, seed {found.seed}): {found.seen}"
