"""Lesson folders: what is read from them, and the one sentence for what is wrong."""

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopscope.errors import LessonError
from loopscope.learn.lessons.model import Reason
from loopscope.learn.lessons.new_lesson import TEMPLATE, make_lesson
from loopscope.learn.lessons.read_lesson import read_lesson
from loopscope.learn.lessons.shelf import CATALOGUE, ORDER, find_lessons

REPAIR = "repair/exercise.toml"
PREDICT = "predict/exercise.toml"


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    """A lesson that is right, to be made wrong."""
    folder = tmp_path / "naps"
    make_lesson(folder)
    return folder


def change(lesson: Path, file: str, old: str, new: str) -> None:
    """Replace a text in a file of a lesson, where it must stand."""
    path = lesson / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_new_lesson_is_read_whole(lesson: Path) -> None:
    """A lesson that was just made has its exercises, beliefs and reasons."""
    found = read_lesson(lesson)
    assert found.id == "naps"
    assert [one.id for one in found.exercises] == ["predict", "repair"]
    predict, repair = found.exercises
    assert [one.fact for one in predict.questions] == ["total"]
    assert found.beliefs["naps-are-short"].claim == "Naps are short when nobody looks."
    assert repair.starter is Reason.TOO_SLOW
    assert [(one.file.name, one.reason) for one in repair.wrong] == [
        ("wrong_blocks.py", Reason.BLOCKED)
    ]
    (trial,) = repair.trials
    assert (trial.least_ns, trial.most_ns, trial.blocked_ns) == (2_000_000_000, 2_000_000_000, 0)
    assert "sleep(3)" in predict.varied(0)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("lesson.toml", 'title = "Two naps"', "", "lesson.toml: title: None is no text"),
        ("lesson.toml", "await-starts", "no-such", "belief: 'no-such' is none of: "),
        ("lesson.toml", '"repair"', '"../repair"', "there is no directory '../repair'"),
        ("lesson.toml", '"repair"', '"predict"', "an exercise is named twice"),
        ("lesson.toml", "naps-are-short", "await-starts", "there is a common belief of this name"),
        ("lesson.toml", "gap =", "gaps =", "there is no key 'gaps'"),
        ("lesson.toml", "[beliefs", "[[[", "this is no TOML"),
        (PREDICT, "level = 1", "level = 6", "level: 6 is no whole number from 1 to 5"),
        (PREDICT, 'program = "program.py"', 'program = "none.py"', "there is no file 'none.py'"),
        (PREDICT, 'belief = "await-starts"', 'belief = "x"', "wrong 1: belief: 'x' is none of"),
        (PREDICT, "sleep(2)", "sleep(9)", "'sleep(9)' does not stand in the program"),
        (PREDICT, '[["sleep(2)", "sleep(3)"]]', '["sleep(2)"]', "give what is replaced by what"),
        (REPAIR, 'key = "key.py"', "", "a key and trials belong together"),
        (REPAIR, 'starter = "too-slow"', "", "say why the program as it is given must fail"),
        (REPAIR, 'starter = "too-slow"', 'starter = "slow"', "starter: 'slow' is none of"),
        (REPAIR, '["2s", "2s"]', '["2s"]', "give the least and the most it may take"),
        (REPAIR, '["2s", "2s"]', '["2", "2s"]', "total: "),
        (REPAIR, 'reason = "blocked"', 'reason = "bad"', "wrong 1: reason: 'bad' is none of"),
        (REPAIR, "[feedback.blocked]", "[feedback.bad]", "feedback: 'bad' is none of"),
        (REPAIR, "level = 2", 'level = 2\nsetting = { costs = ["2x"] }', "'2x' is no fixed cost"),
        (REPAIR, "level = 2", "level = 2\ntyped = 1", "typed: 1 is neither true nor false"),
    ],
)
def test_what_is_wrong_is_one_sentence_with_its_place(
    lesson: Path, file: str, old: str, new: str, said: str
) -> None:
    """A description that does not fit is refused: where, what is wrong, what would be right."""
    change(lesson, file, old, new)
    with pytest.raises(LessonError, match=re.escape(said)) as caught:
        read_lesson(lesson)
    assert caught.value.slug == "lesson-format"


def test_an_exercise_outside_the_lesson_is_refused(lesson: Path) -> None:
    """A lesson cannot reach for folders elsewhere, not by a link either."""
    (lesson / "link").symlink_to(lesson.parent)
    change(lesson, "lesson.toml", '"repair"', '"link"')
    with pytest.raises(LessonError, match="is no folder of this lesson"):
        read_lesson(lesson)


def test_a_remark_must_stand_in_the_program_once(lesson: Path) -> None:
    """A quote that is not in the reviewed program, or twice, is refused."""
    with (lesson / PREDICT).open("a") as file:
        file.write('\n[[remarks]]\nquote = "await"\nclaim = "one-task"\nbeliefs = []\n')
    with pytest.raises(LessonError, match="must stand in the program once"):
        read_lesson(lesson)


@given(text=st.text(max_size=200))
def test_no_text_in_a_lesson_file_makes_a_traceback(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever stands in a lesson's file, it is read or refused in one sentence."""
    folder = tmp_path_factory.mktemp("lesson")
    (folder / "lesson.toml").write_text(text, errors="replace")
    with pytest.raises(LessonError):
        read_lesson(folder)


def test_a_lesson_is_not_made_over_something_else(lesson: Path) -> None:
    """Making a lesson where something is already changes nothing and says so."""
    before = sorted(lesson.rglob("*"))
    with pytest.raises(LessonError, match="is there already"):
        make_lesson(lesson)
    assert sorted(lesson.rglob("*")) == before


def test_lessons_are_found_beside_those_that_come_along(lesson: Path) -> None:
    """A teacher's folder of lessons, or one lesson, comes after loopscope's own."""
    own = [CATALOGUE / name for name in ORDER]
    shutil.copytree(TEMPLATE, lesson.with_name("other"))
    assert find_lessons() == own
    assert find_lessons(lesson) == [*own, lesson]
    assert find_lessons(lesson.parent) == [*own, lesson, lesson.with_name("other")]
    with pytest.raises(LessonError, match="lesson new"):
        find_lessons(lesson / "predict")


@pytest.mark.parametrize("name", ORDER)
def test_the_lessons_that_come_along_are_read(name: str) -> None:
    """Each lesson of the catalogue has exercises of several levels, each with a why."""
    found = read_lesson(CATALOGUE / name)
    assert {one.level for one in found.exercises} == {1, 2, 3, 4, 5}
    assert all(one.why for one in found.exercises)
