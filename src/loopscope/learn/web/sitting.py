"""An exercise as a learner has it before them: what is kept, and what was just said and typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from loopscope.learn.flow.desk import Desk
from loopscope.learn.flow.stages import Stage
from loopscope.learn.lessons.model import Exercise, Lesson
from loopscope.learn.questions.question import Marked, Question, mark
from loopscope.learn.questions.shapes import NotAnAnswer
from loopscope.learn.review.mark import Reply as Remarked
from loopscope.learn.trials.grade import Grade
from loopscope.learn.web.fields import Form, typed
from loopscope.learn.workspace import Stamp, stamp


@dataclass(frozen=True, slots=True)
class Sitting:
    """One exercise at the desk.

    Attributes:
        desk: What the learner works with.
        lesson: The lesson.
        exercise: The exercise.
        form: What was typed and is not settled yet.
        problems: Why fields do not hold an answer, by their names.
        remarked: What became of the last comment.
        grade: What became of the program when it was graded last.
        graded: The stamp of the program that was graded.
        about_own: The answers about the learner's own program, just given.
    """

    desk: Desk
    lesson: Lesson
    exercise: Exercise
    form: Form = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    remarked: Remarked | None = None
    grade: Grade | None = None
    graded: Stamp = None
    about_own: Sequence[Marked] = ()

    @property
    def stage(self) -> Stage:
        """What comes next."""
        return self.desk.stage(self.exercise)

    def stamp(self) -> Stamp:
        """Return the stamp of the learner's program as it is now."""
        return stamp(self.desk.workspace.program(self.exercise))


def read_answers(questions: Sequence[Question], form: Form) -> tuple[list[Marked], dict[str, str]]:
    """Read the answers to questions from a form.

    Returns:
        The answers, marked, and why a field holds none, by the ids of the questions.
    """
    marked, problems = [], {}
    for question in questions:
        name = f"q-{question.id}"
        try:
            given = question.shape.read(typed(form, name))
            marked.append(mark(question, given))
        except NotAnAnswer as error:
            problems[question.id] = str(error)
    return marked, problems
