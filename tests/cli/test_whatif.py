"""``loopscope whatif``: what it prints, its JSON, and what it says of mistakes."""

import json
from pathlib import Path

import pytest
from tests.support import loopscope

PROGRAM = """\
import asyncio


async def main():
    await asyncio.sleep(0.1)
    await asyncio.sleep(0.3)


asyncio.run(main())
"""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Simulate a program once; return the directory with its trace."""
    directory = tmp_path_factory.mktemp("whatif")
    (directory / "app.py").write_text(PROGRAM)
    command = ("simulate", "--cost", "none", "--out", "app.loopscope", "app.py")
    assert loopscope(*command, cwd=directory).returncode == 0
    return directory


def test_the_prediction_as_text(recorded: Path) -> None:
    """Recorded, replayed and predicted total, the change, and what it assumes."""
    done = loopscope("whatif", "app.loopscope", "--together", "app.py:5-6", cwd=recorded)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "before, as recorded    400 ms",
        "before, as replayed    400 ms   the model's own error: 0.0%",
        "after                  300 ms   1.3 times as fast, saves 100 ms",
        "",
        "With",
        "  --together app.py:5-6",
        "",
        "If",
        "  - The awaits at app.py:5-6 need nothing from each other.",
        "",
        "How sure",
        "  Nothing outside the program is assumed.",
    ]


def test_the_prediction_as_json(recorded: Path) -> None:
    """The same as data, in seconds."""
    command = ("whatif", "app.loopscope", "--together", "app.py:5-6", "--json")
    done = loopscope(*command, cwd=recorded)
    assert json.loads(done.stdout) == {
        "changes": ["--together app.py:5-6"],
        "recorded_s": 0.4,
        "replayed_s": 0.4,
        "after_s": 0.3,
        "saves_s": 0.1,
        "is_at_most": False,
        "assumptions": ["The awaits at app.py:5-6 need nothing from each other."],
    }


def test_without_a_change_it_says_what_could_be_changed(recorded: Path) -> None:
    """The lines that waited are listed, the longest first."""
    done = loopscope("whatif", "app.loopscope", cwd=recorded)
    assert done.stdout.splitlines()[2:] == [
        "",
        "What could be changed",
        "  --together  app.py:6, app.py:5",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--together", "app.py:9"),
            "No task waited at app.py:9. Tasks waited at app.py:6, app.py:5.",
        ),
        (
            ("--together", "app.py:5"),
            (
                "At app.py:5 a task waited only once each time it came by, so there is nothing to "
                "put side by side. Tasks waited at app.py:6, app.py:5."
            ),
        ),
        (
            ("--together", "app.py"),
            (
                "--together app.py cannot be read: give FILE:LINE or FILE:FIRST-LAST, such as "
                "app.py:12-14."
            ),
        ),
        (
            ("--off-loop", "app.py:5:nowhere"),
            (
                "--off-loop app.py:5:nowhere cannot be read: give FILE:LINE or FILE:LINE:process, "
                "such as app.py:30."
            ),
        ),
        (
            ("--limit", "lock=0"),
            (
                "--limit lock=0 cannot be read: give OBJECT=N with N of at least 1, such as "
                "semaphore=8."
            ),
        ),
        (
            ("--host", "a=0x"),
            (
                "--host a=0x cannot be read: give NAME=2x, such as api.example.com=2x (0.5x: half "
                "as fast)."
            ),
        ),
    ],
)
def test_mistakes(arguments: tuple[str, str], said: str, recorded: Path) -> None:
    """One sentence that says what is wrong and what there is; exit code 2."""
    done = loopscope("whatif", "app.loopscope", *arguments, cwd=recorded)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"loopscope: {said}\n"
