"""Progress: kept whole, read back, never lost, and asked again after days."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopscope.errors import LessonError
from loopscope.learn.progress.progress import DAY_S, Given, Progress, Record
from loopscope.learn.progress.store import BEFORE, NAME, Store

records = st.builds(
    Record,
    answers=st.dictionaries(
        st.text(max_size=5),
        st.builds(
            Given,
            answer=st.lists(st.text(max_size=5), max_size=3).map(tuple),
            is_right=st.booleans(),
            at_s=st.integers(0, 2**40),
        ),
        max_size=3,
    ),
    comments=st.lists(st.integers(0, 9), max_size=3),
    prose=st.lists(st.text(max_size=20), max_size=2),
    hints=st.integers(0, 5),
    passed_s=st.integers(0, 2**40),
    again=st.integers(0, 3),
)


@given(kept=st.dictionaries(st.text(max_size=8), records, max_size=3))
def test_what_is_kept_is_read_back(
    kept: dict[str, Record], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Progress comes back from its file as it was."""
    folder = tmp_path_factory.mktemp("progress")
    Store(folder).keep(Progress(kept))
    assert Store(folder).read() == Progress(kept)


def test_nothing_is_kept_at_first(tmp_path: Path) -> None:
    """A learner without a file has done nothing yet, and nothing is noted."""
    store = Store(tmp_path / "none")
    assert store.read() == Progress()
    assert store.notes == []


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b"\xff\xfe", b'{"format": 9}', b"null"])
def test_a_damaged_file_costs_the_last_answer_at_most(tmp_path: Path, damage: bytes) -> None:
    """A file that was cut off is set aside, and the one before it is used."""
    store = Store(tmp_path)
    store.keep(Progress({"a/b": Record(hints=1)}))
    store.keep(Progress({"a/b": Record(hints=2)}))
    (tmp_path / NAME).write_bytes(damage)
    again = Store(tmp_path)
    assert again.read() == Progress({"a/b": Record(hints=1)})
    assert NAME in again.notes[0]
    assert (tmp_path / "progress.damaged.json").read_bytes() == damage


def test_a_damaged_file_without_one_before_is_told_and_set_aside(tmp_path: Path) -> None:
    """Where both files are damaged, both are kept aside, and the learner begins anew."""
    (tmp_path / NAME).write_text("{")
    (tmp_path / BEFORE).write_text("{")
    store = Store(tmp_path)
    assert store.read() == Progress()
    assert len(store.notes) == 2


def test_a_file_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    """Where nothing can be written, the error says where and what to do."""
    (tmp_path / "file").write_text("")
    with pytest.raises(LessonError, match="--folder") as caught:
        Store(tmp_path / "file").keep(Progress())
    assert caught.value.slug == "learn-progress"


def test_answers_are_asked_again_after_one_three_and_seven_days() -> None:
    """An exercise that was passed is due again three times, then never more."""
    record = Record({"total": Given(("6000",), is_right=False, at_s=0)}, passed_s=1000)
    progress = Progress({"a/b": record})
    days = []
    for again in range(4):
        record.again = again
        due = record.due_s()
        days.append(None if due is None else (due - 1000) // DAY_S)
    assert days == [1, 3, 7, None]
    record.again = 1
    assert progress.due(1000 + 3 * DAY_S - 1) == []
    assert progress.due(1000 + 3 * DAY_S) == ["a/b"]


def test_what_was_never_predicted_is_never_asked_again() -> None:
    """An exercise without answers, or one that is not passed, is never due."""
    assert Record(passed_s=5).due_s() is None
    assert Record({"x": Given(("1",), is_right=True, at_s=0)}).due_s() is None


def test_the_longest_overdue_comes_first() -> None:
    """Of several exercises that are due, the one that waits longest comes first."""
    given = {"x": Given(("1",), is_right=True, at_s=0)}
    late, later = Record(given, passed_s=500), Record(dict(given), passed_s=100)
    progress = Progress({"late": late, "later": later})
    assert progress.due(10 * DAY_S) == ["later", "late"]


def test_the_file_is_json_that_people_can_read(tmp_path: Path) -> None:
    """The file names the exercise and holds what the learner wrote."""
    Store(tmp_path).keep(Progress({"lesson/one": Record(prose=["because"])}))
    document = json.loads((tmp_path / NAME).read_text())
    assert document["exercises"]["lesson/one"]["prose"] == ["because"]
