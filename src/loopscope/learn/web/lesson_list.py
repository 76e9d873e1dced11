"""The list of all exercises: which are done, which are due again, which comes next."""

from collections.abc import Sequence

from loopscope.learn.flow.desk import Desk, key_of
from loopscope.learn.flow.stages import LEVELS
from loopscope.learn.lessons.model import Exercise, Lesson
from loopscope.learn.web.markup import Html, tag
from loopscope.learn.web.page import Reply, page


def lesson_list(desk: Desk, lessons: Sequence[Lesson]) -> Reply:
    """Return the first page."""
    return page(
        "Exercises",
        tag("h1", "What does the event loop do?"),
        tag("p", "Predict, then see. Answers are marked by a run of the very program."),
        _due(desk, lessons),
        *(_lesson(desk, lesson, next_one(desk, lessons)) for lesson in lessons),
        *(tag("p", note, class_="problem") for note in desk.store.notes),
    )


def link(exercise: Exercise, kind: str = "exercise") -> str:
    """Return the address of an exercise."""
    return f"/{kind}/{key_of(exercise)}"


def next_one(desk: Desk, lessons: Sequence[Lesson]) -> Exercise | None:
    """Return the first exercise that was not passed yet."""
    every = (one for lesson in lessons for one in lesson.exercises)
    return next((one for one in every if not desk.record(one).passed_s), None)


def _due(desk: Desk, lessons: Sequence[Lesson]) -> Html | str:
    due = set(desk.progress.due(desk.now_s()))
    found = [one for lesson in lessons for one in lesson.exercises if key_of(one) in due]
    if not found:
        return ""
    rows = (tag("li", tag("a", one.title, href=link(one, "again"))) for one in found)
    return tag("section", tag("h2", "Again, with other numbers"), tag("ul", *rows))


def _lesson(desk: Desk, lesson: Lesson, following: Exercise | None) -> Html:
    rows = (_row(desk, one, is_next=one is following) for one in lesson.exercises)
    return tag("section", tag("h2", lesson.title), tag("ol", *rows, class_="exercises"))


def _row(desk: Desk, exercise: Exercise, *, is_next: bool) -> Html:
    record = desk.record(exercise)
    state = "done" if record.passed_s else "begun" if record.finished else "next" if is_next else ""
    return tag(
        "li",
        tag("a", exercise.title, href=link(exercise)),
        tag("span", f" level {exercise.level}: {LEVELS[exercise.level]}", class_="quiet"),
        tag("span", state, class_=f"state {state}") if state else "",
    )
