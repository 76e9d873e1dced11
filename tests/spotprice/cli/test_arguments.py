"""What is typed is read as what is meant, or refused in one sentence."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotprice.cli.arguments import Given, Wanted, read, read_plan, read_seconds
from spotprice.errors import UsageError
from spotprice.exchanges import EXCHANGES
from spotprice.simulated.latency import Constant, Uniform
from spotprice.simulated.plan import MIXED, Behaviour, Plan
from spotprice.symbol import Symbol

USUAL = Given(
    symbols=("BTC-USD",),
    exchanges=None,
    deadline="1s",
    as_json=False,
    is_live=True,
    seed=None,
    latency=None,
    failures=None,
    is_watch=False,
    interval=None,
    is_stream=False,
)


def test_what_is_usual() -> None:
    """One symbol alone asks every exchange and waits a second."""
    btc = Symbol("BTC", "USD")
    assert read(USUAL) == Wanted(tuple(EXCHANGES), (btc,), deadline_s=1.0, interval_s=1.0)


def test_everything_given() -> None:
    """Symbols and exchanges may be written as people do; each is asked once, in that order."""
    given = replace(
        USUAL,
        symbols=("eth/usd", "BTC-USD", "ETH-USD"),
        exchanges="Kraken, coinbase,KRAKEN",
        deadline="800ms",
        is_watch=True,
        interval="2.5",
    )
    symbols = Symbol("ETH", "USD"), Symbol("BTC", "USD")
    assert read(given) == Wanted(("kraken", "coinbase"), symbols, deadline_s=0.8, interval_s=2.5)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1s", 1), ("800ms", 0.8), ("1.5", 1.5), (".5 s", 0.5), ("2S", 2), ("3600", 3600)],
)
def test_times(text: str, seconds: float) -> None:
    """A time is in seconds unless it says otherwise."""
    assert read_seconds("--deadline", text) == seconds


@pytest.mark.parametrize(
    "text",
    ["", "0", "0ms", "-1s", "1m", "3601", "nan", "inf", "1e3", "1,5", "s", "1 s s", "٣", "9" * 99],
)
def test_no_times(text: str) -> None:
    """Whatever is no time from above zero up to an hour is refused; how to write one is said."""
    with pytest.raises(UsageError) as caught:
        read_seconds("--interval", text)
    sentence = f'"{text}" is no time for --interval: write 1s, 800ms or 1.5 (seconds).'
    assert str(caught.value) == sentence


@settings(deadline=None)
@given(st.text(max_size=12))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    """Nothing else than a usage error comes of any text."""
    try:
        assert 0 < read_seconds("--deadline", text) <= 3600
    except UsageError as error:
        assert "no time for --deadline" in str(error)


@settings(deadline=None)
@given(st.decimals("0.001", "3600", places=3))
def test_every_time_can_be_written(seconds: Decimal) -> None:
    """A number of seconds with three decimals is read as that number."""
    assert read_seconds("--deadline", f"{seconds:f}s") == float(seconds)


def test_the_usual_simulation() -> None:
    """Simulated exchanges take half a second, and one request in five fails in any way."""
    half = Behaviour(latency=Constant(500_000_000), failure_rate=0.2, failures=MIXED)
    assert read_plan(USUAL) == Plan(seed=0, usual=half)


def test_a_simulation_of_ones_own() -> None:
    """Seed, latency and share of failures are as given."""
    given = replace(USUAL, seed=7, latency="1ms..2ms", failures="0%")
    own = Behaviour(latency=Uniform(1_000_000, 2_000_000), failure_rate=0.0, failures=MIXED)
    assert read_plan(given) == Plan(seed=7, usual=own)
