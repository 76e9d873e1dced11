"""Reads the trials of an exercise, and the worlds they are held in."""

from collections.abc import Mapping
from typing import Final

from loopscope.learn.lessons.model import Setting, Trial
from loopscope.simulator.costs import parse_costs
from loopscope.simulator.hosts import fields
from loopscope.simulator.hosts.fields import Place

MOST_TRIALS: Final = 20
MOST_SEEDS: Final = 10_000
MOST_CPUS: Final = 64
USUAL_CPUS: Final = 4

_KEYS: Final = (
    "name", "call", "setting", "seeds", "total", "blocked", "also", "cancelled-anywhere",
)  # fmt: skip


def read_trials(value: object, place: Place, usual: Setting) -> tuple[Trial, ...]:
    """Read the trials of an exercise.

    Args:
        value: What the file says.
        place: Where it says it.
        usual: The setting of a trial that names none of its own.

    Raises:
        LessonError: A trial does not fit.
    """
    entries = fields.rows(value, place, MOST_TRIALS)
    return tuple(_trial(one, place.at(str(n)), usual) for n, one in enumerate(entries, 1))


def _trial(value: object, place: Place, usual: Setting) -> Trial:
    table = fields.table(value, place, _KEYS)
    total = fields.rows(table.get("total"), place.at("total"), 2)
    if len(total) != 2:  # noqa: PLR2004  (a least and a most)
        place.at("total").refuse('give the least and the most it may take: ["1.9s", "2.1s"].')
    is_own = "setting" in table
    also = fields.entries(table.get("also", {}), place.at("also"), MOST_TRIALS)
    return Trial(
        name=fields.text(table.get("name"), place.at("name")),
        call=fields.text(table["call"], place.at("call")) if "call" in table else "",
        setting=read_setting(table["setting"], place.at("setting")) if is_own else usual,
        seeds=fields.whole(table.get("seeds", 1), place.at("seeds"), 1, MOST_SEEDS),
        least_ns=fields.duration(total[0], place.at("total")),
        most_ns=fields.duration(total[1], place.at("total")),
        blocked_ns=_blocked(table, place),
        also={name: fields.text(one, place.at("also")) for name, one in also},
        is_cancelled_anywhere=fields.flag(
            table.get("cancelled-anywhere", False), place.at("cancelled-anywhere")
        ),
    )


def _blocked(table: Mapping[str, object], place: Place) -> int | None:
    if "blocked" not in table:
        return None
    return fields.duration(table["blocked"], place.at("blocked"))


def read_setting(value: object, place: Place) -> Setting:
    """Read the world of an exercise: nothing is charged for computing unless it says so.

    Raises:
        LessonError: It does not fit, or measures, so that no run could be repeated.
    """
    table = fields.table(value, place, ("world", "costs", "cpus"))
    at = place.at("costs")
    costs = tuple(fields.text(one, at) for one in fields.rows(table.get("costs", []), at, 100))
    for cost in costs:
        if "=" not in cost:
            at.refuse(f'{fields.shown(cost)} is no fixed cost; write "function=2s".')
    parse_costs(["none", *costs])
    world = table.get("world")
    return Setting(
        fields.existing(world, place.at("world"), "file") if world is not None else None,
        ("none", *costs),
        fields.whole(table.get("cpus", USUAL_CPUS), place.at("cpus"), 1, MOST_CPUS),
    )
