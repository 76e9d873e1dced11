"""Durations as people write them: ``100ms``, ``1.5s``, ``2min``."""

import re
from decimal import Decimal
from typing import Final

_UNITS: Final = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "min": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_WRITTEN: Final = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,15})?) ?(ns|us|µs|ms|s|min|h)")

LONGEST_NS: Final = 10_000 * 3_600_000_000_000
"""No duration is longer than 10,000 hours: more than a year."""


def parse_duration(text: str) -> int:
    """Return the nanoseconds of a duration.

    Args:
        text: A number and a unit (ns, us, ms, s, min, h): ``1.5s``.

    Raises:
        ValueError: It is none, or longer than 10,000 hours; the message says so in one sentence.
    """
    found = _WRITTEN.fullmatch(text.strip()) if len(text) <= 40 else None  # noqa: PLR2004 - enough
    if found is None:
        raise ValueError(
            f"{text[:40]!r} is no duration: write a number and a unit (ns, us, ms, s, min, h), "
            "such as 100ms or 1.5s."
        )
    ns = int(Decimal(found[1]) * _UNITS[found[2]])
    if ns > LONGEST_NS:
        raise ValueError(f"{text.strip()!r} is too long: at most 10000h.")
    return ns


def format_duration(ns: int) -> str:
    """Return a duration to the nanosecond, as ``parse_duration`` reads it: ``1.5 ms``."""
    unit, size = "ns", 1
    for name, one in _UNITS.items():
        if one <= ns and name not in ("µs", "min", "h"):
            unit, size = name, one
    return f"{(Decimal(ns) / size).normalize():f} {unit}"
