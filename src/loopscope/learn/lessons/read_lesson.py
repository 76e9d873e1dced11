"""Reads a lesson's folder, checked before anything of it runs."""

from pathlib import Path
from typing import Final

from loopscope.errors import LessonError
from loopscope.learn.beliefs import BELIEFS, Belief
from loopscope.learn.lessons.model import Lesson
from loopscope.learn.lessons.read_exercise import read_exercise
from loopscope.simulator.hosts import fields
from loopscope.simulator.hosts.fields import Place
from loopscope.simulator.hosts.toml_file import read_toml

LESSON_FILE: Final = "lesson.toml"
EXERCISE_FILE: Final = "exercise.toml"
MOST_EXERCISES: Final = 100
MOST_BELIEFS: Final = 100

_KEYS: Final = ("title", "belief", "gap", "essence", "exercises", "beliefs")


def read_lesson(folder: Path) -> Lesson:
    """Read a lesson.

    Raises:
        LessonError: Something is missing or does not fit; the message says where.
    """
    file = folder / LESSON_FILE
    place = Place(f"{folder.name}/{LESSON_FILE}", folder, error=LessonError, slug="lesson-format")
    document = fields.table(read_toml(file, place), place, _KEYS)
    beliefs = BELIEFS | _own_beliefs(document.get("beliefs", {}), place.at("beliefs"))
    names = fields.rows(document.get("exercises", []), place.at("exercises"), MOST_EXERCISES)
    if not names:
        place.refuse('there are no exercises; name their folders: exercises = ["first"].')
    folders = [_exercise_folder(name, place.at("exercises")) for name in names]
    if len(set(folders)) < len(folders):
        place.refuse("an exercise is named twice in exercises; keep one.")
    return Lesson(
        id=folder.name,
        folder=folder,
        title=fields.text(document.get("title"), place.at("title")),
        belief=fields.choice(document.get("belief"), place.at("belief"), tuple(beliefs)),
        gap=fields.text(document.get("gap"), place.at("gap")),
        essence=fields.text(document.get("essence"), place.at("essence")),
        exercises=tuple(read_exercise(one, EXERCISE_FILE, beliefs) for one in folders),
        beliefs=beliefs,
    )


def _exercise_folder(name: object, place: Place) -> Path:
    folder = fields.existing(name, place, "directory")
    if folder.resolve().parent != place.base.resolve():
        place.refuse(f"{fields.shown(name)} is no folder of this lesson.")
    return folder


def _own_beliefs(value: object, place: Place) -> dict[str, Belief]:
    own = {}
    for name, entry in fields.entries(value, place, MOST_BELIEFS):
        at = place.at(name)
        if name in BELIEFS:
            at.refuse("there is a common belief of this name; use it, or give another name.")
        belief = fields.table(entry, at, ("claim", "truth"))
        own[name] = Belief(
            name,
            fields.text(belief.get("claim"), at.at("claim")),
            fields.text(belief.get("truth"), at.at("truth")),
        )
    return own
