"""Facts: what a simulated run answers to each kind of question."""

from pathlib import Path
from string import ascii_lowercase

import pytest
from tests.trace_builder import MS, TraceBuilder

from loopscope.analysis.summary import summarise
from loopscope.errors import LessonError
from loopscope.learn.facts.catalogue import FACTS
from loopscope.learn.facts.moves import Idle, Run, moves
from loopscope.learn.facts.studied import Studied, study
from loopscope.model.kinds import WakeKind

PROGRAM = """\
import asyncio
import time


async def child(seconds):
    await asyncio.sleep(seconds)
    print("child", seconds)


async def main():
    tasks = [asyncio.create_task(child(n), name=f"child {n}") for n in (0.3, 0.1)]
    await asyncio.sleep(0.2)
    time.sleep(0.5)
    await asyncio.gather(*tasks)
    await asyncio.to_thread(time.sleep, 1)
    print("over")


asyncio.run(main())
"""


@pytest.fixture(scope="module")
def studied(tmp_path_factory: pytest.TempPathFactory) -> Studied:
    """Two tasks beside main, a call that blocks for half a second, and a thread."""
    folder = tmp_path_factory.mktemp("facts")
    program = folder / "app.py"
    program.write_text(PROGRAM)
    return study(program, folder / "run.loopscope", options=["--cost=none"])


def test_the_moves_are_what_a_person_would_do_as_the_loop(studied: Studied) -> None:
    """Steps of tasks and waits follow each other as they happened, without callbacks."""
    told = [
        "waits" if isinstance(move, Idle) else move.name + ("" if move.awaited else " over")
        for move in moves(studied)
    ]
    assert told == [
        *("main", "child 0.3", "child 0.1", "waits", "child 0.1 over", "waits", "main"),
        *("child 0.3 over", "main", "waits", "main over"),
    ]
    waits = [move for move in moves(studied) if isinstance(move, Idle)]
    assert [(one.begin_ns, one.end_ns) for one in waits] == [
        (0, 100_000_000),
        (100_000_000, 200_000_000),
        (700_000_000, 1_700_000_000),
    ]


def test_a_move_knows_when_its_wait_is_over(studied: Studied) -> None:
    """A step that suspends says until when, as later steps show."""
    first = moves(studied)[0]
    assert isinstance(first, Run)
    assert (first.end_ns, first.until_ns) == (0, 200_000_000)


@pytest.mark.parametrize(
    ("fact", "arguments", "answer"),
    [
        ("total", {}, "1.7 s"),
        ("blocked", {}, "0.5 s"),
        ("tasks", {}, "2"),
        ("together", {}, "3"),
        ("threads", {}, "1"),
        (
            "printed-order",
            {"lines": ["child 0.3", "child 0.1", "over"]},
            "child 0.1 | child 0.3 | over",
        ),
        ("last-lines", {"count": 2}, "child 0.3 | over"),
        ("line-that-blocks", {}, "line 13: time.sleep(0.5)"),
        ("line-that-waits", {}, "line 15: await asyncio.to_thread(time.sleep, 1)"),
        ("next-move", {"task": "main", "run": 1}, "child 0.3"),
        ("next-move", {"task": "child 0.1", "run": 1}, "nothing is ready: it waits"),
        ("ready-at", {"at": "500ms"}, "child 0.3"),
        ("ready-at", {"at": "150ms"}, "none of them"),
        ("state", {"task": "child 0.3", "at": "500ms"}, "ready"),
        ("state", {"task": "child 0.1", "at": "50ms"}, "waiting"),
        ("state", {"task": "child 0.1", "at": "150ms"}, "over"),
        ("state", {"task": "main", "at": "500ms"}, "running"),
        ("whatif", {"off-loop": "13"}, "1.7 s"),
        ("whatif", {"no-stalls": True}, "1.3 s"),
        ("stated", {"options": ["x", "y"], "right": ["y"]}, "y"),
        ("stated", {"options": ["x", "y", "z"], "right": ["z", "x"], "several": True}, "x, z"),
        (
            "stated",
            {"things": ["t", "u"], "options": ["x", "y"], "right": ["y", "x"]},
            "t = y; u = x",
        ),
    ],
)
def test_each_fact_is_what_the_run_shows(
    studied: Studied, fact: str, arguments: dict[str, object], answer: str
) -> None:
    """The answer to each kind of question follows from the run."""
    found = FACTS[fact](studied, arguments)
    assert found.shape.written(found.right) == answer
    assert len(found.shape.options) <= len(ascii_lowercase)


@pytest.mark.parametrize(
    ("fact", "arguments", "said"),
    [
        ("printed-order", {"lines": ["child", "over"]}, "2 lines of the output contain 'child'"),
        ("printed-order", {"lines": ["over"]}, "an order needs 2 to 26 lines"),
        ("printed-order", {}, "The question needs lines"),
        ("last-lines", {"count": 9}, "the program prints 3 lines"),
        ("last-lines", {"count": "2"}, "a whole number from 1"),
        ("next-move", {"task": "main", "run": 99}, "main runs 4 times"),
        ("next-move", {"task": "main", "run": 4}, "nothing comes after main"),
        ("state", {"task": "nobody", "at": "1s"}, "no task is called nobody"),
        ("state", {"task": "main", "at": "soon"}, "soon is no time"),
        ("ready-at", {"at": "1h"}, "the program is over"),
        ("whatif", {}, "say which change"),
        ("whatif", {"off-loop": "3"}, "The run has no answer"),
        ("stated", {"options": ["x", "y"], "right": ["z"]}, "right must be among"),
        ("stated", {"options": ["x", "y"], "right": ["x", "y"]}, "one option is right"),
        (
            "stated",
            {"options": ["x", "y"], "right": ["x"], "things": ["t", "u"]},
            "one right option",
        ),
    ],
)
def test_a_question_that_the_run_cannot_answer_is_one_sentence(
    studied: Studied, fact: str, arguments: dict[str, object], said: str
) -> None:
    """A question that does not fit the run says what is missing."""
    with pytest.raises(LessonError, match=said) as caught:
        FACTS[fact](studied, arguments)
    assert caught.value.slug == "lesson-fact"


def test_a_program_without_a_recording_says_why(tmp_path: Path) -> None:
    """A program that cannot be run is told in the words of the simulation."""
    program = tmp_path / "app.py"
    program.write_text("import asyncio\nasyncio.run(\n")
    with pytest.raises(LessonError, match="could not be simulated") as caught:
        study(program, tmp_path / "run.loopscope")
    assert caught.value.slug == "learn-not-simulated"


def test_a_slow_look_at_the_clock_is_no_wait(tmp_path: Path) -> None:
    """A real loop that looks for I/O takes some time for it, also while a task is ready."""
    script = TraceBuilder()
    script.run(0)
    main, child = script.task(1), script.task(2, coroutine="child:5")
    script.turn(0, 0)
    first = script.step(main, (0, 0, 1 * MS), ("main:2",))
    script.turn(1 * MS, 2 * MS)  # the child has been ready since the end of main's step
    script.step(child, (1 * MS, 2 * MS, 3 * MS), ("child:6",), by=first)
    script.turn(3 * MS, 9 * MS)
    script.step(child, (9 * MS, 9 * MS, 10 * MS), wake=WakeKind.TIMER)
    script.stop(10 * MS)
    summary = summarise(script.build())
    run = Studied(tmp_path / "app.py", (), (), "", 0, summary)
    assert [(type(one), one.begin_ns // MS, one.end_ns // MS) for one in moves(run)] == [
        (Run, 0, 1),
        (Run, 2, 3),
        (Idle, 3, 9),
        (Run, 9, 10),
    ]
