"""The learner's folder: the programs to change, recordings of their runs, and progress."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from loopscope.errors import LessonError
from loopscope.learn.lessons.model import Exercise

OWN_RUN: Final = "run.loopscope"
GIVEN_RUN: Final = "given.loopscope"

Stamp = tuple[int, int] | None
"""What changes when a file is saved; None while an editor has it away."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder of a learner, with a folder for each exercise that was begun."""

    folder: Path

    def place(self, exercise: Exercise) -> Path:
        """Return the folder of an exercise."""
        return self.folder / exercise.folder.parent.name / exercise.id

    def program(self, exercise: Exercise) -> Path:
        """Return the learner's own copy of an exercise's program."""
        return self.place(exercise) / exercise.program.name

    def recording(self, exercise: Exercise) -> Path:
        """Return where the recording is of the learner's program, as it was graded last."""
        return self.place(exercise) / OWN_RUN

    def given_recording(self, exercise: Exercise) -> Path:
        """Return where the recording is of the program as it was given."""
        return self.place(exercise) / GIVEN_RUN

    def last_run(self, exercise: Exercise) -> Path | None:
        """Return the recording of the learner's program, or of the given one; None for neither."""
        both = (self.recording(exercise), self.given_recording(exercise))
        return next((one for one in both if one.exists()), None)

    def begin(self, exercise: Exercise) -> Path:
        """Lay out the files of an exercise, and return the program; what is there stays.

        Raises:
            LessonError: They cannot be written.
        """
        program = self.program(exercise)
        try:
            program.parent.mkdir(parents=True, exist_ok=True)
            for file in (exercise.program, *exercise.files):
                own = program.with_name(file.name)
                if not own.exists():
                    shutil.copyfile(file, own)
        except OSError as error:
            raise LessonError(
                f"The exercise cannot be laid out in {program.parent} ({error.strerror}): choose "
                "another folder with --folder.",
                slug="learn-file",
            ) from error
        return program

    def reset(self, exercise: Exercise) -> Path:
        """Put the program back as it was given, and return it. The learner's goes beside it.

        Raises:
            LessonError: It cannot be written.
        """
        program = self.program(exercise)
        try:
            if program.exists():
                program.replace(program.with_suffix(".before.py"))
            self.recording(exercise).unlink(missing_ok=True)
        except OSError as error:
            raise LessonError(
                f"{program} cannot be put back ({error.strerror}): see who may write to it.",
                slug="learn-file",
            ) from error
        return self.begin(exercise)


def stamp(file: Path) -> Stamp:
    """Return the stamp of a file."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
