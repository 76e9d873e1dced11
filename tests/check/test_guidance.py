"""Sampling rare things more often: only what can happen, and the same for the same seed."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopscope.check.case import Case
from loopscope.check.guidance import EVERY, GUIDES, guide_of, sampling_of
from loopscope.errors import UsageError
from loopscope.simulator.hosts.latency import (
    Constant,
    Latency,
    Lognormal,
    Normal,
    Samples,
    Uniform,
)

MS = 1_000_000
LATENCIES = st.one_of(
    st.builds(Constant, st.integers(0, 10**12)),
    st.tuples(st.integers(0, 10**12), st.integers(0, 10**12)).map(
        lambda ends: Uniform(min(ends), max(ends))
    ),
    st.builds(Normal, st.integers(0, 10**12), st.integers(0, 10**12)),
    st.builds(Lognormal, st.integers(0, 10**12), st.floats(0, 10)),
    st.lists(st.integers(0, 10**12), min_size=1, max_size=20).map(
        lambda values: Samples(tuple(values))
    ),
)


def can_give(latency: Latency, ns: int) -> bool:
    """Whether a description can give a duration."""
    if isinstance(latency, Samples):
        return ns in latency.values_ns
    if isinstance(latency, Uniform):
        return latency.low_ns <= ns <= latency.high_ns
    if latency.constant_ns is not None:
        return ns == latency.constant_ns
    return ns >= 0


@given(LATENCIES, st.sampled_from(sorted(GUIDES)), st.integers(0, 10**9), st.integers(1, 99))
def test_durations_are_possible(latency: Latency, guide: str, seed: int, number: int) -> None:
    """Every guide gives only durations that the description can give, the same each time."""
    key = f"a.example.com request {number} latency"
    drawn = [sampling_of(Case(seed, guide)).duration(key, latency, Random(seed)) for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert can_give(latency, drawn[0])


@given(
    LATENCIES,
    st.floats(0.0001, 0.9999),
    st.floats(0.0001, 0.9999),
    st.integers(0, 10**15),
)
def test_shares(latency: Latency, share: float, other: float, ns: int) -> None:
    """Shares of a distribution are possible durations in order; so is the nearest to any."""
    low, high = sorted([share, other])
    assert latency.at(low) <= latency.at(high)
    assert can_give(latency, latency.at(low))
    nearest = latency.nearest(ns)
    assert can_give(latency, nearest)
    assert latency.nearest(nearest) == nearest


@pytest.mark.parametrize(
    "latency",
    [
        Uniform(10 * MS, 30 * MS),
        Normal(20 * MS, 4 * MS),
        Lognormal(20 * MS, 0.7),
        Samples((10 * MS, 20 * MS, 25 * MS)),
    ],
)
def test_the_median_is_that_of_the_draws(latency: Latency) -> None:
    """As many draws are below the usual duration as above it, within chance."""
    random = Random(1)
    drawn = sorted(latency.draw(random) for _ in range(4001))
    assert drawn[2000] == pytest.approx(latency.at(0.5), rel=0.05)


@pytest.mark.parametrize("guide", sorted(GUIDES))
def test_failures_are_possible(guide: str) -> None:
    """What never fails does not fail under any guide; what can does."""
    odds = [("reset", 0.0), ("503", 0.05)]
    kinds = Counter(
        sampling_of(Case(seed, guide)).failure(
            f"a request {number} failure", odds, Random(f"{seed} {number}")
        )
        for seed in range(50)
        for number in range(1, 20)
    )
    assert set(kinds) == {"", "503"}


def test_bursts_fail_more_often() -> None:
    """During a burst failures come several in a row: more often than described."""

    def failures(guide: str) -> int:
        drawn = [
            sampling_of(Case(seed, guide)).failure(
                f"a.example.com request {number} failure",
                [("503", 0.01)],
                Random(f"{seed} {number}"),
            )
            for seed in range(100)
            for number in range(1, 17)
        ]
        return sum(kind == "503" for kind in drawn)

    assert failures("bursts") > 5 * failures("")


def test_tails_are_reached() -> None:
    """What happens once in a thousand times happens in one of ten guided draws or so."""
    latency = Lognormal(10 * MS, 0.5)
    rare = latency.at(0.999)
    drawn = [
        sampling_of(Case(seed, "tails")).duration("a request 1 latency", latency, Random(seed))
        for seed in range(1000)
    ]
    assert sum(ns > rare for ns in drawn) >= 60


def test_ties() -> None:
    """Round durations coincide: with each other, and with the program's own round times."""
    latency = Lognormal(10 * MS, 0.5)
    drawn = Counter(
        sampling_of(Case(seed, "ties")).duration("a request 1 latency", latency, Random(seed))
        for seed in range(200)
    )
    assert all(ns % MS == 0 for ns in drawn)
    assert drawn[10 * MS] > 10


def test_most_seeds_are_as_described() -> None:
    """One seed in four is guided, by every guide in turn."""
    guides = Counter(guide_of(seed) for seed in range(EVERY * len(GUIDES) * 10))
    assert guides.pop("") == (EVERY - 1) * len(GUIDES) * 10
    assert guides == Counter(dict.fromkeys(GUIDES, 10))


def test_unknown_guide() -> None:
    """A guide that there is not is a clear mistake."""
    with pytest.raises(UsageError, match="no guide 'luck'; there are: tails, extremes"):
        sampling_of(Case(0, "luck"))
