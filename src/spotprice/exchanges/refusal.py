"""What an exchange's answer is if it is no quote: by its own words, then by its HTTP status."""

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from spotprice.errors import (
    BadResponseError,
    BlockedError,
    ExchangeError,
    MaintenanceError,
    RateLimitedError,
    ServerError,
    UnknownSymbolError,
)
from spotprice.exchanges.base import SECOND, Exchange, Json, Reply, whole_number
from spotprice.exchanges.body import MISSING, look_up
from spotprice.symbol import Symbol

_QUOTED = 120  # so many characters of an exchange's own words are passed on
_SEARCHED = 16_384  # so many bytes of a body are searched for words
_LONGEST_DATE = 64  # characters
_LONGEST_WINDOW_NS = 3600 * SECOND  # a limiter's header that says more is not about its window
_LONGEST_WAIT_NS = 3 * 86_400 * SECOND  # the longest ban that is documented: Binance's

_STATUSES: dict[int, type[ExchangeError]] = {
    403: BlockedError,
    408: ServerError,  # load balancers answer so on a connection that was idle too long
    418: RateLimitedError,
    429: RateLimitedError,
    451: BlockedError,
}

_REASONS: dict[type[ExchangeError], str] = {
    UnknownSymbolError: "it has no market {market}",
    RateLimitedError: "it was asked too often",
    BlockedError: "it refuses this address",
    MaintenanceError: "it is closed for maintenance",
    ServerError: "it failed",
    BadResponseError: "its answer is not understood",
}

_TITLE = re.compile(r"<title[^<>]*>([^<>]*)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")

Fault = tuple[type[ExchangeError], str]
"""The kind of an error, and what shows it; the latter can be empty."""


def find_fault(exchange: Exchange, body: Json, reply: Reply) -> Fault | None:
    """Return what is wrong with an answer in JSON, or None if it claims to be a quote."""
    faults = exchange.faults
    code = look_up(body, faults.code)
    if code is not MISSING and code != faults.fine:
        kind = faults.codes.get(code) if isinstance(code, str) else None
        text = look_up(body, faults.text) if faults.text else MISSING
        parts = [_plain(said) for said in (code, text) if said is not MISSING]
        shown = f'"{clean(" ".join(dict.fromkeys(parts)))}"'
        return kind or _kind(exchange, reply) or BadResponseError, _evidence(reply, shown)
    if not _is_success(reply):
        return _kind(exchange, reply) or BadResponseError, _evidence(reply)
    if faults.is_unknown(body):
        return UnknownSymbolError, ""
    return None


def page_fault(exchange: Exchange, reply: Reply) -> Fault:
    """Return what an answer that is not JSON amounts to."""
    text = reply.body[:_SEARCHED].decode("utf-8", "replace").strip()
    title = _TITLE.search(text)
    said = clean(title[1] if title else _TAG.sub(" ", text))
    form = "a page" if text.startswith("<") else "no JSON" if text else "an empty body"
    shown = f'{form}: "{said}"' if said else form
    return _kind(exchange, reply) or BadResponseError, _evidence(reply, shown)


def make_error(
    exchange: Exchange, symbol: Symbol, fault: Fault, reply: Reply, now_ns: int
) -> ExchangeError:
    """Return the error itself, with the time to stay away where there is one."""
    kind, evidence = fault
    reason = _REASONS[kind].format(market=exchange.spelling.spell(symbol))
    if evidence:
        reason = f"{reason} ({evidence})"
    return kind(exchange.id, reason, retry_after_s=_wait_s(exchange, kind, reply, now_ns))


def clean(value: Json) -> str:
    """Return one short line without control characters: it goes to a terminal."""
    start = " ".join(_plain(value)[:_SEARCHED].split())[: 2 * _QUOTED]
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in start).split())
    line = line.replace('"', "'").rstrip(".")
    return line if len(line) <= _QUOTED else f"{line[: _QUOTED - 1]}…"


def _plain(value: Json) -> str:
    """Say a JSON value in words. What is inside of it may be nested too deeply to be written."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return "null" if value is None else str(value).lower()


def _is_success(reply: Reply) -> bool:
    return HTTPStatus.OK <= reply.status < HTTPStatus.MULTIPLE_CHOICES


def _evidence(reply: Reply, said: str = "") -> str:
    status = "" if _is_success(reply) else f"HTTP status {reply.status}"
    return ", ".join(part for part in (status, said) if part)


def _kind(exchange: Exchange, reply: Reply) -> type[ExchangeError] | None:
    """What an answer is by the words in it, then by its status; None if neither tells."""
    text = reply.body[:_SEARCHED].decode("utf-8", "replace").lower()
    for part, kind in exchange.faults.texts.items():
        if part in text:
            return kind
    known = exchange.faults.statuses.get(reply.status) or _STATUSES.get(reply.status)
    if known is not None:
        return known
    if "maintenance" in text:
        return MaintenanceError
    return ServerError if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR else None


def _wait_s(
    exchange: Exchange, kind: type[ExchangeError], reply: Reply, now_ns: int
) -> float | None:
    """How long to leave the exchange alone, or None if it does not say."""
    wait_ns = _retry_after_ns(reply.headers.get("retry-after", ""), now_ns)
    if wait_ns is not None and wait_ns > 0:
        return min(wait_ns, _LONGEST_WAIT_NS) / SECOND
    if kind is not RateLimitedError:
        return None
    window_ns = exchange.rate.wait_ns(reply, now_ns)
    # A moment that is over means that the clocks differ: asking at once would be refused again.
    if window_ns is None or not 0 < window_ns <= _LONGEST_WINDOW_NS:
        return exchange.rate.penalty_s
    return window_ns / SECOND


def _retry_after_ns(said: str, now_ns: int) -> int | None:
    """Read either form that RFC 9110 section 10.2.3 has: seconds, or a date."""
    if (seconds := whole_number(said)) is not None:
        return seconds * SECOND
    if not said or len(said) > _LONGEST_DATE:
        return None
    try:
        at = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None  # neither form: as if it were not there
    return int(at.replace(tzinfo=at.tzinfo or UTC).timestamp()) * SECOND - now_ns
