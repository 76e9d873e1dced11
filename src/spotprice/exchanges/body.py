"""Taking values out of a decoded body: hostile until they have passed through here."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from spotprice.exchanges.base import ISO_8601, SECOND, Json, Moment, Reply, whole_number
from spotprice.symbol import Symbol

MISSING = object()
"""What ``look_up`` returns where a path leads nowhere."""

_PLAUSIBLE_PRICE = (Decimal("1e-18"), Decimal("1e12"))
_MOST_VOLUME = Decimal("1e24")
_EARLIEST_NS = 1_230_768_000 * SECOND  # 2009: no exchange is older
_FUTURE_NS = 60 * SECOND  # clocks may differ by so much

# Not what Decimal takes: that is also NaN, signs, "1_000", " 1 " and numbers of any length.
_NUMBER = re.compile(r"[0-9]{1,30}(?:\.[0-9]{0,30})?(?:[eE][+-]?[0-9]{1,2})?")
_ISO_8601 = re.compile(r"([0-9-]{10}T[0-9:]{8})(?:\.([0-9]{1,9})[0-9]{0,9})?(?:Z|\+00:00)")


def _refuse_constant(name: str) -> Json:
    raise ValueError(f"{name} is not JSON.")


# Numbers stay text: nothing is rounded, and none is so long that converting it would take time.
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=_refuse_constant)


def read_json(body: bytes) -> Json:
    """Decode a body. Numbers come out as text, exactly as they were written.

    Raises:
        ValueError: It is not JSON in UTF-8, or nested too deeply to be an answer.
    """
    try:
        return _DECODER.decode(body.decode())
    except RecursionError:
        raise ValueError("It is nested too deeply.") from None


@lru_cache(maxsize=256)
def _ways(path: str) -> tuple[tuple[str | int, ...], ...]:
    """Take a path apart: its alternatives, and the steps of each."""
    return tuple(
        tuple(int(step) if step.isdigit() else step for step in way.split(".") if step)
        for way in path.split("|")
    )


def look_up(body: Json, path: str, symbol: Symbol | None = None) -> Json:
    """Follow a path as in ``Fields`` into the body; ``MISSING`` where it leads nowhere."""
    for steps in _ways(path):
        here = body
        for step in steps:
            here = _enter(here, step, symbol)
            if here is MISSING:
                break
        else:
            return here
    return MISSING


def _enter(here: Json, step: str | int, symbol: Symbol | None) -> Json:
    """Go one step down."""
    if isinstance(step, int):
        return here[step] if isinstance(here, list) and step < len(here) else MISSING
    if not isinstance(here, dict):
        return MISSING
    if step == "*":
        return next(iter(here.values())) if len(here) == 1 else MISSING
    if step == "{base}" and symbol is not None:
        step = symbol.base
    return here.get(step, MISSING)


def is_empty(path: str) -> Callable[[Json], bool]:
    """Make a predicate: at that path the answer has null, or something with nothing in it."""

    def check(body: Json) -> bool:
        return not look_up(body, path)

    return check


def is_list(body: Json) -> bool:
    """Whether the answer is an array (of all markets) where an object belongs."""
    return isinstance(body, list)


def _text(value: Json) -> str | None:
    """A number as text: as ``read_json`` leaves it, or out of what another decoder made of it."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | Decimal) else None


def _number(value: Json) -> Decimal | None:
    """Read a number from zero up; None for anything else."""
    text = _text(value)
    return None if text is None or _NUMBER.fullmatch(text) is None else Decimal(text)


def read_price(value: Json) -> Decimal | None:
    """Read a price: a positive number within reason; None for anything else."""
    number = _number(value)
    least, most = _PLAUSIBLE_PRICE
    return number if number is not None and least <= number <= most else None


def read_volume(value: Json) -> Decimal | None:
    """Read an amount: a number from zero up, within reason; None for anything else."""
    number = _number(value)
    return number if number is not None and number <= _MOST_VOLUME else None


def read_moment(moment: Moment | None, body: Json, reply: Reply, received_ns: int) -> int | None:
    """The exchange's time of the quote, or None if it gives none or one that cannot be."""
    if moment is None:
        return None
    said = reply.headers.get(moment.header) if moment.header else look_up(body, moment.path)
    if (said := _text(said)) is None:
        return None
    at_ns = _iso_ns(said) if moment.unit_ns == ISO_8601 else _scaled(said, moment.unit_ns)
    if at_ns is None or not _EARLIEST_NS <= at_ns <= received_ns + _FUTURE_NS:
        return None
    return at_ns


def _scaled(said: str, unit_ns: int) -> int | None:
    number = whole_number(said)
    return None if number is None else number * unit_ns


def _iso_ns(said: str) -> int | None:
    """Read ISO 8601 in UTC with up to nine fractional digits (Python itself keeps six)."""
    match = _ISO_8601.fullmatch(said)
    if match is None:
        return None
    try:
        at = datetime.fromisoformat(f"{match[1]}+00:00")
    except ValueError:
        return None
    return int(at.timestamp()) * SECOND + int((match[2] or "0").ljust(9, "0"))
