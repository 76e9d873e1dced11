"""A new learner goes through the first lesson in a terminal of 80 columns."""

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pexpect
import pytest
from tests.learn.walk import PREDICTIONS, beliefs_met, comments, first_lesson, programs

from loopscope.learn.lessons.model import Exercise, Lesson

pytestmark = pytest.mark.slow

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
PROMPT = re.compile(r"> (?:\x1b\[0m)?$")
KEYS = "q: leave"
OWN_ANSWERS = {"a number": "99", "one letter": "a", "letters, or - for none": "-"}


class Learner:
    """Somebody at a terminal, and all that they have seen."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._child = pexpect.spawn(
            sys.executable,
            ["-m", "loopscope", "learn"],
            cwd=str(folder),
            env={**os.environ, "TERM": "xterm-256color", **environment},
            dimensions=(24, 80),
            encoding="utf-8",
            timeout=300,  # only so that a hang ends: a busy machine takes long
        )
        self.seen = ""

    def read(self, until: str | re.Pattern[str] = PROMPT) -> str:
        """Return what is shown until a prompt, on one line, without colours."""
        if isinstance(until, str):
            self._child.expect_exact(until)
        else:
            self._child.expect(until)
        shown = f"{self._child.before}{self._child.after}"
        self.seen += shown
        return " ".join(ESCAPES.sub("", shown).split())

    def type(self, text: str) -> None:
        """Type a line."""
        self._child.sendline(text)

    def end(self) -> str:
        """Return what is shown until it ends."""
        shown = self._child.read()
        self._child.close()
        self.seen += shown
        return " ".join(ESCAPES.sub("", shown).split())

    @property
    def code(self) -> int | None:
        """The exit code."""
        return self._child.exitstatus

    @property
    def lines(self) -> Iterator[str]:
        """All lines that were shown, without colours and without what was typed."""
        for line in ESCAPES.sub("", self.seen).split("\r\n"):
            if "> " not in line:
                yield line


def predict(learner: Learner, lesson: Lesson, exercise: Exercise) -> str:
    """Take a hint, answer all questions wrongly, and return what is shown until the next prompt."""
    shown = learner.read()
    assert exercise.title in shown
    assert "The run printed" not in shown
    if exercise.hints:
        learner.type("?")
        assert exercise.hints[0] in learner.read()
    learner.type("what?")
    assert "Give" in learner.read()
    *others, last = PREDICTIONS[exercise.id]
    for answer in others:
        learner.type(answer)
        shown = learner.read()
        assert "[wrong]" not in shown, "nothing is told before all are answered"
    learner.type(last)
    shown = learner.read(KEYS if exercise.trials and not exercise.remarks else PROMPT)
    for claim in beliefs_met(lesson, exercise):
        assert claim in shown
    return shown


def review(learner: Learner, lesson: Lesson, exercise: Exercise) -> None:
    """Comment on each remark, wrongly at first."""
    rows = re.findall(r"^ +(\d+)  (.*)$", "\n".join(learner.lines), re.MULTILINE)
    for number, remark in enumerate(exercise.remarks, 1):
        for comment in comments(lesson, exercise, remark):
            learner.type(comment.line)
            learner.read()
            learner.type(comment.claim)
            learner.read()
            found = [n for n, text in rows if any(part in text for part in comment.rows)]
            assert found, f"{comment.rows} is in no row"
            learner.type(" ".join(found))
            is_last = number == len(exercise.remarks) and comment.answer == "these rows show it"
            assert comment.answer in learner.read(KEYS if is_last else PROMPT)


def mend(learner: Learner, exercise: Exercise, program: Path) -> None:
    """Hand in programs by saving them, and answer what is asked about the one that passes."""
    for file, reason in programs(exercise, 2):
        program.write_bytes(file.read_bytes())
        if reason is not None:
            assert f"[not yet] {reason}" in learner.read(KEYS)
            continue
        shown = learner.read()
        assert "[passes]" in shown
        while "Why is it so?" not in shown:
            how = re.findall(r"\(([^()]*)\) >$", shown)[-1]
            learner.type(OWN_ANSWERS[how])
            shown = learner.read()


def test_a_new_learner_goes_through_the_first_lesson(tmp_path: Path) -> None:
    """Wrong predictions, hints, wrong programs, wrong evidence; in the end all is done."""
    lesson = first_lesson()
    learner = Learner(tmp_path, {})
    for exercise in lesson.exercises:
        predict(learner, lesson, exercise)
        if exercise.remarks:
            review(learner, lesson, exercise)
        if exercise.trials:
            program = tmp_path / "loopscope-lessons" / lesson.id / exercise.id / "program.py"
            mend(learner, exercise, program)
        learner.type(f"because of {exercise.id}")
        assert f"because of {exercise.id}" in learner.read(f"{exercise.title}: done.")
    assert " ".join(lesson.essence.split()) in learner.read()
    learner.type("q")
    assert "Kept. Go on with: loopscope learn" in learner.end()
    assert max(map(len, learner.lines)) <= 80
    kept = json.loads((tmp_path / "loopscope-lessons" / "progress.json").read_text())["exercises"]
    for exercise in lesson.exercises:
        record = kept[f"{lesson.id}/{exercise.id}"]
        assert record["passed_s"] > 0
        assert record["prose"] == [f"because of {exercise.id}"]
        assert record["hints"] == min(1, len(exercise.hints))


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_nothing_is_told_by_colour_alone(tmp_path: Path, environment: dict[str, str]) -> None:
    """Without colour, and on a terminal that can do nothing, all is there in words."""
    lesson = first_lesson()
    learner = Learner(tmp_path, environment)
    shown = predict(learner, lesson, lesson.exercises[0])
    assert shown.count("[wrong]") == 5
    assert shown.count("[right]") == 1
    learner.type("q")
    learner.read()
    learner.type("q")
    learner.end()
    assert learner.code == 0
    assert max(map(len, learner.lines)) <= 80
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", learner.seen), "a colour"
    if "TERM" in environment:
        assert learner.seen.isascii()
        assert "\x1b" not in learner.seen
