"""Asking once more, days later: the same questions about a program with other numbers."""

from loopscope.learn.beliefs import BELIEFS
from loopscope.learn.flow.desk import Desk
from loopscope.learn.flow.steps import asked_again, questions_again
from loopscope.learn.lessons.model import Exercise
from loopscope.learn.web.fields import Form
from loopscope.learn.web.lesson_list import link
from loopscope.learn.web.marks import marks
from loopscope.learn.web.markup import Html, tag
from loopscope.learn.web.page import Reply, page
from loopscope.learn.web.present import question_fields
from loopscope.learn.web.prose import listing
from loopscope.learn.web.sitting import read_answers


def ask_again(desk: Desk, exercise: Exercise, form: Form | None = None) -> Reply:
    """Return the page that asks, or the one that marks what was answered.

    Args:
        desk: What the learner works with.
        exercise: An exercise that is due again.
        form: The answers; None to ask.
    """
    asked = questions_again(desk, exercise)
    program = _program(desk, exercise)
    marked, problems = read_answers(asked, form or {})
    if form is not None and not problems:
        asked_again(desk, exercise)
        told = tag("section", tag("h2", "Your answers, beside the run"), marks(marked, BELIEFS))
        back = tag("p", tag("a", "All exercises", href="/"))
        return page(exercise.title, tag("article", _title(exercise), told, back), program)
    fields = question_fields(asked, form or {}, problems if form is not None else {})
    button = tag("p", tag("button", "Commit all answers, and run", class_="main"))
    asking = tag("form", fields, button, method="post", action=link(exercise, "again"))
    return page(exercise.title, tag("article", _title(exercise), asking), program)


def _title(exercise: Exercise) -> Html:
    return tag("h1", f"Again: {exercise.title}")


def _program(desk: Desk, exercise: Exercise) -> Html:
    lines = exercise.varied(desk.record(exercise).again).splitlines()
    return tag("aside", listing(lines, "The program, with other numbers"), aria_label="Program")
