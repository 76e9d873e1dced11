"""Reads the folder of one exercise."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from loopscope.errors import LessonError
from loopscope.learn.beliefs import Belief
from loopscope.learn.lessons.model import (
    Exercise,
    Feedback,
    Reason,
    Remark,
    Variation,
    WrongProgram,
)
from loopscope.learn.lessons.read_questions import read_questions
from loopscope.learn.lessons.read_trials import read_setting, read_trials
from loopscope.simulator.hosts import fields
from loopscope.simulator.hosts.fields import Place
from loopscope.simulator.hosts.toml_file import read_toml

Beliefs = Mapping[str, Belief]

MOST_ENTRIES: Final = 100
DEEPEST_LEVEL: Final = 5
PAIR: Final = 2
REASONS: Final = tuple(reason.value for reason in Reason)

_KEYS: Final = (
    "title", "level", "text", "program", "files", "setting", "questions", "remarks",
    "key", "right", "trials", "typed", "starter", "wrong", "feedback", "hints", "why", "variations",
)  # fmt: skip


def read_exercise(folder: Path, name: str, beliefs: Beliefs) -> Exercise:
    """Read an exercise.

    Args:
        folder: Its folder.
        name: The file in it that describes it.
        beliefs: The beliefs it may name.

    Raises:
        LessonError: Something is missing or does not fit; the message says where.
    """
    where = f"{folder.parent.name}/{folder.name}/{name}"
    place = Place(where, folder, error=LessonError, slug="lesson-format")
    table = fields.table(read_toml(folder / name, place), place, _KEYS)
    setting = read_setting(table.get("setting", {}), place.at("setting"))
    exercise = Exercise(
        id=folder.name,
        folder=folder,
        title=fields.text(table.get("title"), place.at("title")),
        level=fields.whole(table.get("level"), place.at("level"), 1, DEEPEST_LEVEL),
        text=fields.text(table.get("text"), place.at("text")),
        program=fields.existing(table.get("program"), place.at("program"), "file"),
        files=tuple(_files(table, "files", place)),
        setting=setting,
        questions=read_questions(table.get("questions", []), place.at("questions"), beliefs),
        remarks=_remarks(table, place, beliefs),
        key=_key(table, place),
        right=tuple(_files(table, "right", place)),
        trials=read_trials(table.get("trials", []), place.at("trials"), setting),
        is_typed=fields.flag(table.get("typed", False), place.at("typed")),
        starter=_starter(table, place),
        wrong=_wrong(table, place),
        feedback=_feedback(table, place, beliefs),
        hints=tuple(_texts(table, "hints", place)),
        why=fields.text(table.get("why"), place.at("why")),
        variations=tuple(_variations(table, place)),
    )
    _check_whole(exercise, place)
    return exercise


def _check_whole(exercise: Exercise, place: Place) -> None:
    """Refuse what is right in each part, but not as a whole."""
    if (exercise.key is None) != (not exercise.trials):
        place.refuse("a key and trials belong together: give both, or neither.")
    if exercise.trials and exercise.starter is None:
        place.refuse('say why the program as it is given must fail: starter = "blocked".')
    if not (exercise.questions or exercise.trials or exercise.remarks):
        place.refuse("there is nothing to do: give questions, remarks, or a key with trials.")
    source = exercise.program.read_text("utf-8", "replace")
    for old, _ in (pair for variation in exercise.variations for pair in variation):
        if old not in source:
            place.at("variations").refuse(f"{fields.shown(old)} does not stand in the program.")
    for remark in exercise.remarks:
        if source.count(remark.quote) != 1:
            where = fields.shown(remark.quote)
            place.at("remarks").refuse(f"{where} must stand in the program once.")


def _key(table: fields.Table, place: Place) -> Path | None:
    return fields.existing(table["key"], place.at("key"), "file") if "key" in table else None


def _starter(table: fields.Table, place: Place) -> Reason | None:
    if "starter" not in table:
        return None
    return Reason(fields.choice(table["starter"], place.at("starter"), REASONS))


def _texts(table: fields.Table, key: str, place: Place) -> list[str]:
    at = place.at(key)
    return [fields.text(one, at) for one in fields.rows(table.get(key, []), at, MOST_ENTRIES)]


def _files(table: fields.Table, key: str, place: Place) -> list[Path]:
    at = place.at(key)
    names = fields.rows(table.get(key, []), at, MOST_ENTRIES)
    return [fields.existing(name, at, "file") for name in names]


def _tables(table: fields.Table, key: str, place: Place) -> list[tuple[Any, Place]]:
    values = fields.rows(table.get(key, []), place.at(key), MOST_ENTRIES)
    return [(value, place.at(f"{key} {number}")) for number, value in enumerate(values, 1)]


def _remarks(table: fields.Table, place: Place, beliefs: Beliefs) -> tuple[Remark, ...]:
    remarks = []
    for value, at in _tables(table, "remarks", place):
        entry = fields.table(value, at, ("quote", "claim", "beliefs"))
        held = fields.rows(entry.get("beliefs", []), at.at("beliefs"), MOST_ENTRIES)
        remarks.append(
            Remark(
                fields.text(entry.get("quote"), at.at("quote")),
                fields.text(entry.get("claim"), at.at("claim")),
                tuple(fields.choice(one, at.at("beliefs"), tuple(beliefs)) for one in held),
            )
        )
    return tuple(remarks)


def _variations(table: fields.Table, place: Place) -> Iterator[Variation]:
    for value, at in _tables(table, "variations", place):
        entry = fields.table(value, at, ("replace",))
        pairs = fields.rows(entry.get("replace", []), at, MOST_ENTRIES)
        if not pairs or not all(isinstance(pair, list) and len(pair) == PAIR for pair in pairs):
            at.refuse('give what is replaced by what: replace = [["sleep(2)", "sleep(3)"]].')
        yield tuple((fields.text(old, at), fields.text(new, at)) for old, new in pairs)


def _wrong(table: fields.Table, place: Place) -> tuple[WrongProgram, ...]:
    programs = []
    for value, at in _tables(table, "wrong", place):
        entry = fields.table(value, at, ("file", "reason"))
        file = fields.existing(entry.get("file"), at.at("file"), "file")
        reason = fields.choice(entry.get("reason"), at.at("reason"), REASONS)
        programs.append(WrongProgram(file, Reason(reason)))
    return tuple(programs)


def _feedback(table: fields.Table, place: Place, beliefs: Beliefs) -> dict[Reason, Feedback]:
    told = {}
    at = place.at("feedback")
    for reason, value in fields.entries(table.get("feedback", {}), at, MOST_ENTRIES):
        fields.choice(reason, at, REASONS)
        entry = fields.table(value, at.at(reason), ("belief", "says"))
        belief = fields.choice(entry.get("belief"), at.at(f"{reason}: belief"), tuple(beliefs))
        told[Reason(reason)] = Feedback(
            belief, fields.text(entry.get("says"), at.at(f"{reason}: says"))
        )
    return told
