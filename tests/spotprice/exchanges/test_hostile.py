"""Whatever an exchange, or somebody in its place, sends: a sound quote or a clean error."""

import gzip
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.spotprice.exchanges.checking import VENUES, ask, assert_sound
from tests.spotprice.exchanges.test_mutations import mutated

from spotprice.errors import BadResponseError, ExchangeError, UnknownSymbolError
from spotprice.exchanges import EXCHANGES
from spotprice.exchanges.base import Exchange, Reply
from spotprice.quote import Quote

EXCHANGE = st.sampled_from(list(EXCHANGES.values()))
STATUS = st.sampled_from([200, 204, 301, 400, 401, 403, 404, 418, 429, 451, 500, 503, 520, 999])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
DATE = r"((Sun,|Sunday,|22|Nov|22-Nov-26|2026|9{14}|11:00:30|1:2:3:4|GMT|-0000|[+]9{14}) ?){1,8}"
HEADER = (
    st.text(max_size=70)
    | st.integers(min_value=-(10**22), max_value=10**22).map(str)
    | st.from_regex(DATE, fullmatch=True)
)
LIMITERS = (
    "retry-after",
    "gw-ratelimit-reset",
    "x-bapi-limit-reset-timestamp",
    "x-gate-ratelimit-reset-timestamp",
    "x-out-time",
)

NOT_JSON = (
    b"",
    b" \r\n",
    b"{",
    b"<!doctype html><html><title>Welcome</title><p>Everything is fine.</html>",
    b"OK",
    b"\x1b[2J\x1b]0;title\x07",
    b"\xff\xfe\x00",
    "{}".encode("utf-16"),
    gzip.compress(b"{}"),
    b"\xef\xbb\xbf{}",
    b'{"a":"\n"}',
    b"{'last': '1'}",
    b'{"last": 1,}',
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"[" * 100_000 + b"]" * 100_000,
    b"<" * 100_000,
    b"<title" * 20_000,
    b"<script>" * 20_000,
    b"\x00" * 100_000,
)
NO_QUOTES = (
    b"null",
    b"true",
    b"0",
    b"1e400",
    b"9" * 100_000,
    b'"62830.1"',
    b"[]",
    b"[[]]",
    b"[1,2,3]",
    b"{}",
    b'{"data":{},"result":{},"tick":{}}',
    b'{"data":[],"result":[],"tick":[]}',
    b'{"code":null,"retCode":null,"error":null,"status":null,"label":null,"message":null}',
    b'{"code":{},"retCode":[],"error":[[]],"status":{},"label":[],"message":{},"reason":{}}',
    b'{"code":"\\u202e\\u0007","retCode":"\\ud800","error":["\\u009b"],"message":"\\u2028"}',
    json.dumps(
        dict.fromkeys(("code", "error", "message", "reason", "label"), "x" * 9_999)
    ).encode(),
)


def nested(depth: int) -> str:
    """A list in a list in a list ..."""
    return "[" * depth + "]" * depth


def error_keys(exchange: Exchange) -> dict[str, bool]:
    """Where the exchange's error codes and messages can stand, and whether in a list there."""
    faults = exchange.faults
    places = [path.partition(".") for path in f"{faults.code}|{faults.text}".split("|") if path]
    return {key: bool(rest) for key, _, rest in places}


def error_body(exchange: Exchange, value: Any) -> dict[str, Any]:
    """A body with a value wherever the exchange's error codes and messages can stand."""
    return {
        key: [value] if is_in_list else value for key, is_in_list in error_keys(exchange).items()
    }


def is_refused(exchange: Exchange, body: bytes) -> type[ExchangeError]:
    """Ask with HTTP 200, and return the kind of the error."""
    answer = ask(exchange, Reply(200, {}, body))
    assert isinstance(answer, ExchangeError), body[:80]
    assert_sound(exchange, answer)
    return type(answer)


@pytest.mark.parametrize("venue", EXCHANGES)
def test_what_is_not_json_is_a_bad_response(venue: str) -> None:
    """Pages, other encodings, control characters and endless brackets: one clean line each."""
    for body in NOT_JSON:
        assert is_refused(EXCHANGES[venue], body) is BadResponseError, body[:80]


@pytest.mark.parametrize("venue", EXCHANGES)
def test_json_that_is_no_answer_is_refused(venue: str) -> None:
    """Scalars, empty things and errors made of the wrong types never become a quote."""
    for body in NO_QUOTES:
        kind = is_refused(EXCHANGES[venue], body)
        assert kind in (BadResponseError, UnknownSymbolError), body[:80]


@pytest.mark.parametrize("venue", EXCHANGES)
def test_an_answer_cut_off_anywhere_is_a_bad_response(venue: str) -> None:
    """A beginning of a good answer is never taken for the answer."""
    whole = VENUES[venue].good[0].body.encode()
    for length in range(len(whole)):
        assert is_refused(EXCHANGES[venue], whole[:length]) is BadResponseError, whole[:length]


@pytest.mark.parametrize("venue", EXCHANGES)
def test_deep_nesting_at_any_field_harms_nothing(venue: str) -> None:
    """Values that can be decoded, but not compared or printed, are neither."""
    exchange = EXCHANGES[venue]
    fields = exchange.fields
    paths = [fields.last, fields.bid, fields.volume, *([fields.symbol] if fields.symbol else [])]
    for depth in (100, 300, 900, 3_000):
        for path in paths:
            assert_sound(exchange, ask(exchange, mutated(venue, path, nested(depth))))
        body = json.dumps(error_body(exchange, "@")).replace('"@"', nested(depth))
        assert is_refused(exchange, body.encode()) is BadResponseError


@settings(deadline=None)
@given(EXCHANGE, STATUS, st.binary(max_size=200))
def test_any_bytes_give_a_clean_error(exchange: Exchange, status: int, body: bytes) -> None:
    """No bytes make anything else come out than an error in one line."""
    answer = ask(exchange, Reply(status, {}, body))
    assert isinstance(answer, ExchangeError)
    assert_sound(exchange, answer)


@settings(deadline=None)
@given(EXCHANGE, STATUS, JSON)
def test_any_json_gives_a_clean_error(exchange: Exchange, status: int, body: Any) -> None:
    """No JSON that is not an answer becomes a quote, or anything else than an error in one line."""
    answer = ask(exchange, Reply(status, {}, json.dumps(body).encode()))
    assert isinstance(answer, ExchangeError)
    assert_sound(exchange, answer)


@settings(max_examples=300, deadline=None)
@given(EXCHANGE, st.data())
def test_any_json_at_any_field_gives_a_sound_answer(
    exchange: Exchange, data: st.DataObject
) -> None:
    """A good answer with anything at all in one place is a sound quote or a clean error."""
    fields = exchange.fields
    moment = [fields.moment.path] if fields.moment and fields.moment.path else []
    symbol = [fields.symbol] if fields.symbol else []
    path = data.draw(
        st.sampled_from([fields.last, fields.bid, fields.ask, fields.volume, *moment, *symbol])
    )
    literal = data.draw(JSON.map(json.dumps) | st.text("0123456789.eE+-", max_size=40))
    assert_sound(exchange, ask(exchange, mutated(exchange.id, path, literal)))


@settings(deadline=None)
@given(EXCHANGE, st.data())
def test_any_error_code_and_text_give_a_clean_error(
    exchange: Exchange, data: st.DataObject
) -> None:
    """Whatever stands where errors stand, with whatever status, is one clean line."""
    keys = error_keys(exchange)
    said = data.draw(st.fixed_dictionaries(dict.fromkeys(keys, JSON)))
    body = {key: [said[key]] if is_in_list else said[key] for key, is_in_list in keys.items()}
    reply = Reply(data.draw(STATUS), {}, json.dumps(body).encode())
    answer = ask(exchange, reply)
    assert isinstance(answer, ExchangeError)
    assert_sound(exchange, answer)


@settings(max_examples=300, deadline=None)
@given(EXCHANGE, STATUS, st.dictionaries(st.sampled_from(LIMITERS), HEADER))
def test_any_headers_give_a_sound_time_to_stay_away(
    exchange: Exchange, status: int, headers: dict[str, str]
) -> None:
    """No header makes reading fail, or keeps anybody away for longer than three days."""
    assert_sound(exchange, ask(exchange, Reply(status, headers, b"")))
    good = replace(VENUES[exchange.id].good[0].reply, headers=headers)
    assert isinstance(ask(exchange, good), Quote)
