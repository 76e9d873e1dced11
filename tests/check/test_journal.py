"""The journal of a sweep: what is written stays, what is damaged is left out."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loopscope.check.journal import Failed, Journal, Piece, gaps
from loopscope.errors import CheckError

_FAILED = Failed(4, '{"seed":4}', "raised", "app.py:3", "It raised Ä\n\x1b[0m.", 7, is_world=True)
_PIECES = [Piece(0, (5, 6, 7)), Piece(3, (8, 9), (_FAILED,)), Piece(100, (1,))]


def _written(path: Path) -> None:
    journal = Journal(path, "a sweep", is_resumed=False)
    for piece in _PIECES:
        journal.add(piece)
    journal.close()


def _read(path: Path, sweep: str = "a sweep") -> list[Piece]:
    journal = Journal(path, sweep, is_resumed=True)
    journal.close()
    return journal.pieces


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    """Every piece, with its failures, in the order in which they were done."""
    _written(tmp_path / "j")
    assert _read(tmp_path / "j") == _PIECES


def test_without_resume_it_begins_anew(tmp_path: Path) -> None:
    """A journal that is there is replaced."""
    _written(tmp_path / "j")
    Journal(tmp_path / "j", "a sweep", is_resumed=False).close()
    assert _read(tmp_path / "j") == []


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damage_only_costs_the_pieces_that_it_hits(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Cut off or overwritten behind the head, the rest is read, and can be gone on with."""
    path = tmp_path_factory.mktemp("journal") / "j"
    _written(path)
    whole = path.read_bytes()
    head = whole.index(b"\n") + 1
    at = data.draw(st.integers(head, len(whole)))
    if data.draw(st.booleans()):
        damaged = whole[:at]
    else:
        damaged = whole[:at] + data.draw(st.binary(max_size=9)) + whole[at + 1 :]
    path.write_bytes(damaged)
    read = _read(path)
    assert all(piece in _PIECES for piece in read)
    assert len(read) >= damaged[head:].count(b"\n") - 10
    more = Piece(200, (3,))
    journal = Journal(path, "a sweep", is_resumed=True)
    journal.add(more)
    journal.close()
    assert _read(path) == [*read, more]


def test_seeds_that_are_there_twice_count_once(tmp_path: Path) -> None:
    """The first of two pieces that share a seed is taken."""
    journal = Journal(tmp_path / "j", "a sweep", is_resumed=False)
    for piece in (Piece(0, (1, 2)), Piece(1, (9, 9)), Piece(0, (1, 2)), Piece(2, (3,))):
        journal.add(piece)
    journal.close()
    assert _read(tmp_path / "j") == [Piece(0, (1, 2)), Piece(2, (3,))]


def test_a_journal_of_another_sweep_is_not_gone_on_with(tmp_path: Path) -> None:
    """The program or its promises have changed."""
    _written(tmp_path / "j")
    with pytest.raises(CheckError, match="is the journal of another sweep") as caught:
        _read(tmp_path / "j", "another sweep")
    assert caught.value.slug == "journal-other"


def test_a_file_that_is_no_journal_is_never_overwritten(tmp_path: Path) -> None:
    """Not even without --resume."""
    (tmp_path / "j").write_text("precious\n")
    with pytest.raises(CheckError, match="is no journal"):
        Journal(tmp_path / "j", "a sweep", is_resumed=False)
    assert (tmp_path / "j").read_text() == "precious\n"


def test_two_sweeps_cannot_share_a_journal(tmp_path: Path) -> None:
    """The second one is told so."""
    first = Journal(tmp_path / "j", "a sweep", is_resumed=False)
    with pytest.raises(CheckError, match="Another process writes the journal"):
        Journal(tmp_path / "j", "a sweep", is_resumed=True)
    first.close()
    _read(tmp_path / "j")


def test_a_journal_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """The directory does not exist."""
    with pytest.raises(CheckError, match=r"cannot be written \(No such file or directory\)"):
        Journal(tmp_path / "no" / "j", "a sweep", is_resumed=False)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=8))
def test_gaps_are_all_that_no_piece_has(given: list[tuple[int, int]]) -> None:
    """Together with the pieces they are the whole sweep, and they share no seed with one."""
    taken: set[int] = set()
    pieces = []
    for first, count in given:
        seeds = range(first, first + count)
        if taken.isdisjoint(seeds):
            taken.update(seeds)
            pieces.append(Piece(first, (0,) * count))
    found = [seed for seeds in gaps(5, 50, pieces) for seed in seeds]
    assert found == [seed for seed in range(5, 55) if seed not in taken]
