"""Quiz: which moments are asked about, and which are not, because a real run differs there."""

from pathlib import Path

import pytest

from loopscope.learn.facts.studied import Studied, study
from loopscope.learn.questions.question import mark
from loopscope.learn.quiz.make import make_quiz
from loopscope.learn.quiz.sure import stands_out, steadiest, sure_moves

HEAD = "import asyncio\nimport time\n\n"
CHILD = "async def child(seconds):\n    await asyncio.sleep(seconds)\n\n"


def studied(folder: Path, *lines: str) -> Studied:
    """Simulate a program whose main has these lines."""
    program = folder / "app.py"
    body = "".join(f"    {line}\n" for line in lines)
    program.write_text(f"{HEAD}{CHILD}async def main():\n{body}\nasyncio.run(main())\n")
    return study(program, folder / "run.loopscope", options=["--cost=none"])


def after(run: Studied) -> list[tuple[str, int]]:
    """Return after which run of which task it is sure what comes."""
    return [(move.name, number) for move, number, _ in sure_moves(run)]


@pytest.mark.parametrize(
    ("first", "second", "sure"),
    [
        ("0.1", "0.2", [("main", 1), ("one", 1), ("two", 1), ("one", 2), ("two", 2)]),
        ("0.1", "0.1", [("main", 1), ("one", 1), ("two", 1)]),
        ("0.1", "0.105", [("main", 1), ("one", 1), ("two", 1)]),
    ],
)
def test_what_is_due_nearly_at_once_is_not_asked(
    tmp_path: Path, first: str, second: str, sure: list[tuple[str, int]]
) -> None:
    """After two timers that are due within the margin a real loop may turn either way."""
    run = studied(
        tmp_path,
        f"one = asyncio.create_task(child({first}), name='one')",
        f"two = asyncio.create_task(child({second}), name='two')",
        "await asyncio.gather(one, two)",
    )
    assert after(run) == sure


def test_tasks_that_share_a_name_are_not_asked_about(tmp_path: Path) -> None:
    """Nobody could say which of them is meant."""
    run = studied(
        tmp_path,
        "tasks = [asyncio.create_task(child(n / 10), name='twin') for n in (1, 2)]",
        "await asyncio.gather(*tasks)",
    )
    assert after(run) == [("main", 1)]


def test_a_moment_is_far_from_every_change(tmp_path: Path) -> None:
    """It is the middle of the longest time without any change; too short ones have none."""
    run = studied(tmp_path, "await asyncio.sleep(0.1)", "await asyncio.sleep(0.3)")
    assert steadiest(run, 0, 400_000_000) == 250_000_000
    assert steadiest(run, 0, 100_000_000) == 50_000_000
    assert steadiest(run, 390_000_000, 400_000_000) is None


def test_who_is_ready_is_asked_while_the_loop_is_held(tmp_path: Path) -> None:
    """In a stall somebody waits for the loop, so the question has an answer worth finding."""
    run = studied(
        tmp_path,
        "late = asyncio.create_task(child(0.1), name='late')",
        "await asyncio.sleep(0.05)",
        "time.sleep(0.5)",
        "await late",
    )
    (ready,) = [one for one in make_quiz(run) if one.fact == "ready-at"]
    assert ready.question.shape.written(ready.question.right) == "late"


def test_a_line_is_asked_for_only_where_it_stands_out() -> None:
    """The longest of nearly equal times may be another one in the next run."""
    assert stands_out([300_000_000, 100_000_000])
    assert stands_out([30_000_000])
    assert not stands_out([300_000_000, 250_000_000])
    assert not stands_out([30_000_000, 15_000_000])
    assert not stands_out([])


def test_no_known_wrong_answer_is_right(tmp_path: Path) -> None:
    """Every wrong answer that a question knows is marked wrong, with a belief behind it."""
    run = studied(
        tmp_path,
        "await asyncio.gather(child(0.1), child(0.3))",
        "await child(0.2)",
        "print('over')",
    )
    questions = [one.question for one in make_quiz(run)]
    known = [(question, wrong) for question in questions for wrong in question.wrong]
    assert len(known) >= 6
    assert not any(mark(question, wrong.answer).is_right for question, wrong in known)


def test_a_program_that_does_nothing_is_not_asked_about(tmp_path: Path) -> None:
    """Without a loop and without output there is nothing to say."""
    program = tmp_path / "app.py"
    program.write_text("pass\n")
    run = study(program, tmp_path / "run.loopscope", options=["--cost=none"])
    assert make_quiz(run) == []
