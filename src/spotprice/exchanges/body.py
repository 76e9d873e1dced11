"""Taking values out of a decoded body: hostile until they have passed through here."""

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from spotprice.exchanges.base import SECOND, Json, Moment, Reply
from spotprice.symbol import Symbol

MISSING = object()
"""What ``look_up`` returns where a path leads nowhere."""

_PLAUSIBLE_PRICE = (Decimal("1e-18"), Decimal("1e12"))
_MOST_VOLUME = Decimal("1e24")
_LONGEST_NUMBER = 64  # characters
_MOST_BITS, _MOST_DIGITS = 128, 40  # of a number: arithmetic on more would take time
_EARLIEST_NS = 1_230_768_000 * SECOND  # 2009: no exchange is older
_FUTURE_NS = 60 * SECOND  # clocks may differ by so much


@lru_cache(maxsize=256)
def _steps(path: str) -> tuple[str | int, ...]:
    return tuple(int(part) if part.isdigit() else part for part in path.split("."))


def look_up(body: Json, path: str, symbol: Symbol | None = None) -> Json:
    """Follow a path as in ``Fields`` into the body; ``MISSING`` where it leads nowhere."""
    here = body
    for step in _steps(path):
        if isinstance(step, int):
            if not isinstance(here, list) or step >= len(here):
                return MISSING
            here = here[step]
        elif not isinstance(here, dict):
            return MISSING
        elif step == "*":
            if len(here) != 1:
                return MISSING
            here = next(iter(here.values()))
        else:
            key = symbol.base if symbol is not None and step == "{base}" else step
            here = here.get(key, MISSING)
    return here


def read_number(value: Json) -> Decimal | None:
    """Read a finite number written as text or as a number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    if isinstance(value, str):
        if len(value) > _LONGEST_NUMBER or not value.isascii():
            return None
    elif isinstance(value, int) and value.bit_length() > _MOST_BITS:
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() and len(number.as_tuple().digits) <= _MOST_DIGITS else None


def read_price(value: Json) -> Decimal | None:
    """Read a price: a positive number within reason; None for anything else."""
    number = read_number(value)
    least, most = _PLAUSIBLE_PRICE
    return number if number is not None and least <= number <= most else None


def read_volume(value: Json) -> Decimal | None:
    """Read an amount: a number from zero up, within reason; None for anything else."""
    number = read_number(value)
    return number if number is not None and 0 <= number <= _MOST_VOLUME else None


def read_moment(moment: Moment | None, body: Json, reply: Reply, received_ns: int) -> int | None:
    """The exchange's time of the quote, or None if it gives none or one that cannot be."""
    if moment is None:
        return None
    said = reply.headers.get(moment.header) if moment.header else look_up(body, moment.path)
    at_ns = _iso_ns(said) if moment.unit_ns == 0 else _scaled(said, moment.unit_ns)
    if at_ns is None or not _EARLIEST_NS <= at_ns <= received_ns + _FUTURE_NS:
        return None
    return at_ns


def _scaled(said: Json, unit_ns: int) -> int | None:
    number = read_number(said)
    if number is None or not 0 <= number <= _MOST_VOLUME:
        return None
    return int(number * unit_ns)


def _iso_ns(said: Json) -> int | None:
    """Read ISO 8601 with any number of fractional digits (Python keeps six of them)."""
    if not isinstance(said, str) or len(said) > _LONGEST_NUMBER:
        return None
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    whole = at.replace(microsecond=0)
    fraction = re.search(r"[.,](\d{1,9})", said)
    return int(whole.timestamp()) * SECOND + (int(fraction[1].ljust(9, "0")) if fraction else 0)
