"""A module that is not there is asked for once, until the path or its directories change."""

import importlib.util
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from loopscope.simulator.missing_modules import missing_modules


class Counting:
    """A finder that finds nothing, and counts who asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def find_spec(self, fullname: str, *_: object) -> None:
        """Note the name."""
        self.asked.append(fullname)


@pytest.fixture
def finder() -> Iterator[Counting]:
    """Return a finder that is asked last."""
    counting = Counting()
    sys.meta_path.append(counting)
    yield counting
    sys.meta_path.remove(counting)


def fail_to_import(name: str) -> str:
    """Import a module that is not there; returns the message."""
    with pytest.raises(ModuleNotFoundError) as caught:
        __import__(name)
    assert caught.value.name == name
    return str(caught.value)


def test_a_missing_module_is_looked_for_once(finder: Counting) -> None:
    """The same error comes each time, but the path is gone through only the first time."""
    with missing_modules():
        first = fail_to_import("no_such_module_a")
        said = {fail_to_import("no_such_module_a") for _ in range(3)}
        count = len(finder.asked)
        assert importlib.util.find_spec("no_such_module_a") is None
    assert said == {first}
    assert count == 2  # by the one that remembers, and by the import after it
    before = list(sys.meta_path)
    fail_to_import("no_such_module_a")
    assert sys.meta_path == before


def test_a_module_that_appears_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file written since is found, and so is one on a path added since."""
    with missing_modules():
        monkeypatch.syspath_prepend(tmp_path)
        fail_to_import("late_module_b")
        (tmp_path / "late_module_b.py").write_text("VALUE = 1\n")
        importlib.invalidate_caches()
        assert __import__("late_module_b").VALUE == 1
        other = tmp_path / "other"
        other.mkdir()
        (other / "late_module_c.py").write_text("VALUE = 2\n")
        fail_to_import("late_module_c")
        monkeypatch.syspath_prepend(other)
        assert __import__("late_module_c").VALUE == 2
    del sys.modules["late_module_b"], sys.modules["late_module_c"]


def test_a_traceback_shows_only_the_import_statement() -> None:
    """Whether it was looked for or remembered, an import fails at the program's own line."""
    with missing_modules():
        for _ in range(2):
            with pytest.raises(ModuleNotFoundError) as caught:
                __import__("no_such_module_d")
            (frame,) = traceback.extract_tb(caught.value.__traceback__)
            assert frame.filename == __file__
