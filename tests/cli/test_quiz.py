"""``loopscope quiz``: what it asks, how it marks, and what it says of mistakes."""

import json
from pathlib import Path

import pytest
from tests.support import loopscope

PROGRAM = """\
import asyncio


async def child(seconds):
    await asyncio.sleep(seconds)
    print("child", seconds)


async def main():
    tasks = [asyncio.create_task(child(n), name=f"child {n}") for n in (1.0, 0.5)]
    await asyncio.gather(*tasks)
    print("over")


asyncio.run(main())
"""
ANSWERS = {
    "total": "1 s",
    "tasks": "2",
    "together": "2",
    "threads": "0",
    "line-that-waits": "line 5: await asyncio.sleep(seconds)",
    "last-lines": "over",
    "lines-printed": "3",
    "exit-code": "0",
}


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Two tasks beside main."""
    path = tmp_path / "app.py"
    path.write_text(PROGRAM)
    return path


def test_the_questions_as_json(program: Path) -> None:
    """Every question has its answer from the simulated run, and wrong ones with their belief."""
    done = loopscope("quiz", "--all", "--json", program.name, cwd=program.parent)
    assert (done.returncode, done.stderr) == (0, "")
    asked = json.loads(done.stdout)
    answers = {one["fact"]: one["answer_text"] for one in asked}
    assert {fact: answers.get(fact) for fact in ANSWERS} == ANSWERS
    moves = [(one["arguments"], one["answer_text"]) for one in asked if one["fact"] == "next-move"]
    assert moves[:2] == [
        ({"task": "main", "run": 1}, "child 1.0"),
        ({"task": "child 1.0", "run": 1}, "child 0.5"),
    ]
    total = next(one for one in asked if one["fact"] == "total")
    assert [(one["answer"], one["belief"]) for one in total["wrong"]] == [
        ("1.5 s", "await-stops-all"),
        ("0 s", "waiting-is-free"),
    ]


def test_the_usual_questions_are_of_six_kinds(program: Path) -> None:
    """Without options six are asked, none of one kind before all kinds had their turn."""
    done = loopscope("quiz", "--json", program.name, cwd=program.parent)
    assert len({one["fact"] for one in json.loads(done.stdout)}) == 6


def test_answers_are_marked_after_all_are_given(program: Path) -> None:
    """A right answer and a wrong one: the wrong one meets its belief, and the exit code is 1."""
    command = ("quiz", "--count", "2", program.name)
    done = loopscope(*command, cwd=program.parent, input="0\nb\n")
    assert done.returncode == 1
    assert done.stderr == ""
    assert "You said 0 s, and it was 1 s." in done.stdout
    assert "Async code does not wait, so it takes no time." in " ".join(done.stdout.split())
    assert "1 of 2 are right." in done.stdout


@pytest.mark.slow
def test_a_real_run_can_be_asked_about(program: Path) -> None:
    """What cannot be simulated is run once, and times are taken as roughly as they repeat."""
    done = loopscope("quiz", "--real", "--all", "--json", program.name, cwd=program.parent)
    asked = {one["fact"]: one["answer_text"] for one in json.loads(done.stdout)}
    assert (asked["tasks"], asked["last-lines"], asked["exit-code"]) == ("2", "over", "0")


@pytest.mark.parametrize(
    ("options", "text", "said"),
    [
        ((), "", "There is nothing to ask about app.py: it prints nothing, and runs no event"),
        (("--real", "--world", "app.py"), PROGRAM, "--world describes a simulated run"),
        ((), "def broken(:\n", "app.py could not be simulated"),
    ],
)
def test_mistakes_are_one_sentence(
    program: Path, options: tuple[str, ...], text: str, said: str
) -> None:
    """What cannot be asked about says why, without a traceback of ours."""
    program.write_text(text)
    done = loopscope("quiz", *options, program.name, cwd=program.parent)
    assert done.returncode == 2
    assert said in done.stderr
    assert "loopscope/" not in done.stderr
