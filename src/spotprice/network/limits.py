"""How often an exchange may still be asked: its documented limit, kept exactly."""

from collections import deque

from spotprice.exchanges.base import Rate


class Window:
    """Never more than ``rate.requests`` calls in any ``rate.seconds``.

    A sliding window, not a bucket that refills: a bucket would let twice as many through in its
    first period. All times are seconds of one monotonic clock.
    """

    def __init__(self, rate: Rate) -> None:
        self._seconds = rate.seconds
        self._sent: deque[float] = deque(maxlen=rate.requests)

    def wait_s(self, now_s: float) -> float:
        """How long until one more call may be made; 0 if it may be made now."""
        if len(self._sent) < (self._sent.maxlen or 0):
            return 0.0
        return max(self._sent[0] + self._seconds - now_s, 0.0)

    def take(self, at_s: float) -> None:
        """Count a call that is made at a moment, now or (after waiting) later."""
        self._sent.append(at_s)

    def give_back(self) -> None:
        """Take back the last call: it never reached the exchange."""
        if self._sent:
            self._sent.pop()
