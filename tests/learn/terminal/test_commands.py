"""The verbs of ``loopscope learn``, on the lesson of the fixture."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from loopscope.cli.learn import command
from loopscope.errors import UsageError
from loopscope.learn.flow.desk import Desk
from loopscope.learn.flow.steps import commit, explain
from loopscope.learn.lessons.model import Lesson
from loopscope.learn.progress.store import NAME


def learn(desk: Desk, lesson: Lesson, *arguments: str) -> Result:
    """Run a verb in the folder of the desk, and raise what it raises."""
    where = ["--folder", str(desk.workspace.folder), "--lessons", str(lesson.folder)]
    return CliRunner().invoke(command, [*where, *arguments], catch_exceptions=False)


def test_the_list_says_what_is_done_and_what_is_begun(desk: Desk, lesson: Lesson) -> None:
    """Every exercise of every lesson has a line, loopscope's own come first."""
    predict, repair = lesson.exercises
    commit(desk, predict, [])
    explain(desk, predict, "")
    desk.record(repair).finished.append("mend")
    desk.keep()
    lines = learn(desk, lesson, "list").output.splitlines()
    assert lines[0] == "await is a pause, not a fork"
    assert lines[-3:] == [
        "Two naps",
        "  first/predict                            level 1  How long do two naps take? done",
        "  first/repair                             level 2  Let them nap at once     begun",
    ]


@pytest.mark.parametrize("verb", ["take", "reset", "why", "show"])
@pytest.mark.parametrize(("name", "problem"), [("nap", "No exercise"), ("review", "Several")])
def test_a_name_that_is_none_or_several_is_one_sentence(
    desk: Desk, lesson: Lesson, verb: str, name: str, problem: str
) -> None:
    """The message says where the names are."""
    with pytest.raises(UsageError, match=f"{problem}.*learn list") as caught:
        learn(desk, lesson, verb, name)
    assert caught.value.slug == "learn-unknown"


@pytest.mark.parametrize("verb", ["why", "show"])
def test_nothing_is_given_away_before_the_answers(desk: Desk, lesson: Lesson, verb: str) -> None:
    """Neither the model answer nor the run is shown before the questions are answered."""
    exercise = lesson.exercises[0]
    desk.workspace.begin(exercise)
    desk.workspace.given_recording(exercise).write_bytes(b"run")
    with pytest.raises(UsageError, match="answer") as caught:
        learn(desk, lesson, verb, "predict")
    assert caught.value.slug == "learn-not-done"


def test_why_shows_the_learners_words_beside_the_models(desk: Desk, lesson: Lesson) -> None:
    """What was written is kept, and shown."""
    exercise = lesson.exercises[0]
    commit(desk, exercise, [])
    explain(desk, exercise, "it adds up")
    lines = learn(desk, lesson, "why", "predict").output.splitlines()
    assert lines == ["You:   it adds up", f"Model: {exercise.why}"]


def test_show_writes_the_step_through_of_the_last_run(desk: Desk, lesson: Lesson) -> None:
    """The page lies beside the recording, and its address is printed."""
    exercise = lesson.exercises[0]
    commit(desk, exercise, [])
    desk.workspace.begin(exercise)
    recorded = exercise.folder / "given.loopscope"
    desk.workspace.given_recording(exercise).write_bytes(recorded.read_bytes())
    page = Path(learn(desk, lesson, "show", "--no-open", "predict").output.strip())
    assert page.parent == desk.workspace.place(exercise).absolute()
    assert page.read_text().startswith("<!doctype html>")


def test_reset_says_where_the_program_is(desk: Desk, lesson: Lesson) -> None:
    """The program is as it was given, and progress has forgotten the exercise."""
    exercise = lesson.exercises[1]
    program = desk.workspace.begin(exercise)
    program.write_text("mine")
    desk.record(exercise).hints = 1
    desk.keep()
    assert learn(desk, lesson, "reset", "repair").output == f"{program} is as it was given.\n"
    assert program.read_text() == exercise.program.read_text()
    kept = json.loads((desk.workspace.folder / NAME).read_text())
    assert kept["exercises"].get("first/repair", {}).get("hints", 0) == 0


def test_web_goes_without_a_verb(desk: Desk, lesson: Lesson) -> None:
    """The page has all verbs, so one beside it is a mistake."""
    result = learn(desk, lesson, "--web", "list")
    assert result.exit_code == 2
    assert "--web goes without a verb" in result.output


def test_a_damaged_progress_file_is_told_and_set_aside(desk: Desk, lesson: Lesson) -> None:
    """The learner is told, and goes on."""
    replace(desk).keep()
    (desk.workspace.folder / NAME).write_text("{")
    assert "was damaged" in learn(desk, lesson, "list").stderr
