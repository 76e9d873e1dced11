"""Latencies are read as they are written, and drawn as they are meant."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotprice.errors import UsageError
from spotprice.simulated.latency import (
    AT_ONCE,
    Constant,
    Latency,
    LogNormal,
    Normal,
    Uniform,
    parse_latency,
)

MILLISECOND = 1_000_000
HOUR = 3_600_000 * MILLISECOND

spans = st.integers(0, 3_600_000_000).map(lambda microseconds: microseconds * 1_000)
sigmas = st.integers(0, 5_000_000).map(lambda millionths: Decimal(millionths).scaleb(-6))
latencies: st.SearchStrategy[Latency] = st.one_of(
    spans.map(Constant),
    st.tuples(spans, spans).map(lambda two: Uniform(min(two), max(two))),
    st.builds(Normal, spans, spans),
    st.builds(LogNormal, spans, sigmas),
)
shares = st.integers(0, 2**32 - 1).map(lambda number: (number + 0.5) / 2**32)


@pytest.mark.parametrize(
    ("text", "latency"),
    [
        ("500ms", Constant(500 * MILLISECOND)),
        ("0s", AT_ONCE),
        ("1.5s", Constant(1_500 * MILLISECOND)),
        ("250us", Constant(250_000)),
        ("300ms..700ms", Uniform(300 * MILLISECOND, 700 * MILLISECOND)),
        (" Normal( 400ms, 80ms ) ", Normal(400 * MILLISECOND, 80 * MILLISECOND)),
        ("lognormal(300ms,0.4)", LogNormal(300 * MILLISECOND, Decimal("0.4"))),
    ],
)
def test_the_four_forms_are_read(text: str, latency: Latency) -> None:
    """Each form becomes its distribution; spaces and capital letters do not matter."""
    assert parse_latency(text) == latency


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2", "write 500ms"),
        ("", "write 500ms"),
        ("-5ms", "write 500ms"),
        ("normal(400ms)", "write 500ms"),
        ("lognormal(300ms,4e1)", "write 500ms"),
        ("lognormal(300ms,6)", "sigma is above 5"),
        ("700ms..300ms", "first bound is above its second"),
        ("3601s", "an hour"),
        ("٣s", "write 500ms"),
    ],
)
def test_what_is_no_latency_is_refused_in_one_sentence(text: str, says: str) -> None:
    """A wrong text is refused with what is wrong or what to write."""
    with pytest.raises(UsageError, match=says):
        parse_latency(text)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text brings another error than the user's."""
    try:
        latency = parse_latency(text)
    except UsageError:
        return
    assert parse_latency(str(latency)) == latency


@given(latencies)
def test_what_is_written_reads_back(latency: Latency) -> None:
    """The text of a latency means the same latency."""
    assert parse_latency(str(latency)) == latency


@given(latencies, shares, shares)
def test_latencies_are_possible_and_grow_with_the_share(
    latency: Latency, one: float, other: float
) -> None:
    """A larger share of answers never keeps a shorter latency; all lie within zero and an hour."""
    less, more = latency.at(min(one, other)), latency.at(max(one, other))
    assert 0 <= less <= more <= HOUR


@pytest.mark.parametrize(
    ("text", "at_quarter", "at_half"),
    [
        ("80ms", 80_000, 80_000),
        ("300ms..700ms", 400_000, 500_000),
        ("normal(400ms,80ms)", 346_041, 400_000),
        ("lognormal(300ms,0.4)", 229_061, 300_000),
        ("normal(0ms,80ms)", 0, 0),
    ],
)
def test_quartile_and_median_are_those_of_the_distribution(
    text: str, at_quarter: int, at_half: int
) -> None:
    """A quarter and a half of the answers keep the latencies of the textbook (in microseconds)."""
    latency = parse_latency(text)
    assert (latency.at(0.25), latency.at(0.5)) == (at_quarter * 1_000, at_half * 1_000)
