"""Hedge delays and rate windows, by themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotprice.exchanges.base import Rate
from spotprice.network.latency import Latencies
from spotprice.network.limits import Window


def latencies(*seconds: float) -> Latencies:
    """Return latencies with a history."""
    known = Latencies()
    for one in seconds:
        known.add(one)
    return known


@pytest.mark.parametrize(
    ("history", "left_s", "expected"),
    [
        ((), 1.0, 0.15),
        ((), 0.2, 0.1),
        ((0.08,) * 20, 1.0, 0.08),
        ((0.5,) * 20, 1.0, 0.25),
        ((0.001,) * 20, 1.0, 0.03),
        ((2.0,) * 20, 1.0, 0.03),
        ((*(0.1,) * 19, 0.3), 1.0, 0.3),
        ((*(0.1,) * 31, 0.3), 1.0, 0.1),
    ],
)
def test_a_hedge_waits_for_what_is_usual(
    history: tuple[float, ...], left_s: float, expected: float
) -> None:
    """A hedge goes out when the first request is later than 95 % were, if that is in time."""
    assert latencies(*history).hedge_after_s(left_s) == pytest.approx(expected)


def test_only_the_last_latencies_count() -> None:
    """An exchange that became fast is hedged as a fast one."""
    assert latencies(*(0.4,) * 100, *(0.05,) * 32).hedge_after_s(1.0) == 0.05


@given(
    requests=st.integers(1, 5),
    seconds=st.integers(1, 10),
    gaps=st.lists(st.integers(0, 40), min_size=1, max_size=60),
)
def test_no_window_ever_holds_more_than_its_limit(
    requests: int, seconds: int, gaps: list[int]
) -> None:
    """Whenever calls come, no stretch of the limit's length has more of them than allowed."""
    window = Window(Rate(requests, seconds))
    now, sent = 0, []
    for gap in gaps:
        now += gap
        at = now + window.wait_s(now)
        window.take(at)
        sent.append(at)
    for first, last in zip(sent, sent[requests:], strict=False):
        assert last - first >= seconds
