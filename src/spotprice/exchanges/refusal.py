"""What an exchange's answer is if it is no quote: by its own words, then by its HTTP status."""

import re
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
_SEARCHED = 4096  # so many bytes of a page are searched for words

_STATUSES: dict[int, type[ExchangeError]] = {
    403: BlockedError,
    418: RateLimitedError,
    429: RateLimitedError,
    451: BlockedError,
}

Fault = tuple[type[ExchangeError], str]
"""The kind of an error, and its reason in words."""


def is_success(status: int) -> bool:
    """Whether an HTTP status is one of the 2xx."""
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES


def find_fault(exchange: Exchange, symbol: Symbol, body: Json, reply: Reply) -> Fault | None:
    """Return what is wrong with an answer in JSON, or None if it claims to be a quote."""
    return _own_fault(exchange, symbol, body, reply) or _status_fault(exchange, reply)


def page_fault(exchange: Exchange, reply: Reply) -> Fault:
    """Return what an answer that is not JSON amounts to."""
    text = reply.body[:_SEARCHED].decode("utf-8", "replace")
    fault = _by_text(exchange, text) or _status_fault(exchange, reply)
    kind = "a page" if text.lstrip().startswith("<") else "something"
    return fault or (BadResponseError, f"it answered with {kind} that is not JSON")


def make_error(exchange: Exchange, fault: Fault, reply: Reply, now_ns: int) -> ExchangeError:
    """Return the error itself, with the time to stay away where there is one."""
    kind, reason = fault
    wait_s = None
    if kind in (RateLimitedError, BlockedError, MaintenanceError):
        wait_s = _wait_s(exchange, reply, now_ns)
    if wait_s is None and kind is RateLimitedError:
        wait_s = exchange.rate.penalty_s
    return kind(exchange.id, reason, retry_after_s=wait_s)


def _wait_s(exchange: Exchange, reply: Reply, now_ns: int) -> float | None:
    """How long the exchange asks to be left alone, or None if it does not say."""
    said = reply.headers.get("retry-after", "")
    if (seconds := whole_number(said)) is not None:
        return float(seconds)
    if said:
        try:
            return max(parsedate_to_datetime(said).timestamp() - now_ns / SECOND, 0.0)
        except (ValueError, OverflowError):
            pass  # neither form that RFC 9110 section 10.2.3 knows: as if it were not there
    wait_ns = exchange.rate.wait_ns(reply, now_ns)
    return None if wait_ns is None else wait_ns / SECOND


def _own_fault(exchange: Exchange, symbol: Symbol, body: Json, reply: Reply) -> Fault | None:
    """What the body itself says is wrong."""
    faults = exchange.faults
    code = look_up(body, faults.code)
    if code is not MISSING and str(code) != faults.fine:
        text = look_up(body, faults.text) if faults.text else ""
        words = clean(f"{code} {text}" if isinstance(text, str) else str(code))
        kind = (
            faults.codes.get(str(code)) or _by_words(exchange, words) or _kind_of(exchange, reply)
        )
        return kind or BadResponseError, f'it answers "{words}"'
    if is_success(reply.status) and faults.is_unknown(body):
        return UnknownSymbolError, f"it has no market {exchange.spelling.spell(symbol)}"
    return None


def _status_fault(exchange: Exchange, reply: Reply) -> Fault | None:
    kind = _kind_of(exchange, reply)
    return None if kind is None else (kind, f"it answers HTTP status {reply.status}")


def _kind_of(exchange: Exchange, reply: Reply) -> type[ExchangeError] | None:
    """What the HTTP status means."""
    status = reply.status
    if (known := exchange.faults.statuses.get(status) or _STATUSES.get(status)) is not None:
        return known
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return MaintenanceError if b"maintenance" in reply.body[:_SEARCHED].lower() else ServerError
    return None if is_success(status) else BadResponseError


def _by_text(exchange: Exchange, text: str) -> Fault | None:
    kind = _by_words(exchange, text)
    if kind is None and "under maintenance" in text.lower():
        kind = MaintenanceError
    return None if kind is None else (kind, f'it answers "{clean(_without_markup(text))}"')


def _by_words(exchange: Exchange, words: str) -> type[ExchangeError] | None:
    small = words.lower()
    return next((kind for part, kind in exchange.faults.texts.items() if part in small), None)


def _without_markup(text: str) -> str:
    return re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", text, flags=re.DOTALL | re.IGNORECASE)


def clean(text: str) -> str:
    """Return one short line without control characters: it goes to a terminal."""
    text = text[:_SEARCHED]
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    line = line.replace('"', "'").rstrip(".")
    return line if len(line) <= _QUOTED else line[: _QUOTED - 1] + "…"
