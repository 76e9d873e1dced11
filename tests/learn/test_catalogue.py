"""The lessons that come along, and the one that teachers begin with: all they promise holds."""

from pathlib import Path

import pytest

from loopscope.learn.lessons.new_lesson import TEMPLATE
from loopscope.learn.lessons.shelf import CATALOGUE, ORDER
from loopscope.learn.proof.check_lesson import check_lesson


@pytest.mark.slow
@pytest.mark.parametrize("folder", [*(CATALOGUE / name for name in ORDER), TEMPLATE])
def test_all_that_a_lesson_promises_holds(folder: Path) -> None:
    """Starters fail as declared, keys pass in all worlds, wrong ones get just their feedback."""
    broken = [proof for proof in check_lesson(folder) if not proof.holds]
    assert broken == []


def test_what_does_not_hold_is_told(tmp_path: Path) -> None:
    """A key that fails, a starter that passes and a wrong answer that is right are all found."""
    folder = tmp_path / "broken"
    (folder / "nap").mkdir(parents=True)
    (folder / "lesson.toml").write_text(
        'title = "T"\nbelief = "await-starts"\ngap = "g"\nessence = "e"\nexercises = ["nap"]\n'
    )
    program = "import asyncio\n\n\nasync def nap():\n    await asyncio.sleep(1)\n\n\n"
    (folder / "nap" / "program.py").write_text(f"{program}asyncio.run(nap())\n")
    (folder / "nap" / "key.py").write_text(program.replace("sleep(1)", "sleep(3)"))
    (folder / "nap" / "exercise.toml").write_text("""
title = "Nap"
level = 2
text = "Nap."
program = "program.py"
key = "key.py"
starter = "blocked"
why = "It naps."

[[questions]]
id = "total"
ask = "How long?"
fact = "total"
because = "One second."

[[questions.wrong]]
answer = "1"
belief = "await-starts"
says = "No."

[[trials]]
name = "one second"
call = "nap()"
total = ["1s", "2s"]
""")
    wrong = [proof.wrong for proof in check_lesson(folder) if not proof.holds]
    assert len(wrong) == 3
    assert "the wrong answer '1' is right in the run" in wrong[0]
    assert "program.py passes, and should be refused (blocked)" in wrong[1]
    assert "It is refused (too-slow, one second, seed 0)" in wrong[2]
