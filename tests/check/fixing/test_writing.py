"""Files are replaced as wholes, and only if nobody else has changed them."""

from pathlib import Path

import pytest

from loopscope.check.fixing.writing import write_all
from loopscope.errors import CheckError


def test_a_file_that_was_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    """Nobody's work is overwritten; nothing else is written either."""
    first, second = tmp_path / "a.py", tmp_path / "b.py"
    first.write_bytes(b"1")
    second.write_bytes(b"other")
    with pytest.raises(CheckError, match="was changed while its rewrite was tried"):
        write_all({first: (b"1", b"2"), second: (b"1", b"2")})
    assert (first.read_bytes(), second.read_bytes()) == (b"1", b"other")


def test_a_replaced_file_keeps_its_rights_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    """A script stays executable, a link stays a link."""
    script, link = tmp_path / "a.py", tmp_path / "link.py"
    script.write_bytes(b"1")
    script.chmod(0o755)
    link.symlink_to(script)
    write_all({link: (b"1", b"2")})
    assert (script.read_bytes(), script.stat().st_mode & 0o777) == (b"2", 0o755)
    assert link.is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.py", "link.py"]
