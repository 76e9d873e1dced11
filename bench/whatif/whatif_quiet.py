"""Waits until nothing else on this machine computes, so that a pair has the processors it needs."""

import time
from pathlib import Path

STAT = Path("/proc/stat")
_LOOK_S, _BUSY_SHARE = 0.05, 0.12


def wait_until_quiet(at_most_s: float) -> None:
    """Wait for a moment in which the processors are idle, but not longer than this."""
    if not STAT.exists():
        return
    end = time.monotonic() + at_most_s
    before = _times()
    while time.monotonic() < end:
        time.sleep(_LOOK_S)
        now = _times()
        total, idle = now[0] - before[0], now[1] - before[1]
        if total and 1 - idle / total <= _BUSY_SHARE:
            return
        before = now


def _times() -> tuple[int, int]:
    """Return the processors' time in all, and idle, in ticks since the machine started."""
    ticks = [int(word) for word in STAT.read_text().partition("\n")[0].split()[1:]]
    return sum(ticks), ticks[3] + ticks[4]
