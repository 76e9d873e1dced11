"""The learner's folder: laid out once, put back when asked, never overwritten."""

from pathlib import Path

import pytest

from loopscope.errors import LessonError
from loopscope.learn.lessons.model import Lesson
from loopscope.learn.workspace import Workspace, stamp


def test_the_program_is_laid_out_and_then_left_alone(lesson: Lesson, tmp_path: Path) -> None:
    """The first time the program is as it was given; what the learner changes stays."""
    exercise, workspace = lesson.exercises[1], Workspace(tmp_path)
    program = workspace.begin(exercise)
    assert program == tmp_path / "first" / "repair" / "program.py"
    assert program.read_text() == exercise.program.read_text()
    program.write_text("mine")
    assert workspace.begin(exercise).read_text() == "mine"


def test_reset_puts_the_program_back_and_keeps_the_learners(lesson: Lesson, tmp_path: Path) -> None:
    """After a reset the program is as it was given, the learner's is beside it, its run is gone."""
    exercise, workspace = lesson.exercises[1], Workspace(tmp_path)
    workspace.begin(exercise).write_text("mine")
    workspace.recording(exercise).write_text("run")
    program = workspace.reset(exercise)
    assert program.read_text() == exercise.program.read_text()
    assert program.with_name("program.before.py").read_text() == "mine"
    assert workspace.last_run(exercise) is None


def test_the_learners_run_is_shown_before_the_given_one(lesson: Lesson, tmp_path: Path) -> None:
    """The last run is the learner's; before there is one, that of the program as given."""
    exercise, workspace = lesson.exercises[1], Workspace(tmp_path)
    workspace.begin(exercise)
    assert workspace.last_run(exercise) is None
    workspace.given_recording(exercise).write_text("given")
    assert workspace.last_run(exercise) == workspace.given_recording(exercise)
    workspace.recording(exercise).write_text("own")
    assert workspace.last_run(exercise) == workspace.recording(exercise)


def test_a_folder_that_cannot_be_written_is_one_sentence(lesson: Lesson, tmp_path: Path) -> None:
    """Where a file stands in the way, the error says where and what to do."""
    (tmp_path / "first").write_text("")
    with pytest.raises(LessonError, match="--folder") as caught:
        Workspace(tmp_path).begin(lesson.exercises[0])
    assert caught.value.slug == "learn-file"


def test_a_program_that_cannot_be_put_back_is_one_sentence(lesson: Lesson, tmp_path: Path) -> None:
    """Where something is in the place of the copy, the learner's program stays as it is."""
    workspace, exercise = Workspace(tmp_path), lesson.exercises[1]
    program = workspace.begin(exercise)
    program.with_name("program.before.py").mkdir()
    with pytest.raises(LessonError, match="cannot be put back") as caught:
        workspace.reset(exercise)
    assert caught.value.slug == "learn-file"
    assert program.exists()


def test_a_stamp_changes_with_the_file(tmp_path: Path) -> None:
    """A file that is saved has another stamp; one that is away has none."""
    file = tmp_path / "program.py"
    assert stamp(file) is None
    file.write_text("a")
    before = stamp(file)
    assert stamp(file) == before
    file.write_text("ab")
    assert stamp(file) not in (before, None)
