"""Programs tried beside their key: each reason for which one is refused."""

from pathlib import Path

import pytest

from loopscope.learn.lessons.model import Exercise, Reason
from loopscope.learn.lessons.read_lesson import read_lesson
from loopscope.learn.trials.grade import Grade, grade, grade_all

EXERCISE = """
title = "Three waits"
level = 2
text = "Overlap them."
program = "program.py"
files = ["shop.py"]
key = "key.py"
starter = "too-slow"
why = "They are tasks."

[[trials]]
name = "three"
call = "buy()"
seeds = 3
total = ["0.1s", "0.5s"]
blocked = "0s"
also = { "asked" = "sorted(shop.asked)" }

[feedback.too-slow]
belief = "await-starts"
says = "One after the other."
"""
LESSON = """
title = "Shop"
belief = "await-starts"
gap = "gap"
essence = "essence"
exercises = ["buy"]
"""
SHOP = """
import asyncio
import random

asked = []
_plan = random.getrandbits(32)


async def ask(item):
    asked.append(item)
    chance = random.Random(f"{_plan} {item}")
    await asyncio.sleep(chance.uniform(0.1, 0.5))
    return chance.randrange(100)
"""
KEY = """
import asyncio

import shop


async def buy():
    return await asyncio.gather(*map(shop.ask, "abc"))
"""


@pytest.fixture
def exercise(tmp_path: Path) -> Exercise:
    """Three waits that are to overlap, in three worlds."""
    folder = tmp_path / "lesson" / "buy"
    folder.mkdir(parents=True)
    (folder.parent / "lesson.toml").write_text(LESSON)
    files = {"exercise.toml": EXERCISE, "shop.py": SHOP, "key.py": KEY, "program.py": KEY}
    for name, text in files.items():
        (folder / name).write_text(text)
    (found,) = read_lesson(folder.parent).exercises
    return found


def graded(exercise: Exercise, body: str, head: str = "") -> Grade:
    """Grade a program whose function ``buy`` has this body."""
    program = exercise.folder.parent.parent / "own.py"
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    program.write_text(f"import asyncio\n\nimport shop\n{head}\n\nasync def buy():\n{lines}")
    return grade(exercise, program)


@pytest.mark.parametrize(
    ("body", "reason", "seen"),
    [
        ("raise ValueError('no')", Reason.CRASHED, "It raised ValueError: no at "),
        ("return 1 +", Reason.CRASHED, "Line 7 is no Python: invalid syntax."),
        ("import os; os._exit(3)", Reason.CRASHED, "It ended Python (exit code 3)."),
        ("await asyncio.Event().wait()", Reason.STUCK, "deadlock"),
        ("while True:\n    await asyncio.sleep(0)", Reason.STUCK, "step"),
        ("shop.ask('a')", Reason.LOST, "coroutine 'ask' was never awaited"),
        (
            "asyncio.create_task(asyncio.sleep(9))\nawait asyncio.gather(*map(shop.ask, 'abc'))",
            Reason.LOST,
            "was not finished when the program ended",
        ),
        ("import time\ntime.sleep(0.3)", Reason.BLOCKED, "held the loop for 300 ms of 300 ms"),
        ("return [await shop.ask(one) for one in 'abc']", Reason.TOO_SLOW, "may take 500 ms"),
        ("return [1, 2, 3]", Reason.TOO_QUICK, "It took 0 s."),
        (
            "await asyncio.sleep(0.4)\nreturn [1, 2, 3]",
            Reason.OTHER_RESULT,
            "It returned [1, 2, 3]",
        ),
        (
            "return await asyncio.gather(*map(shop.ask, 'abca'))\n",
            Reason.OTHER_RESULT,
            "It returned [",
        ),
        (
            "found = await asyncio.gather(*map(shop.ask, 'abca'))\nreturn found[:3]",
            Reason.OTHERWISE,
            "asked: ['a', 'a', 'b', 'c'], and with the key ['a', 'b', 'c'].",
        ),
    ],
)
def test_each_reason_is_found_and_says_what_was_seen(
    exercise: Exercise, body: str, reason: Reason, seen: str
) -> None:
    """A program that falls short is refused for the reason nearest to its cause, with numbers."""
    refusal = graded(exercise, body).refusal
    assert refusal is not None
    assert refusal.reason is reason
    assert seen in refusal.seen


def test_any_program_that_does_the_same_passes(exercise: Exercise) -> None:
    """A program passes for what it does, however it is written."""
    body = (
        "async with asyncio.TaskGroup() as group:\n"
        "    tasks = [group.create_task(shop.ask(one)) for one in 'abc']\n"
        "return [task.result() for task in tasks]"
    )
    assert graded(exercise, body).passes


def test_feedback_belongs_to_the_reason(exercise: Exercise) -> None:
    """The lesson's own words for a reason come with the refusal; other reasons have none."""
    slow = graded(exercise, "return [await shop.ask(one) for one in 'abc']")
    assert slow.feedback is not None
    assert slow.feedback.belief == "await-starts"
    assert graded(exercise, "return [1, 2, 3]").feedback is None


def test_a_result_that_claims_to_equal_everything_is_not_the_right_one(exercise: Exercise) -> None:
    """A learner's own class cannot pass by saying that it equals the key's result."""
    head = "class Anything(list):\n    def __eq__(self, other): return True\n"
    refusal = graded(exercise, "await asyncio.sleep(0.4)\nreturn Anything()", head).refusal
    assert refusal is not None
    assert refusal.reason is Reason.OTHER_RESULT


def test_the_recording_is_of_the_run_that_was_refused(exercise: Exercise, tmp_path: Path) -> None:
    """With a refusal comes the recording of that very run, to step through."""
    program = tmp_path / "own.py"
    program.write_text(KEY.replace("return await", "import time; time.sleep(0.2); return await"))
    trace = tmp_path / "run.loopscope"
    assert grade(exercise, program, trace).refusal is not None
    assert trace.stat().st_size > 0


def test_many_programs_are_graded_as_each_alone(exercise: Exercise, tmp_path: Path) -> None:
    """In one process the grades are the same, also after a program that ends this process."""
    bodies = {
        "one after the other": "return [await shop.ask(one) for one in 'abc']",
        "ends Python": "import os; os._exit(3)",
        "no Python": "return 1 +",
        "invented": "return [1, 2, 3]",
    }
    files = [exercise.key or exercise.program]
    for name, body in bodies.items():
        files.append(tmp_path / f"{name.replace(' ', '_')}.py")
        head = "import asyncio\n\nimport shop\n\n\n"
        files[-1].write_text(f"{head}async def buy():\n    {body}\n")
    refusals = [given.refusal for given in grade_all(exercise, files)]
    assert refusals == [grade(exercise, file).refusal for file in files]
    assert [found and found.reason for found in refusals] == [
        *(None, Reason.TOO_SLOW, Reason.CRASHED, Reason.CRASHED, Reason.TOO_QUICK),
    ]
