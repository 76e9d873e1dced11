"""``loopscope lesson``: a lesson to begin with, and what does not hold, as text and as JSON."""

import json
from pathlib import Path

import pytest
from tests.support import loopscope


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a new lesson in it."""
    directory = tmp_path_factory.mktemp("lesson")
    done = loopscope("lesson", "new", "naps", cwd=directory)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "naps is a lesson now. Change it, and prove it: loopscope lesson check naps\n"
    )
    return directory


@pytest.mark.slow
def test_a_new_lesson_holds(room: Path) -> None:
    """What a teacher begins with is a lesson that proves itself."""
    done = loopscope("lesson", "check", "naps", cwd=room)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "ok     naps/predict: its questions have the answers that its run gives",
        "ok     naps/predict: variation 1 has answers too",
        "ok     naps/repair: the starter is refused",
        "ok     naps/repair: key.py passes",
        "ok     naps/repair: wrong_blocks.py is refused: blocked",
        "5 of 5 promises hold.",
    ]


@pytest.mark.slow
def test_what_does_not_hold_as_json(room: Path) -> None:
    """A lesson whose promise is broken says which, and why, and exits with 1."""
    lesson = room / "shorter"
    assert loopscope("lesson", "new", lesson.name, cwd=room).returncode == 0
    exercise = lesson / "predict" / "exercise.toml"
    exercise.write_text(exercise.read_text().replace('answer = "2"', 'answer = "3"'))
    (lesson / "lesson.toml").write_text(
        (lesson / "lesson.toml").read_text().replace('["predict", "repair"]', '["predict"]')
    )
    done = loopscope("lesson", "check", "--json", lesson.name, cwd=room)
    assert (done.returncode, done.stderr) == (1, "")
    where = "shorter/predict: question total"
    assert json.loads(done.stdout) == {
        "holds": False,
        "proofs": [
            {
                "exercise": "shorter/predict",
                "promise": "its questions have the answers that its run gives",
                "wrong": f"{where}: the wrong answer '3' is right in the run.",
            },
            {
                "exercise": "shorter/predict",
                "promise": "variation 1 has answers too",
                "wrong": "",
            },
        ],
    }


def test_a_folder_that_is_there_is_left_alone(room: Path) -> None:
    """Nothing is overwritten."""
    done = loopscope("lesson", "new", "naps", cwd=room)
    assert done.returncode == 2
    assert "naps is there already: give another name." in done.stderr


def test_a_folder_without_a_lesson(tmp_path: Path) -> None:
    """What is no lesson is one sentence, not a traceback."""
    done = loopscope("lesson", "check", ".", cwd=tmp_path)
    assert done.returncode == 2
    assert "lesson.toml" in done.stderr
    assert "Traceback" not in done.stderr
