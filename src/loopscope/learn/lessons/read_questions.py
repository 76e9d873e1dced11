"""Reads the questions of an exercise."""

from collections.abc import Mapping
from typing import Final

from loopscope.learn.beliefs import Belief
from loopscope.learn.lessons.model import Asked, WrongAnswer
from loopscope.simulator.hosts import fields
from loopscope.simulator.hosts.fields import Place

MOST_QUESTIONS: Final = 100
MOST_WRONG: Final = 50

_OWN_KEYS: Final = ("id", "ask", "fact", "because", "wrong")


def read_questions(value: object, place: Place, beliefs: Mapping[str, Belief]) -> tuple[Asked, ...]:
    """Read the questions of an exercise; keys that are no question's own are the fact's arguments.

    Raises:
        LessonError: A question does not fit, or two have the same id.
    """
    asked = []
    for number, entry in enumerate(fields.rows(value, place, MOST_QUESTIONS), 1):
        at = place.at(str(number))
        asked.append(_question(dict(fields.entries(entry, at, MOST_WRONG)), at, beliefs))
    ids = [one.id for one in asked]
    for one in ids:
        if ids.count(one) > 1:
            place.refuse(f"two questions have the id {fields.shown(one)}; keep ids apart.")
    return tuple(asked)


def _question(entry: dict[str, object], place: Place, beliefs: Mapping[str, Belief]) -> Asked:
    return Asked(
        id=fields.text(entry.get("id"), place.at("id")),
        ask=fields.text(entry.get("ask"), place.at("ask")),
        fact=fields.text(entry.get("fact"), place.at("fact")),
        arguments={key: entry[key] for key in entry if key not in _OWN_KEYS},
        because=fields.text(entry.get("because"), place.at("because")),
        wrong=tuple(
            _wrong(one, place.at(f"wrong {number}"), beliefs)
            for number, one in enumerate(
                fields.rows(entry.get("wrong", []), place.at("wrong"), MOST_WRONG), 1
            )
        ),
    )


def _wrong(value: object, place: Place, beliefs: Mapping[str, Belief]) -> WrongAnswer:
    entry = fields.table(value, place, ("answer", "belief", "says"))
    return WrongAnswer(
        fields.text(entry.get("answer"), place.at("answer")),
        fields.choice(entry.get("belief"), place.at("belief"), tuple(beliefs)),
        fields.text(entry.get("says"), place.at("says")),
    )
