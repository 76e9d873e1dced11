"""Prices are the same from the same seed, plausible, and never still."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotprice.simulated.market import Ticker, exists, ticker_at, true_price
from spotprice.simulated.voices import VOICES
from spotprice.symbol import Symbol

NOW = 1_795_345_200_000_000_000
SECOND = 1_000_000_000
BITCOIN = Symbol("BTC", "USD")

codes = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=20)
symbols = st.builds(
    Symbol, codes, st.sampled_from(("USD", "USDT", "USDC", "EUR", "GBP", "BTC", "ETH"))
).filter(exists)
moments = st.integers(0, 4 * 10**18)
venues = st.sampled_from(list(VOICES))


def test_a_ticker_is_what_it_was_on_another_machine() -> None:
    """This ticker was made once and is the same with every Python on every machine."""
    ticker = ticker_at(7, "kraken", BITCOIN, NOW + 123_456_789)
    assert ticker == Ticker(
        symbol=BITCOIN,
        at_ns=1_795_345_200_100_000_000,
        last=Decimal("62719.00"),
        bid=Decimal("62719.00"),
        ask=Decimal("62721.50"),
        bid_size=Decimal("0.20734448"),
        ask_size=Decimal("0.27645930"),
        open=Decimal("62346.06"),
        high=Decimal("62972.39"),
        low=Decimal("62096.67"),
        average=Decimal("62532.53"),
        volume=Decimal("8293.77914903"),
        quote_volume=Decimal("518630993.45009295"),
        trades=139_600,
    )


@given(st.integers(), venues, symbols, moments)
def test_every_ticker_makes_sense(seed: int, venue: str, symbol: Symbol, at_ns: int) -> None:
    """Low, bid, last, ask and high are positive and in order; volumes are positive."""
    ticker = ticker_at(seed, venue, symbol, at_ns)
    assert 0 < ticker.low <= ticker.bid <= ticker.last <= ticker.ask <= ticker.high
    assert ticker.bid < ticker.ask
    assert ticker.low <= ticker.open <= ticker.high
    assert ticker.low <= ticker.average <= ticker.high
    assert ticker.volume > 0
    assert 0 <= at_ns - ticker.at_ns < SECOND // 10
    assert ticker.symbol == symbol


@given(st.integers(), venues, symbols, moments)
def test_venues_lie_close_to_the_truth(seed: int, venue: str, symbol: Symbol, at_ns: int) -> None:
    """Every venue's price is within a fifth of a percent of the true one."""
    ticker = ticker_at(seed, venue, symbol, at_ns)
    assert abs(ticker.last / true_price(seed, symbol, ticker.at_ns) - 1) < Decimal("0.002")


@given(st.integers(0, 99), moments)
def test_tether_is_worth_a_little_less_than_a_dollar(seed: int, at_ns: int) -> None:
    """Every dollar venue has USDT at 0.9995 give or take three ten-thousandths."""
    for venue in ("coinbase", "kraken", "gemini", "bitstamp"):
        ticker = ticker_at(seed, venue, Symbol("USDT", "USD"), at_ns)
        assert Decimal("0.9992") < ticker.bid < ticker.ask < Decimal("0.9998")


def test_the_tether_price_is_the_dollar_price_divided_by_the_rate() -> None:
    """True prices fit together across currencies, so that a conversion can be checked."""
    rate = true_price(3, Symbol("USDT", "USD"), NOW)
    in_tether = true_price(3, Symbol("BTC", "USDT"), NOW)
    assert abs(in_tether * rate - true_price(3, BITCOIN, NOW)) < Decimal("1e-15")


def test_prices_move_slowly() -> None:
    """Within ten seconds Bitcoin's price moves, from second to second by less than a thousandth."""
    prices = [true_price(0, BITCOIN, NOW + second * SECOND) for second in range(11)]
    steps = [abs(later / earlier - 1) for earlier, later in pairwise(prices)]
    assert len(set(prices)) == len(prices)
    assert max(steps) < Decimal("0.001")


def test_seeds_venues_and_moments_differ() -> None:
    """Another seed, venue or minute brings another price."""
    tickers = {
        ticker_at(seed, venue, BITCOIN, at_ns).last
        for seed in (0, 1)
        for venue in ("kraken", "gemini")
        for at_ns in (NOW, NOW + 60 * SECOND)
    }
    assert len(tickers) == 8


@pytest.mark.parametrize(
    ("symbol", "is_there"),
    [
        (BITCOIN, True),
        (Symbol("WHATEVER7", "USDT"), True),
        (Symbol("ETH", "BTC"), True),
        (Symbol("NOSUCH", "USD"), False),
        (Symbol("NOSUCH2", "USDT"), False),
        (Symbol("USDT", "USDT"), False),
        (Symbol("BTC", "XYZ"), False),
    ],
)
def test_some_markets_are_nowhere(symbol: Symbol, *, is_there: bool) -> None:
    """NOSUCH, a code in itself and a strange quote are traded nowhere; any other code is."""
    assert exists(symbol) is is_there
