"""Durations and counts as people read them: ``1.25 s``, ``450 ms``, ``1,200 tasks``."""

from typing import Final

NS_PER_S: Final = 1_000_000_000

UNITS: Final = ((1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs"), (1, "ns"))
"""Nanoseconds of each unit, the largest first."""

_MINUTES_FROM_S: Final = 600
_DIGITS: Final = 3


def format_ns(ns: int, micro: str = "µ") -> str:
    """Return a duration with its unit, to three significant digits.

    Args:
        ns: Nanoseconds.
        micro: The sign for 10**-6: "u" where the output cannot show "µ".
    """
    if ns < 0:
        return f"-{format_ns(-ns, micro)}"
    if ns >= _MINUTES_FROM_S * 1_000_000_000:
        minutes, seconds = divmod(round(ns / 1e9), 60)
        return f"{minutes:,} min {seconds} s"
    if ns == 0:
        return "0 s"
    for size, unit in UNITS:
        # A value that would round up to 1000 of its unit belongs to the next larger unit.
        if ns >= size * (1 - 0.5 * 10**-_DIGITS):
            return f"{ns / size:.{_DIGITS}g} {unit.replace('µ', micro)}"
    return f"{ns} ns"


def counted(count: int, what: str) -> str:
    """Return ``1 task`` or ``1,200 tasks``."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"
