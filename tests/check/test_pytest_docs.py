"""The examples of docs/pytest.md do what the page says."""

import re
from pathlib import Path

import pytest
from tests.check.plugin_runs import run_pytest

from loopscope import pytest_plugin
from loopscope.pytest_plugin.marker import NAMES

PAGE = (Path(__file__).parents[2] / "docs" / "pytest.md").read_text(encoding="utf-8")


def rows(title: str) -> list[str]:
    """Return what the first column of a section's table has in code."""
    section = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)[0]
    return re.findall(r"^\| `([\w-]+)", section, re.MULTILINE)


def test_every_argument_fixture_and_option_is_on_the_page() -> None:
    """The tables name what there is, and nothing else."""
    assert sorted(rows("The marker")) == sorted(NAMES)
    assert tuple(rows("Fixtures")) == pytest_plugin.FIXTURES
    parser = pytest.Parser(_ispytest=True)
    pytest_plugin.pytest_addoption(parser)
    options = [name for group in parser._groups for one in group.options for name in one.names()]
    assert rows("Options") == options


def test_the_examples_run(tmp_path: Path) -> None:
    """The first fails in the way that is told there, the second passes."""
    examples = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    ran = run_pytest(tmp_path, "\n\n".join(examples))
    assert ran.outcomes == {
        "test_one_answer_is_enough": "FAILED",
        "test_the_slow_call_is_found": "PASSED",
    }, ran.out
    assert "ConnectionRefusedError" in ran.out
    said = re.findall(r"^Seed (\d+) fails: It raised ConnectionRefusedError", ran.out, re.MULTILINE)
    assert f"Seed {said[0]} fails" in PAGE
    for line in re.findall(r"^    \w+\.example\.com, .*$", PAGE, re.MULTILINE):
        assert f"{line}\n" in ran.out
