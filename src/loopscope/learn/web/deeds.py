"""What a learner does by a form: answer, comment, grade, explain, ask for a hint, begin anew."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from loopscope.learn.flow.comments import read_comment
from loopscope.learn.flow.desk import key_of
from loopscope.learn.flow.runs import run_given
from loopscope.learn.flow.stages import Stage
from loopscope.learn.flow.steps import (
    comment_on,
    commit,
    explain,
    grade_own,
    questions,
    questions_about_own,
    remarks_left,
)
from loopscope.learn.questions.shapes import NotAnAnswer
from loopscope.learn.web.fields import Form, typed
from loopscope.learn.web.sitting import Sitting, read_answers

Deed = Callable[[Sitting, Form], Sitting | None]
"""Does it, and returns what is to be shown at once; None where what is kept says it all."""


def _answer(sitting: Sitting, form: Form) -> Sitting | None:
    marked, problems = read_answers(questions(sitting.desk, sitting.exercise), form)
    if problems:
        return replace(sitting, form=form, problems=problems)
    commit(sitting.desk, sitting.exercise, marked)
    return None


def _hint(sitting: Sitting, form: Form) -> Sitting | None:
    sitting.desk.hint(sitting.exercise)
    return replace(sitting, form=form)


def _comment(sitting: Sitting, form: Form) -> Sitting | None:
    desk, exercise = sitting.desk, sitting.exercise
    number = remarks_left(desk, exercise)[0]
    if typed(form, "remark") != str(number):  # an old page
        return None
    given = (typed(form, "line"), typed(form, "claim"), typed(form, "rows"))
    source = run_given(desk, exercise).source
    try:
        comment = read_comment(exercise.remarks[number], sitting.lesson.beliefs, source, given)
    except NotAnAnswer as error:
        return replace(sitting, form=form, problems={"comment": str(error)})
    reply = comment_on(desk, exercise, number, comment)
    return None if reply.is_right else replace(sitting, form=form, remarked=reply)


def _grade(sitting: Sitting, form: Form) -> Sitting | None:  # noqa: ARG001  (as all deeds)
    graded = sitting.stamp()  # before: what is saved meanwhile is graded next
    given = grade_own(sitting.desk, sitting.exercise)
    if given.passes and not questions_about_own(sitting.desk, sitting.exercise):
        sitting.desk.finish(sitting.exercise, Stage.OWN)
    return replace(sitting, grade=given, graded=graded)


def _own(sitting: Sitting, form: Form) -> Sitting | None:
    marked, problems = read_answers(questions_about_own(sitting.desk, sitting.exercise), form)
    if problems:
        return replace(sitting, form=form, problems=problems)
    sitting.desk.finish(sitting.exercise, Stage.OWN)
    return replace(sitting, about_own=marked)


def _explain(sitting: Sitting, form: Form) -> Sitting | None:
    explain(sitting.desk, sitting.exercise, "\n".join(form.get("why", ())).strip())
    return None


def _again(sitting: Sitting, form: Form) -> Sitting | None:  # noqa: ARG001
    sitting.desk.begin_again(sitting.exercise)
    return None


def _reset(sitting: Sitting, form: Form) -> Sitting | None:  # noqa: ARG001
    sitting.desk.reset(sitting.exercise)
    sitting.desk.runs.pop(key_of(sitting.exercise), None)
    return None


DEEDS: Final[dict[str, Deed]] = {
    "answer": _answer,
    "hint": _hint,
    "comment": _comment,
    "grade": _grade,
    "own": _own,
    "explain": _explain,
    "again": _again,
    "reset": _reset,
}
BELONGS: Final = {
    "answer": Stage.PREDICT,
    "comment": Stage.REVIEW,
    "grade": Stage.MEND,
    "own": Stage.OWN,
    "explain": Stage.EXPLAIN,
    "again": Stage.DONE,
}
"""The stage that a deed is for; the others fit all."""
