"""Leaving an exchange alone that has said so, instead of making it worse by asking again."""

from spotprice.errors import BlockedError, ExchangeError, MaintenanceError, RateLimitedError

_REST_S: dict[type[ExchangeError], float] = {
    RateLimitedError: 10.0,
    BlockedError: 600.0,
    MaintenanceError: 30.0,
}
"""How long to leave it alone where it does not say how long."""


class Circuit:
    """Open (nobody is let through) for as long as the last refusal asked for.

    Only refusals open it, and whatever says when to come again. A connection that breaks or an
    answer that is late does not: the next call may well succeed.
    """

    def __init__(self) -> None:
        self._cause: ExchangeError | None = None
        self._until_s = 0.0

    def trip(self, error: ExchangeError, now_s: float) -> None:
        """Open the circuit if the error is a refusal, or says for how long to stay away."""
        rest_s = error.retry_after_s
        if rest_s is None:
            rest_s = _REST_S.get(type(error))
        if rest_s is not None:
            self._cause, self._until_s = error, now_s + rest_s

    def refusal(self, now_s: float) -> ExchangeError | None:
        """Return why nobody is let through now, or None if the way is free."""
        left_s = self._until_s - now_s
        if self._cause is None or left_s <= 0:
            return None
        reason = f"it is left alone for another {left_s:.0f} s, because {self._cause.reason}"
        return type(self._cause)(self._cause.exchange, reason, retry_after_s=left_s)
