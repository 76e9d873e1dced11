"""Runs of an exercise's program: as it was given, with other numbers, or as the learner has it."""

import tempfile
from pathlib import Path

from loopscope.analysis.summary import summarise
from loopscope.learn.facts.studied import Studied
from loopscope.learn.flow.desk import Desk, key_of
from loopscope.learn.lessons.copied import copied
from loopscope.learn.lessons.model import Exercise
from loopscope.learn.lessons.study_exercise import study_exercise
from loopscope.trace.reader import read_trace


def run_given(desk: Desk, exercise: Exercise) -> Studied:
    """Return the run of a program as it was given; it runs once.

    Raises:
        LessonError: It leaves no recording.
    """
    key = key_of(exercise)
    if key not in desk.runs:
        desk.workspace.begin(exercise)
        trace = desk.workspace.given_recording(exercise)
        desk.runs[key] = _study(exercise, exercise.program.read_text("utf-8", "replace"), trace)
    return desk.runs[key]


def run_varied(desk: Desk, exercise: Exercise) -> Studied:
    """Return the run of a program with the numbers with which it is asked again.

    Raises:
        LessonError: It leaves no recording.
    """
    program = exercise.varied(desk.record(exercise).again)
    with tempfile.TemporaryDirectory(prefix="loopscope-") as directory:
        return _study(exercise, program, Path(directory) / "run.loopscope")


def run_own(desk: Desk, exercise: Exercise) -> Studied:
    """Return the last graded run of the learner's program; what it printed is not known."""
    program = desk.workspace.program(exercise)
    return Studied(
        file=program,
        source=tuple(program.read_text("utf-8", "replace").splitlines()),
        printed=(),
        errors="",
        exit_code=0,
        summary=summarise(read_trace(desk.workspace.recording(exercise))),
    )


def _study(exercise: Exercise, program: str, trace: Path) -> Studied:
    """Run a program in the world of its exercise, from a copy with all its files."""
    with copied(exercise.folder) as folder:
        file = folder / exercise.program.name
        file.write_text(program, "utf-8")
        return study_exercise(exercise, file, trace)
