"""The exceptions of spotprice, each with a slug that ``docs/spotprice-messages.md`` explains."""

from typing import ClassVar


class SpotpriceError(Exception):
    """Anything that went wrong, in one full sentence."""

    slug: ClassVar[str] = ""


class UsageError(SpotpriceError):
    """An argument makes no sense: no exchange was asked."""

    slug = "usage"


class ExchangeError(SpotpriceError):
    """One exchange gave no price. It is an answer like a quote is one: returned, never raised.

    Args:
        exchange: The exchange's id.
        reason: What happened, beginning with a small letter and without a full stop.
        retry_after_s: How long the exchange asks to be left alone, if it says so.
    """

    may_retry: ClassVar[bool] = False
    """Whether asking once more within the same call can help."""

    def __init__(self, exchange: str, reason: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(f"{exchange}: {reason}.")
        self.exchange = exchange
        self.reason = reason
        self.retry_after_s = retry_after_s


class UnknownSymbolError(ExchangeError):
    """The exchange has no such market."""

    slug = "unknown-symbol"


class RateLimitedError(ExchangeError):
    """The exchange was asked too often, or would be if it were asked now."""

    slug = "rate-limited"


class BlockedError(ExchangeError):
    """The exchange refuses this address, for its country or as an attack."""

    slug = "blocked"


class MaintenanceError(ExchangeError):
    """The exchange or this market is closed for maintenance."""

    slug = "maintenance"


class ServerError(ExchangeError):
    """The exchange answered that it failed."""

    slug = "server"
    may_retry = True


class NetworkError(ExchangeError):
    """The exchange was not reached, or the connection broke."""

    slug = "network"
    may_retry = True


class ConnectError(NetworkError):
    """No connection was made: the exchange has not seen a request."""


class TimedOutError(ExchangeError):
    """The deadline came first."""

    slug = "timeout"


class BadResponseError(ExchangeError):
    """The answer is not one that can be believed."""

    slug = "bad-response"
