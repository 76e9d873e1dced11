"""``loopscope lint --why``, as a user types it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from loopscope.cli.main import loopscope
from loopscope.errors import UsageError

SOURCE = """\
import asyncio

async def load(name):
    await asyncio.sleep(1)
    return name

async def free():
    first = await load("a")
    second = await load("b")
    return first, second

async def bound():
    first = await load("a")
    second = await load(first)
    return second
"""


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the program into an empty working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.py").write_text(SOURCE)


@pytest.mark.usefixtures("app")
def test_every_step_has_its_sentence() -> None:
    """An independent pair is likely, and each step of the procedure says what it saw."""
    told = CliRunner().invoke(loopscope, ["lint", "--why", "app.py:8-9"])
    assert told.exit_code == 0, told.output
    head, *steps = told.output.splitlines()
    assert head == "app.py:8-9: may these awaits run together? likely"
    names = ["shape", "data", "shared objects", "effects", "failure order", "worth it"]
    assert [line[6:22].strip() for line in steps] == names
    assert all(line.startswith("  ok ") for line in steps)


@pytest.mark.usefixtures("app")
def test_the_reason_against_names_the_value() -> None:
    """A dependent pair is refused with the name that flows from one to the other."""
    told = CliRunner().invoke(loopscope, ["lint", "--why", "app.py:13-14"])
    assert "may these awaits run together? no" in told.output
    assert "  no  data            `load()` needs first, which comes of `load()`." in told.output


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("app.py", "--why app.py names no lines"),
        ("other.py:3", "other.py does not exist"),
        ("no" * 3000 + ".py:3", "does not exist"),
        ("app.py:x-3", "--why app.py:x-3 names no lines"),
        ("app.py:9-8", "--why app.py:9-8 names no lines"),
        ("app.py:16", "app.py has no line 16: its last one is 15"),
        ("app.py:0", "app.py has no line 0"),
    ],
)
def test_a_place_that_is_none_is_named(place: str, message: str) -> None:
    """What cannot be looked at is refused in a sentence."""
    told = CliRunner().invoke(loopscope, ["lint", "--why", place])
    assert isinstance(told.exception, UsageError)
    assert message in str(told.exception)


@pytest.mark.usefixtures("app")
def test_lines_without_awaits_have_nothing_to_run_together() -> None:
    """Lines with a single await, or up to beyond the last, get an answer too."""
    for place in ("app.py:4", "app.py:15-900"):
        told = CliRunner().invoke(loopscope, ["lint", "--why", place])
        assert told.exit_code == 0
        assert "No two awaits follow each other here" in told.output
