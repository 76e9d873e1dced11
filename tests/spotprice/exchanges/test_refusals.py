"""What no exchange documents but all of them send: statuses, pages, and how long to wait."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.spotprice.exchanges.checking import ask, assert_sound, describe
from tests.spotprice.exchanges.sample import NOW_NS, SECOND

from spotprice.errors import (
    BadResponseError,
    BlockedError,
    ExchangeError,
    MaintenanceError,
    RateLimitedError,
    ServerError,
    UnknownSymbolError,
)
from spotprice.exchanges import EXCHANGES
from spotprice.exchanges.base import Reply
from spotprice.exchanges.refusal import clean

STATUSES: dict[int, type[ExchangeError]] = {
    200: BadResponseError,
    301: BadResponseError,
    302: BadResponseError,
    400: BadResponseError,
    403: BlockedError,
    404: BadResponseError,
    405: BadResponseError,
    408: ServerError,
    418: RateLimitedError,
    429: RateLimitedError,
    451: BlockedError,
    **dict.fromkeys((500, 502, 503, 504, *range(520, 527), 530), ServerError),
}
MARKET_IN_PATH = {"coinbase", "bitstamp"}
PAGE = b"<html><head><title>Some page</title><style>p{}</style></head><body>Hello</body></html>"


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("venue", EXCHANGES)
def test_a_page_is_what_its_status_says(venue: str, status: int) -> None:
    """HTML without telling words is judged by the HTTP status alone."""
    exchange = EXCHANGES[venue]
    answer = ask(exchange, Reply(status, {}, PAGE))
    is_missing_market = status == 404 and venue in MARKET_IN_PATH
    assert type(answer) is (UnknownSymbolError if is_missing_market else STATUSES[status])
    shown = "" if status == 200 else f"HTTP status {status}, "
    assert str(answer).endswith(f'({shown}a page: "Some page").')


@pytest.mark.parametrize("venue", EXCHANGES)
def test_maintenance_is_told_from_failure_by_its_words(venue: str) -> None:
    """A page, text or JSON that speaks of maintenance is that, with any of the usual statuses."""
    for status in (200, 500, 502, 503, 521):
        for body in (
            b"<html><title>Scheduled Maintenance</title></html>",
            b"We are under maintenance",
            b"<p>" + b" " * 10_000 + b"Down for maintenance",
        ):
            answer = ask(EXCHANGES[venue], Reply(status, {}, body))
            assert type(answer) is MaintenanceError, (status, body)
    answer = ask(EXCHANGES[venue], Reply(503, {}, b'{"detail":"Undergoing maintenance"}'))
    assert type(answer) is MaintenanceError


@pytest.mark.parametrize("venue", EXCHANGES)
def test_a_block_that_mentions_maintenance_is_a_block(venue: str) -> None:
    """Statuses that mean one thing only count more than a word."""
    answer = ask(EXCHANGES[venue], Reply(403, {}, b"<p>See our maintenance calendar</p>"))
    assert type(answer) is BlockedError


@pytest.mark.parametrize("venue", EXCHANGES)
def test_a_success_of_another_kind_is_no_quote(venue: str) -> None:
    """A status without a body says so."""
    assert describe(ask(EXCHANGES[venue], Reply(204, {}, b""))) == (
        BadResponseError,
        venue,
        "its answer is not understood (an empty body)",
        None,
    )


@pytest.mark.parametrize(
    ("said", "wait_s"),
    [
        ("30", 30.0),
        ("0", 10.0),
        ("99999999999999999999", 259_200.0),
        ("999999999999999999999", 10.0),
        ("Sun, 22 Nov 2026 11:00:30 GMT", 29.5),
        ("Sunday, 22-Nov-26 11:00:30 GMT", 29.5),
        ("Sun Nov 22 11:00:30 2026", 29.5),
        ("Sun, 22 Nov 2026 12:00:30 +0100", 29.5),
        ("Sun, 22 Nov 2026 11:00:30 -0000", 29.5),
        ("Sun, 22 Nov 2026 10:59:00 GMT", 10.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 259_200.0),
        ("Sun, 22 Nov 2026 99:99:99 GMT", 10.0),
        ("Sun, 22 Nov 99999999999999999999 11:00:30 GMT", 10.0),
        ("-5", 10.0),
        ("1.5", 10.0),
        ("soon", 10.0),
        ("٣٠", 10.0),
        ("", 10.0),
    ],
)
def test_retry_after_is_read_in_both_its_forms(said: str, wait_s: float) -> None:
    """Seconds or a date, at most three days; anything else, or what is over, is as if absent."""
    exchange = EXCHANGES["kraken"]
    answer = ask(exchange, Reply(429, {"retry-after": said}, b""))
    assert isinstance(answer, RateLimitedError)
    assert answer.retry_after_s == wait_s


@pytest.mark.parametrize("status", [403, 451, 500, 503])
def test_every_refusal_can_say_how_long(status: int) -> None:
    """``Retry-After`` is passed on with every kind; without it only the limiter has a time."""
    exchange = EXCHANGES["okx"]
    said = ask(exchange, Reply(status, {"retry-after": "7"}, b""))
    unsaid = ask(exchange, Reply(status, {}, b""))
    assert isinstance(said, ExchangeError)
    assert isinstance(unsaid, ExchangeError)
    assert (said.retry_after_s, unsaid.retry_after_s) == (7.0, None)


@pytest.mark.parametrize("venue", EXCHANGES)
def test_retry_after_counts_more_than_the_limiters_own_header(venue: str) -> None:
    """Where both are there, the standard one is taken."""
    headers = {
        "retry-after": "3",
        "gw-ratelimit-reset": "9000",
        "x-bapi-limit-reset-timestamp": str(NOW_NS // 10**6 + 9_000),
        "x-gate-ratelimit-reset-timestamp": str(NOW_NS // SECOND + 9),
    }
    answer = ask(EXCHANGES[venue], Reply(429, headers, b""))
    assert isinstance(answer, RateLimitedError)
    assert answer.retry_after_s == 3.0


@pytest.mark.parametrize(
    ("venue", "header", "said"),
    [
        ("kucoin", "gw-ratelimit-reset", "0"),
        ("kucoin", "gw-ratelimit-reset", "99999999999"),
        ("kucoin", "gw-ratelimit-reset", "soon"),
        ("gate", "x-gate-ratelimit-reset-timestamp", str(NOW_NS // SECOND)),
        ("gate", "x-gate-ratelimit-reset-timestamp", str(NOW_NS // SECOND + 3_602)),
        ("gate", "x-gate-ratelimit-reset-timestamp", "-1"),
        ("bybit", "x-bapi-limit-reset-timestamp", str(NOW_NS // 10**6 - 1)),
    ],
)
def test_a_limiters_header_that_makes_no_sense_is_as_if_absent(
    venue: str, header: str, said: str
) -> None:
    """A moment that is over or hours away is no end of a window of seconds."""
    exchange = EXCHANGES[venue]
    answer = ask(exchange, Reply(429, {header: said}, b""))
    assert isinstance(answer, RateLimitedError)
    assert answer.retry_after_s == exchange.rate.penalty_s


def test_a_variant_of_an_exchange_has_its_own_rules() -> None:
    """Whoever replaces a part of an exchange gets what that part says."""
    strict = replace(EXCHANGES["okx"].rate, penalty_s=77.0)
    answer = ask(replace(EXCHANGES["okx"], rate=strict), Reply(429, {}, b""))
    assert isinstance(answer, RateLimitedError)
    assert answer.retry_after_s == 77.0


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("Invalid symbol.", "Invalid symbol"),
        ("a\r\n\tb  c", "a b c"),
        ("\x1b[31mred\x1b[0m \x07", "[31mred [0m"),
        ("left\u202eright\u200b", "left right"),
        ("\ud800", ""),
        ('say "yes"', "say 'yes'"),
        ("é漢🙂", "é漢🙂"),
        ("x" * 120, "x" * 120),
        ("x" * 121, "x" * 119 + "…"),
        (None, "null"),
        (True, "true"),
        ([], "a list"),
        ({}, "an object"),
    ],
)
def test_words_are_one_short_printable_line(said: object, line: str) -> None:
    """What an exchange says can be shown in a terminal: no control characters, no line breaks."""
    assert clean(said) == line


@settings(deadline=None)
@given(st.text())
def test_any_words_are_one_short_printable_line(said: str) -> None:
    """The same for any text."""
    line = clean(said)
    assert line.isprintable()
    assert len(line) <= 120
    assert '"' not in line


def test_a_page_without_a_title_is_shown_by_its_text() -> None:
    """Markup is left out of what is shown."""
    answer = ask(EXCHANGES["gate"], Reply(502, {}, b"<h1>Bad <b>gateway</b></h1>\n<hr>nginx"))
    assert str(answer) == 'gate: it failed (HTTP status 502, a page: "Bad gateway nginx").'
    assert_sound(EXCHANGES["gate"], answer)


def test_a_page_without_words_is_only_a_page() -> None:
    """There is nothing to show of it."""
    answer = ask(EXCHANGES["gate"], Reply(502, {}, b"<html><br></html>"))
    assert str(answer) == "gate: it failed (HTTP status 502, a page)."
