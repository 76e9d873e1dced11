"""Fixtures: a small lesson, its runs, and a learner's desk."""

from pathlib import Path

import pytest

from loopscope.learn.facts.studied import Studied
from loopscope.learn.flow.desk import Desk, key_of
from loopscope.learn.lessons.model import Lesson
from loopscope.learn.lessons.new_lesson import make_lesson
from loopscope.learn.lessons.read_lesson import read_lesson
from loopscope.learn.lessons.study_exercise import study_exercise
from loopscope.learn.progress.store import Store
from loopscope.learn.workspace import Workspace


@pytest.fixture(scope="session")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    """The lesson that ``loopscope lesson new`` makes: a prediction, and a repair."""
    folder = tmp_path_factory.mktemp("lessons") / "first"
    make_lesson(folder)
    return read_lesson(folder)


@pytest.fixture(scope="session")
def runs(lesson: Lesson) -> dict[str, Studied]:
    """The runs of its programs as they are given."""
    return {
        key_of(one): study_exercise(one, one.program, one.folder / "given.loopscope")
        for one in lesson.exercises
    }


@pytest.fixture
def desk(tmp_path: Path, runs: dict[str, Studied]) -> Desk:
    """The desk of a new learner, at second 1000."""
    store = Store(tmp_path / "kept")
    return Desk(store, store.read(), Workspace(tmp_path / "kept"), lambda: 1000, dict(runs))
