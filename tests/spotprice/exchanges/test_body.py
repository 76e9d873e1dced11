"""Paths into a body, and the numbers and times in it."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.spotprice.exchanges.sample import NOW_NS

from spotprice.exchanges.base import ISO_8601, MILLISECOND, Moment, Reply, whole_number
from spotprice.exchanges.body import (
    MISSING,
    is_empty,
    is_list,
    look_up,
    read_json,
    read_moment,
    read_price,
    read_volume,
)
from spotprice.symbol import Symbol

BODY: Any = {
    "a": {"b": ["x", {"c": "deep"}]},
    "only": {"any key": {"last": "7"}},
    "two": {"k": "1", "l": "2"},
    "volume": {"BTC": "3", "{base}": "4"},
    "1": "a key that is a number",
    "nothing": None,
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a.b.0", "x"),
        ("a.b.1.c", "deep"),
        ("a.b.2", MISSING),
        ("a.b.c", MISSING),
        ("a.0", MISSING),
        ("a.b.0.c", MISSING),
        ("only.*.last", "7"),
        ("two.*", MISSING),
        ("a.b.*", MISSING),
        ("volume.{base}", "3"),
        ("1", MISSING),
        ("absent|a.b.0|two.k", "x"),
        ("absent|gone", MISSING),
        ("nothing", None),
        ("nothing|a.b.0", None),
        ("", BODY),
    ],
)
def test_a_path_leads_where_it_says(path: str, found: object) -> None:
    """Keys, indices, the only entry, the base code, alternatives, and the whole."""
    assert look_up(BODY, path, Symbol("BTC", "USD")) == found


def test_an_emptiness_must_be_there() -> None:
    """Null and things with nothing in them are empty; what is absent is not."""
    is_unknown = is_empty("a.b")
    empty: list[Any] = [None, "", [], {}]
    assert [is_unknown({"a": {"b": value}}) for value in empty] == [True] * 4
    there: list[Any] = [{}, {"a": {"b": "0"}}, {"a": None}, []]
    assert [is_unknown(body) for body in there] == [False] * 4
    others: list[Any] = [[], {}, "[]", None]
    assert [is_list(body) for body in others] == [True, False, False, False]


def test_numbers_of_a_body_are_text_until_they_are_read() -> None:
    """No digit is lost and nothing is converted that nobody asks for."""
    body = read_json(b'{"a":1.10,"b":-7,"c":1e400,"d":0.1234567890123456789,"e":true,"f":null}')
    assert body == {
        "a": "1.10",
        "b": "-7",
        "c": "1e400",
        "d": "0.1234567890123456789",
        "e": True,
        "f": None,
    }


@pytest.mark.parametrize(
    "body", [b"", b"{", b"NaN", b"[-Infinity]", b"\xff", b"[" * 100_000, b"{} {}", b"01"]
)
def test_what_is_not_json_is_refused(body: bytes) -> None:
    """Also what Python's decoder would take."""
    with pytest.raises(ValueError, match=r"JSON|Expecting|nested|decode|Extra data"):
        read_json(body)


@settings(deadline=None)
@given(st.decimals(min_value="1e-12", max_value="1e12", places=12))
def test_every_price_is_read_exactly(price: Decimal) -> None:
    """As text, as a number that is text, and as what another decoder makes of it."""
    if price > 0:
        assert read_price(str(price)) == read_price(price) == price
        assert read_price(f"{price:f}") == price


@settings(deadline=None)
@given(st.text() | st.integers() | st.decimals() | st.floats() | st.none() | st.booleans())
def test_any_value_is_a_sound_number_or_none(value: object) -> None:
    """Nothing raises, and what comes out is in range."""
    price, volume = read_price(value), read_volume(value)
    assert price is None or Decimal("1e-18") <= price <= 10**12
    assert volume is None or 0 <= volume <= 10**24


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=10**19))
def test_a_time_is_read_to_the_nanosecond(nanoseconds: int) -> None:
    """Whole units since 1970, as text or as a number, are exact."""
    moment = Moment(1, path="t")
    expected = nanoseconds if 1_230_768_000 * 10**9 <= nanoseconds <= NOW_NS + 60 * 10**9 else None
    for said in (str(nanoseconds), nanoseconds):
        assert read_moment(moment, {"t": said}, Reply(200, {}, b""), NOW_NS) == expected


@pytest.mark.parametrize(
    ("said", "fraction_ns"),
    [
        ("2026-11-22T10:00:00Z", 0),
        ("2026-11-22T10:00:00.1Z", 100_000_000),
        ("2026-11-22T10:00:00.123456Z", 123_456_000),
        ("2026-11-22T10:00:00.123456789Z", 123_456_789),
        ("2026-11-22T10:00:00.1234567899Z", 123_456_789),
        ("2026-11-22T10:00:00.000000001+00:00", 1),
        ("2026-11-22T10:00:00", None),
        ("2026-11-22T10:00:00.Z", None),
        ("2026-11-22T10:00:00-05:00", None),
        ("2026-11-22T10:00Z", None),
        ("2026-11-22T25:00:00Z", None),
        ("2026-11-31T10:00:00Z", None),
        ("----------T::::::::Z", None),
        ("", None),
    ],
)
def test_iso_time_keeps_its_nanoseconds(said: str, fraction_ns: int | None) -> None:
    """Only UTC is taken, with up to nine digits of a second's fraction."""
    moment = Moment(ISO_8601, path="t")
    answer = read_moment(moment, {"t": said}, Reply(200, {}, b""), NOW_NS)
    whole_ns = 1_795_341_600 * 10**9
    assert answer == (None if fraction_ns is None else whole_ns + fraction_ns)


def test_a_time_can_stand_in_a_header() -> None:
    """A header is read like a field; an absent one is no time."""
    moment = Moment(MILLISECOND, header="x-time")
    there, absent = Reply(200, {"x-time": "1795345200000"}, b""), Reply(200, {}, b"")
    assert read_moment(moment, {}, there, NOW_NS) == 1_795_345_200 * 10**9
    assert read_moment(moment, {}, absent, NOW_NS) is None
    assert read_moment(None, {}, there, NOW_NS) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("007", 7), ("9" * 20, 10**20 - 1), ("9" * 21, None), ("", None), ("-1", None)]
    + [(text, None) for text in ("1.0", "1e3", " 1", "٣", "²", "+1")],
)
def test_whole_numbers(text: str, number: int | None) -> None:
    """Digits only, and not too many of them."""
    assert whole_number(text) == number
