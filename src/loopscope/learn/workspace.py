"""The learner's folder: the programs to change, recordings of their runs, and progress."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from loopscope.errors import LessonError
from loopscope.learn.lessons.model import Exercise

RECORDING: Final = "run.loopscope"


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
        """Return where the recording is of the last run of an exercise."""
        return self.place(exercise) / RECORDING

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
        if program.exists():
            program.replace(program.with_suffix(".before.py"))
        return self.begin(exercise)
