"""The page of an exercise: text and forms on the left, program or run on the right."""

from loopscope.learn.flow.stages import LEVELS, Stage
from loopscope.learn.web.lesson_list import link
from loopscope.learn.web.markup import Html, Inside, tag
from loopscope.learn.web.page import Reply, page
from loopscope.learn.web.past import about_own, hints, predicted, reviewed
from loopscope.learn.web.present import present, stamp_text
from loopscope.learn.web.prose import listing, prose
from loopscope.learn.web.sitting import Sitting
from loopscope.learn.workspace import stamp


def exercise_page(sitting: Sitting, following: Inside = "") -> Reply:
    """Return the page of an exercise at its present stage.

    Args:
        sitting: The exercise, and what was just said.
        following: A link to the exercise that comes next.
    """
    exercise, stage = sitting.exercise, sitting.stage
    text = tag(
        "article",
        tag("h1", exercise.title),
        tag(
            "p",
            f"{sitting.lesson.title}, level {exercise.level}: {LEVELS[exercise.level]}",
            class_="quiet",
        ),
        prose(exercise.text),
        _program(sitting) if _shows_run(sitting) else "",
        predicted(sitting),
        reviewed(sitting),
        about_own(sitting),
        present(sitting),
        hints(sitting),
        tag("p", following) if stage is Stage.DONE else "",
        _put_back(sitting),
    )
    right = _run(sitting) if _shows_run(sitting) else _program(sitting, is_open=True)
    return page(exercise.title, text, tag("aside", right, aria_label="Program and run"))


def _shows_run(sitting: Sitting) -> bool:
    is_over = sitting.stage is not Stage.PREDICT
    return is_over and sitting.desk.workspace.last_run(sitting.exercise) is not None


def _run(sitting: Sitting) -> Html:
    """Return the run in a frame; its address changes when there is another run."""
    recording = sitting.desk.workspace.last_run(sitting.exercise)
    version = "" if recording is None else stamp_text(stamp(recording))
    source = f"{link(sitting.exercise, 'run')}?{version}"
    return tag("iframe", src=source, title="The run, step by step", sandbox="allow-scripts")


def _program(sitting: Sitting, *, is_open: bool = False) -> Html:
    exercise = sitting.exercise
    lines = exercise.program.read_text("utf-8", "replace").splitlines()
    name = f"{exercise.program.name}, as it was given"
    return tag("details", tag("summary", name), listing(lines, name), open=is_open)


def _put_back(sitting: Sitting) -> Html:
    return tag(
        "details",
        tag("summary", "Begin anew"),
        tag(
            "p",
            "Forgets what you answered and wrote here. Your program is kept beside the new one.",
        ),
        tag(
            "form",
            tag("input", type="hidden", name="stage", value=sitting.stage.value),
            tag("button", "Forget it, and begin anew", name="do", value="reset"),
            method="post",
            action=link(sitting.exercise),
        ),
        class_="quiet",
    )
