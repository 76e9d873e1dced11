"""Where lessons are: those that come with loopscope, and those of a teacher."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from loopscope.errors import LessonError
from loopscope.learn.lessons.model import Lesson
from loopscope.learn.lessons.read_lesson import LESSON_FILE, read_lesson

CATALOGUE: Final = Path(__file__).parents[1] / "catalogue"
ORDER: Final = ("await_is_a_pause", "the_event_loop")
"""The lessons that come with loopscope, in the order in which they build on each other."""


def find_lessons(folder: Path | None = None) -> list[Path]:
    """Return the folders of all lessons: loopscope's own first, then those in ``folder``.

    A folder that is a lesson itself is that one lesson.

    Raises:
        LessonError: There is no lesson in the folder.
    """
    own = [CATALOGUE / name for name in ORDER]
    if folder is None:
        return own
    if (folder / LESSON_FILE).is_file():
        return [*own, folder]
    found = sorted(one.parent for one in folder.glob(f"*/{LESSON_FILE}"))
    if not found:
        raise LessonError(
            f"There is no lesson in {folder}: a lesson is a folder with a {LESSON_FILE}; "
            "'loopscope lesson new NAME' makes one.",
            slug="lesson-none",
        )
    return [*own, *found]


def read_lessons(folder: Path | None = None) -> Iterator[Lesson]:
    """Read all lessons, in order.

    Raises:
        LessonError: There is none, or one does not fit.
    """
    for one in find_lessons(folder):
        yield read_lesson(one)
