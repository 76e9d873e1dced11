"""Makes the folder of a lesson to begin with."""

import shutil
from pathlib import Path
from typing import Final

from loopscope.errors import LessonError

TEMPLATE: Final = Path(__file__).parents[1] / "template"


def make_lesson(folder: Path) -> None:
    """Make a small lesson that can be checked as it is.

    Raises:
        LessonError: Something is there already, or it cannot be written.
    """
    if folder.exists():
        raise LessonError(f"{folder} is there already: give another name.", slug="lesson-exists")
    try:
        shutil.copytree(TEMPLATE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    except OSError as error:
        raise LessonError(
            f"{folder} cannot be made ({error.strerror}): choose a folder that you may write to.",
            slug="lesson-exists",
        ) from error
