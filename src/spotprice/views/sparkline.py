"""Recent prices as one line of bars."""

from collections.abc import Sequence
from decimal import Decimal

_BLOCKS = "▁▂▃▄▅▆▇█"
_ASCII = "_.-~=+*#"


def sparkline(prices: Sequence[Decimal], width: int, *, is_ascii: bool) -> str:
    """Return the last prices as bars between the least and the most of them.

    Args:
        prices: In order of time. Where all are equal the bars have half the height.
        width: Of the result at most, in cells; a price takes one.
        is_ascii: Whether the output can show no blocks.
    """
    levels = _ASCII if is_ascii else _BLOCKS
    shown = prices[max(len(prices) - width, 0) :] if width > 0 else ()
    if not shown:
        return ""
    least, most = min(shown), max(shown)
    if least == most:
        return levels[len(levels) // 2 - 1] * len(shown)
    step = (most - least) / (len(levels) - 1)
    return "".join(levels[round((price - least) / step)] for price in shown)
