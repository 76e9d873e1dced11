"""What a learner does in each stage, and what comes of it."""

from collections.abc import Sequence
from typing import Final

from loopscope.learn.flow.desk import Desk
from loopscope.learn.flow.runs import run_given, run_own, run_varied
from loopscope.learn.flow.stages import Stage
from loopscope.learn.lessons.ask import questions_of
from loopscope.learn.lessons.model import Exercise
from loopscope.learn.progress.progress import Given
from loopscope.learn.questions.question import Marked, Question, mark
from loopscope.learn.quiz.moments import about_next, about_states
from loopscope.learn.quiz.posed import pose
from loopscope.learn.quiz.whole_run import about_numbers
from loopscope.learn.review.mark import Comment, Reply, mark_comment
from loopscope.learn.trials.grade import Grade, grade

MOST_ABOUT_OWN: Final = 2


def questions(desk: Desk, exercise: Exercise) -> list[Question]:
    """Return the questions that are to be answered before the run is shown."""
    return questions_of(exercise, run_given(desk, exercise))


def commit(desk: Desk, exercise: Exercise, marked: Sequence[Marked]) -> None:
    """Keep the answers: from now on the run may be shown."""
    record = desk.record(exercise)
    for one in marked:
        record.answers[one.question.id] = Given(one.given, one.is_right, desk.now_s())
    desk.finish(exercise, Stage.PREDICT)


def answered(desk: Desk, exercise: Exercise) -> list[Marked]:
    """Return the answers that were kept, marked; those that fit no question are left out."""
    given = desk.record(exercise).answers
    found = []
    for question in questions(desk, exercise):
        if question.id in given:
            try:
                found.append(mark(question, given[question.id].answer))
            except (ValueError, LookupError):  # the lesson, or the file of progress, has changed
                continue
    return found


def remarks_left(desk: Desk, exercise: Exercise) -> list[int]:
    """Return the numbers of the remarks that have no right comment yet."""
    done = desk.record(exercise).comments
    return [number for number in range(len(exercise.remarks)) if number not in done]


def comment_on(desk: Desk, exercise: Exercise, number: int, comment: Comment) -> Reply:
    """Mark a comment on a remark; with the last right one the review is over."""
    reply = mark_comment(exercise.remarks[number], comment, run_given(desk, exercise))
    if reply.is_right:
        desk.record(exercise).comments.append(number)
        if remarks_left(desk, exercise):
            desk.keep()
        else:
            desk.finish(exercise, Stage.REVIEW)
    return reply


def grade_own(desk: Desk, exercise: Exercise) -> Grade:
    """Grade the learner's program as it is now."""
    workspace = desk.workspace
    given = grade(exercise, workspace.begin(exercise), workspace.recording(exercise))
    if given.passes:
        desk.finish(exercise, Stage.MEND)
    return given


def questions_about_own(desk: Desk, exercise: Exercise) -> list[Question]:
    """Return questions about the learner's own program, as it ran when it passed.

    Many who pass cannot say what their own program does (Lehtinen et al. 2021 and 2023): asked at
    once, they find out.
    """
    studied = run_own(desk, exercise)
    drafts = [*about_numbers(studied), *about_states(studied), *about_next(studied)]
    posed = [one for one in (pose(draft, studied) for draft in drafts) if one is not None]
    return [one.question for one in posed[:MOST_ABOUT_OWN]]


def explain(desk: Desk, exercise: Exercise, words: str) -> None:
    """Keep what the learner wrote; it is never marked."""
    if words:
        desk.record(exercise).prose.append(words)
    desk.finish(exercise, Stage.EXPLAIN)


def questions_again(desk: Desk, exercise: Exercise) -> list[Question]:
    """Return the questions of an exercise that was passed, for the program with other numbers."""
    return questions_of(exercise.plain(), run_varied(desk, exercise))


def asked_again(desk: Desk, exercise: Exercise) -> None:
    """Note that it was asked again: next time is some days later, with still other numbers."""
    desk.record(exercise).again += 1
    desk.keep()
