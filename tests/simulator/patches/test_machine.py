"""Questions about the machine are answered from outside, so that libraries can be imported."""

import ctypes.util
import platform
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from tests.simulator.patches.runs import outcome, simulate

from loopscope.simulator.patches import machine

QUESTIONS: dict[str, Callable[[], object]] = {
    "find_library": lambda: ctypes.util.find_library("c"),
    "architecture": lambda: platform.architecture(),  # noqa: PLW0108 - looked up when called
    "processor": lambda: platform.processor(),  # noqa: PLW0108
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_answer_is_the_real_one(question: str) -> None:
    """Python starts a process to know it; that is no escape, and takes no time."""
    ask = QUESTIONS[question]
    run = simulate(ask)
    assert (run.result, run.seconds, run.failures) == (ask(), 0, [])


def test_a_question_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time the answer is known, so no process is started."""
    started: list[object] = []
    start = subprocess.Popen.__init__

    def note(popen: Any, *args: Any, **kwargs: Any) -> None:
        started.append(args)
        start(popen, *args, **kwargs)

    monkeypatch.setattr(subprocess.Popen, "__init__", note)

    def program() -> int:
        ctypes.util.find_library("no such library")
        once = len(started)
        ctypes.util.find_library("no such library")
        return len(started) - once

    assert outcome(program) == 0
    assert started


def test_an_error_comes_back() -> None:
    """What the real function raises is raised in the program."""
    with pytest.raises(ZeroDivisionError):
        machine._ask_outside(lambda one: 1 / one, (0,))
