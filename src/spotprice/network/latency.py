"""When to send a second request: not before the first is late, not too late to come back."""

from collections import deque

FIRST_HEDGE_S = 0.15
"""Before anything is known of an exchange: most answers take less, on a working network."""

_LEAST_HEDGE_S = 0.03
_KEPT = 32
_LATE = 0.95  # a request is late that takes longer than so many of those before


class Latencies:
    """The last latencies of one exchange, and the hedge they suggest.

    The idea of sending a second request only after the 95th percentile of the usual latency is
    from Dean and Barroso, "The Tail at Scale" (2013): a few per cent more load cut off the tail.
    """

    def __init__(self) -> None:
        self._last_s: deque[float] = deque(maxlen=_KEPT)

    def add(self, latency_s: float) -> None:
        """Remember how long a good answer took."""
        self._last_s.append(latency_s)

    def hedge_after_s(self, left_s: float) -> float:
        """How long to wait for the first answer before asking again.

        Args:
            left_s: The time until the deadline.

        A second request is of use only if its answer can still come in time. Where the usual
        latency leaves less room than twice itself, half of the room is waited for.
        """
        if not self._last_s:
            return min(FIRST_HEDGE_S, left_s / 2)
        ordered = sorted(self._last_s)
        late_s = ordered[min(int(_LATE * len(ordered)), len(ordered) - 1)]
        room_s = (left_s - late_s) / 2
        return max(min(late_s, room_s), _LEAST_HEDGE_S)
