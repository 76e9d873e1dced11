"""The fate of a request follows from the seed and its name, and from nothing else."""

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotprice.errors import UsageError
from spotprice.simulated.latency import Constant, parse_latency
from spotprice.simulated.plan import MIXED, Behaviour, Failure, Fate, Plan
from spotprice.simulated.plan_text import (
    parse_failures,
    parse_rate,
    parse_venue,
    write_failures,
)

USUAL = Behaviour(parse_latency("lognormal(300ms,0.4)"), 0.2)

names = st.text(max_size=12)
attempts = st.integers(1, 10**6)
seeds = st.integers(-(2**70), 2**70)


def test_fates_are_what_they_were_on_another_machine() -> None:
    """These fates were drawn once and are the same with every Python on every machine."""
    plan = Plan(7, replace(USUAL, failure_rate=0.5))
    assert [plan.fate("binance", "BTCUSDT", attempt) for attempt in range(2, 6)] == [
        Fate(327_462_000, Failure.BLOCKED, 57_773),
        Fate(309_286_000, Failure.MAINTENANCE, 36_174),
        Fate(574_186_000, Failure.BLACK_HOLE, 1_847),
        Fate(267_095_000, None, 56_137),
    ]


def test_fates_are_the_same_in_a_process_with_other_hashes() -> None:
    """Another process with another hash seed draws the same."""
    program = (
        "from spotprice.simulated.plan import *;"
        "print([Plan(3, Behaviour(failure_rate=0.5)).fate('okx', 'BTC-USDT', n) for n in range(9)])"
    )
    plan = Plan(3, Behaviour(failure_rate=0.5))
    here = [plan.fate("okx", "BTC-USDT", number) for number in range(9)]
    for hashes in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": hashes},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == str(here)


@given(seeds, st.lists(st.tuples(names, names, attempts), max_size=8), st.randoms())
def test_the_order_of_requests_changes_no_fate(
    seed: int, requests: list[tuple[str, str, int]], chance: Random
) -> None:
    """The same requests in another order, asked of an equal plan, have the same fates."""
    fates = {one: Plan(seed, USUAL).fate(*one) for one in requests}
    chance.shuffle(requests)
    assert {one: Plan(seed, USUAL).fate(*one) for one in requests} == fates


@given(seeds, st.tuples(names, names, attempts), st.floats(0, 1), st.floats(0, 1))
def test_a_higher_rate_only_adds_failures(
    seed: int, request: tuple[str, str, int], one: float, other: float
) -> None:
    """What fails at a lower rate fails at a higher one in the same way and as late."""
    low, high = (
        Plan(seed, replace(USUAL, failure_rate=rate)).fate(*request)
        for rate in sorted((one, other))
    )
    assert low.failure is None or low == high
    assert high.failure is Failure.REFUSE or low.latency_ns == high.latency_ns


@given(seeds, names, names, attempts)
def test_rates_of_none_and_all_are_exact(
    seed: int, exchange: str, market: str, attempt: int
) -> None:
    """With rate 0 nothing fails, with rate 1 everything does."""
    never = Plan(seed, replace(USUAL, failure_rate=0)).fate(exchange, market, attempt)
    always = Plan(seed, replace(USUAL, failure_rate=1)).fate(exchange, market, attempt)
    assert never.failure is None
    assert always.failure is not None


def test_rate_and_kinds_come_out_as_planned() -> None:
    """Of 30,000 requests a fifth fails, each kind about as often as the others."""
    plan = Plan(1, USUAL)
    fates = Counter(plan.fate("gate", "BTC_USDT", number).failure for number in range(30_000))
    assert 23_600 < fates.pop(None) < 24_400
    assert set(fates) == set(MIXED)
    assert all(400 < times < 600 for times in fates.values())


def test_a_venue_of_its_own_behaviour_leaves_the_others_alone() -> None:
    """A behaviour for one venue changes that venue's fates and no other's."""
    plain = Plan(5, USUAL)
    other = Plan(5, USUAL, {"kraken": Behaviour(Constant(1_000), 1, (Failure.HTML,))})
    fate = other.fate("kraken", "XBTUSD", 1)
    assert (fate.latency_ns, fate.failure) == (1_000, Failure.HTML)
    assert other.fate("gemini", "btcusd", 1) == plain.fate("gemini", "btcusd", 1)


def test_a_refusal_comes_at_once() -> None:
    """What is refused does not wait for the latency first."""
    fate = Plan(0, Behaviour(Constant(10**9), 1, (Failure.REFUSE,))).fate("okx", "BTC-USDT", 1)
    assert (fate.latency_ns, fate.failure) == (0, Failure.REFUSE)


@pytest.mark.parametrize(
    ("behaviour", "is_closed"),
    [
        (Behaviour(failure_rate=1, failures=(Failure.REFUSE,)), True),
        (Behaviour(failure_rate=0.99, failures=(Failure.REFUSE,)), False),
        (Behaviour(failure_rate=1), False),
    ],
)
def test_a_venue_that_does_nothing_but_refuse_is_closed(
    behaviour: Behaviour, *, is_closed: bool
) -> None:
    """Only a venue that refuses everything has no port open."""
    assert behaviour.is_closed is is_closed


@pytest.mark.parametrize("rate", [-0.1, 1.01, float("nan"), float("inf")])
def test_a_rate_that_is_none_is_refused(rate: float) -> None:
    """A failure rate outside of 0 and 1 is the user's mistake."""
    with pytest.raises(UsageError, match="between 0 and 1"):
        Behaviour(failure_rate=rate)


def test_no_kind_of_failure_is_refused() -> None:
    """A behaviour without kinds of failure is the user's mistake."""
    with pytest.raises(UsageError, match="at least one"):
        Behaviour(failures=())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kraken:latency=2s", ("kraken", replace(USUAL, latency=Constant(2 * 10**9)))),
        (
            "OKX : latency = normal(400ms,80ms) , failures=50%,kind=reset",
            ("OKX", Behaviour(parse_latency("normal(400ms,80ms)"), 0.5, (Failure.RESET,))),
        ),
        ("gate:kind=mixed", ("gate", USUAL)),
    ],
)
def test_a_venue_is_read_as_written(text: str, expected: tuple[str, Behaviour]) -> None:
    """What is said about a venue replaces what is usual; the rest stays."""
    assert parse_venue(text, USUAL) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("kraken", "write its name, a colon"),
        (":latency=2s", "write its name, a colon"),
        ("kraken:", "write its name, a colon"),
        ("kraken:speed=2s", "write its name, a colon"),
        ("kraken:latency", "write its name, a colon"),
        ("kraken:latency=2", "no latency"),
        ("kraken:failures=2", "no failure rate"),
        ("kraken:kind=flood", "choose from mixed, refuse, reset, black-hole"),
    ],
)
def test_what_says_nothing_about_a_venue_is_refused(text: str, says: str) -> None:
    """A wrong text about a venue is refused with what to write instead."""
    with pytest.raises(UsageError, match=says):
        parse_venue(text, USUAL)


@given(st.text(max_size=40))
def test_any_text_about_a_venue_is_read_or_refused(text: str) -> None:
    """No text brings another error than the user's."""
    for parse in (parse_rate, parse_failures, lambda one: parse_venue(one, USUAL)):
        try:
            parse(text)
        except UsageError as error:
            assert "\n" not in str(error) or "\n" in text


@pytest.mark.parametrize(
    ("text", "rate"), [("20%", 0.2), ("0%", 0.0), ("100%", 1.0), (" 2.5% ", 0.025)]
)
def test_rates_are_percentages(text: str, rate: float) -> None:
    """A percentage is read as a share."""
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["20", "101%", "-1%", "%", "1e1%", "nan%", "١%"])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    """A wrong rate is refused with what to write instead."""
    with pytest.raises(UsageError, match="write a percentage"):
        parse_rate(text)


@pytest.mark.parametrize(
    ("behaviour", "text"),
    [
        (Behaviour(), "none"),
        (Behaviour(failure_rate=0.2), "20% mixed"),
        (
            Behaviour(failure_rate=0.025, failures=(Failure.RESET, Failure.HTML)),
            "2.5% reset or html",
        ),
    ],
)
def test_failures_are_written_in_words(behaviour: Behaviour, text: str) -> None:
    """How a venue fails is said shortly."""
    assert write_failures(behaviour) == text
