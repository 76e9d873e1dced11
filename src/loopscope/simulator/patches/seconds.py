"""Seconds, as a program gives them, in nanoseconds."""

import math
from typing import Final

LONGEST_S: Final = 9_000_000_000
"""285 years: what is longer overflows CPython's own arithmetic as well."""


def to_ns(seconds: float) -> int:
    """Return a duration in ns, rounded up as CPython rounds timeouts.

    Args:
        seconds: From 0 to ``LONGEST_S``.
    """
    return math.ceil(seconds * 1e9)


def is_duration(seconds: object) -> bool:
    """Whether something is a duration to wait for: a number, not negative and not too long."""
    try:
        return bool(0 <= seconds <= LONGEST_S) and isinstance(seconds, float | int)  # type: ignore[operator]
    except TypeError:
        return False
