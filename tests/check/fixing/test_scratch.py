"""The copy in which a program is tried: what it writes there is seen and undone, and only there."""

import os
import shutil
import sqlite3
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from loopscope.check.fixing import scratch as scratch_module
from loopscope.check.fixing.guard import Refused, guarded
from loopscope.check.fixing.scratch import make_scratch, remove
from loopscope.errors import CheckError

if TYPE_CHECKING:
    from collections.abc import Callable


def test_what_a_run_writes_is_told_and_undone(tmp_path: Path) -> None:
    """New files, changed ones, deleted ones; what was put there before is no change."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.txt").write_text("a")
    (tmp_path / "b.bin").write_bytes(b"\xff\x00")
    (tmp_path / "app.py").write_text("1")
    copy = make_scratch(tmp_path)
    try:
        for _ in range(2):
            copy.put({"app.py": b"2"})
            (copy.folder / "data" / "a.txt").write_text("changed")
            (copy.folder / "b.bin").unlink()
            (copy.folder / "new.txt").write_text("new")
            assert copy.take_changes({"app.py": b"2"}) == {
                "data/a.txt": "changed",
                "b.bin": "(deleted)",
                "new.txt": "new",
            }
            assert (copy.folder / "app.py").read_text() == "1"
            assert copy.take_changes({}) == {}
    finally:
        remove(copy.base)
    assert (tmp_path / "data" / "a.txt").read_text() == "a"


def test_a_folder_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody's home directory is copied."""
    monkeypatch.setattr(scratch_module, "MOST_FILES", 2)
    for name in "abc":
        (tmp_path / name).write_text("")
    with pytest.raises(CheckError, match="too much to be copied"):
        make_scratch(tmp_path)


def test_nothing_is_written_elsewhere(tmp_path: Path) -> None:
    """Whatever way a program writes, the path is refused and told; reading is free."""
    base, outside = tmp_path / "base", tmp_path / "outside.txt"
    base.mkdir()
    outside.write_text("mine")
    (base / "link").symlink_to(tmp_path)
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "leaf").write_text("mine")
    attempts: list[Callable[[], object]] = [
        partial(outside.open, "w"),
        partial(outside.open, "r+"),
        partial(os.open, outside, os.O_WRONLY),
        lambda: (base / "link" / "new.txt").write_text("x"),
        outside.unlink,
        lambda: outside.rename(base / "taken"),
        (tmp_path / "made").mkdir,
        partial(sqlite3.connect, tmp_path / "x.db"),
        partial(shutil.rmtree, tmp_path / "tree"),
        lambda: os.link(outside, base / "hard"),
    ]
    for attempt in attempts:
        with guarded(base) as refused, pytest.raises(Refused):
            attempt()
        assert refused
    with guarded(base) as refused:
        (base / "inside.txt").write_text(outside.read_text())
        sqlite3.connect(":memory:").close()
        (base / "made").mkdir()
        shutil.rmtree(base / "made")
        (base / "soft").symlink_to(outside)
    assert refused == []
    assert (tmp_path / "tree" / "leaf").read_text() == "mine"
    outside.write_text("mine again")
