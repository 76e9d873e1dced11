"""Grades learners' programs: tries them in a process of their own, which has a time limit."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from loopscope.errors import LessonError
from loopscope.learn.lessons.copied import copied
from loopscope.learn.lessons.model import Exercise, Feedback, Reason
from loopscope.learn.trials.judge import Refusal
from loopscope.learn.trials.typed import type_errors

LIMIT_S: Final = 60
_CHILD: Final = "loopscope.learn.trials.child"


@dataclass(frozen=True, slots=True)
class Grade:
    """What became of a program: it passes, or it is refused for a reason."""

    refusal: Refusal | None
    feedback: Feedback | None

    @property
    def passes(self) -> bool:
        """Whether it stood all trials."""
        return self.refusal is None


def grade(exercise: Exercise, program: Path, trace: Path | None = None) -> Grade:
    """Try a program in all trials of an exercise.

    Args:
        exercise: The exercise, with its key.
        program: What the learner wrote.
        trace: Where the recording goes of the run that was refused, or else of the first.

    Raises:
        LessonError: The program cannot be read, or the exercise does not fit its own key.
    """
    found = _unreadable(program) or _tried(exercise, program, trace)
    return _grade(exercise, program, found)


def grade_all(exercise: Exercise, programs: Sequence[Path]) -> list[Grade]:
    """Grade several programs as ``grade`` does, but in one process as far as they let it live.

    Raises:
        LessonError: As for one.
    """
    grades = {program: _unreadable(program) for program in programs}
    tried = [program for program in programs if grades[program] is None]
    answers, _ = _in_child(exercise, tried, "") if tried else ([], None)
    grades |= dict(zip(tried, answers, strict=False))
    for program in tried[len(answers) :]:
        grades[program] = _tried(exercise, program, None)
    return [_grade(exercise, program, grades[program]) for program in programs]


def _grade(exercise: Exercise, program: Path, found: Refusal | None) -> Grade:
    found = found or _untyped(exercise, program)
    return Grade(found, exercise.feedback.get(found.reason) if found is not None else None)


def _unreadable(program: Path) -> Refusal | None:
    """Return what is wrong with a file that is no program."""
    try:
        compile(program.read_bytes(), str(program), "exec", dont_inherit=True)
    except OSError as error:
        raise LessonError(
            f"{program} cannot be read ({error.strerror}): put the exercise's file back with "
            "'loopscope learn reset'.",
            slug="learn-file",
        ) from error
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        text = getattr(error, "msg", str(error))
        return Refusal(Reason.CRASHED, "", 0, f"Line {line} is no Python: {text}.")
    return None


def _untyped(exercise: Exercise, program: Path) -> Refusal | None:
    for error in type_errors(program, exercise.folder) if exercise.is_typed else ():
        return Refusal(Reason.NOT_TYPED, "", 0, error)
    return None


def _tried(exercise: Exercise, program: Path, trace: Path | None) -> Refusal | None:
    recording = str(trace.absolute()) if trace is not None else ""
    answers, ended = _in_child(exercise, [program], recording)
    if answers:
        return answers[0]
    if ended is None:
        return Refusal(Reason.STUCK, "", 0, f"After {LIMIT_S} s of computing it was not over.")
    return _without_answer(ended.returncode, ended.stderr)


Ended = subprocess.CompletedProcess[bytes]


def _in_child(
    exercise: Exercise, programs: Sequence[Path], recording: str
) -> tuple[list[Refusal | None], Ended | None]:
    """Return what was found of the programs before the child ended, and how it ended.

    None instead of the latter means that it was not over in time.
    """
    with copied(exercise.folder.parent) as lesson:
        answers = lesson.parent / "answers.jsonl"
        own = [str(program.absolute()) for program in programs]
        try:
            ended: Ended | None = subprocess.run(  # noqa: S603  (this very Python)
                [
                    *(sys.executable, "-X", "utf8", "-m", _CHILD),
                    *(str(lesson), exercise.id, str(answers), recording, *own),
                ],
                env=os.environ | {"PYTHONHASHSEED": "0"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=LIMIT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            ended = None
        written = answers.read_text("utf-8") if answers.exists() else ""
    whole = written.rpartition("\n")[0].splitlines()
    return [_read(line) for line in whole], ended


def _read(line: str) -> Refusal | None:
    found = json.loads(line)
    return None if found is None else Refusal(**{**found, "reason": Reason(found["reason"])})


def _without_answer(code: int, stderr: bytes) -> Refusal:
    """Return what to say of a process that ended before it answered."""
    last = stderr.decode(errors="replace").strip().rpartition("\n")[2]
    return Refusal(Reason.CRASHED, "", 0, f"It ended Python (exit code {code}). {last}".strip())
