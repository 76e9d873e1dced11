"""The price on which exchanges agree: by hand, by the published rules, and for any quotes."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_DOWN, Context, Decimal, localcontext
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotprice.consensus import Consensus, Rules, Tether, find_consensus
from spotprice.errors import RateLimitedError, TimedOutError
from spotprice.quote import Answer, Quote
from spotprice.symbol import Symbol

NOW_NS = 1_795_345_200_000_000_000
SECOND = 1_000_000_000
BTC = Symbol.parse("BTC-USD")
TETHER = Tether(Decimal("0.5"), ("kraken",))


def quote(
    last: str | Decimal,
    *,
    currency: str = "USD",
    spread: str | None = "0",
    volume: str | None = "1",
    age_s: float | None = 0.0,
) -> Quote:
    """A quote, from a book around its price if it has a spread; no age is no exchange's time."""
    price = Decimal(last)
    half = None if spread is None else Decimal(spread) / 2
    return Quote(
        exchange="",
        symbol=BTC,
        currency=currency,
        last=price,
        bid=None if half is None else price - half,
        ask=None if half is None else price + half,
        volume=None if volume is None else Decimal(volume),
        exchange_ns=None if age_s is None else NOW_NS - round(age_s * SECOND),
        received_ns=NOW_NS - 60 * SECOND if age_s is not None else NOW_NS,
        latency_ns=0,
    )


def agree(
    answers: Mapping[str, Answer] | Sequence[Answer],
    tether: Tether | None = None,
    rules: Rules | None = None,
) -> Consensus:
    """The consensus of answers; those without a name are called 0, 1, 2 ..."""
    if not isinstance(answers, Mapping):
        answers = {str(at): answer for at, answer in enumerate(answers)}
    chosen = rules or Rules()
    return find_consensus(answers, symbol=BTC, tether=tether, now_ns=NOW_NS, rules=chosen)


def prices(*numbers: str) -> Consensus:
    """The consensus of dollar quotes without any spread."""
    return agree([quote(number) for number in numbers])


def test_a_whole_consensus_by_hand() -> None:
    """Every figure of one consensus is what the published rules give by hand."""
    answers: dict[str, Answer] = {
        "coinbase": quote("100.00", spread="0.20", volume="10"),
        "kraken": TimedOutError("kraken", "no answer by the deadline"),
        "gemini": quote("101.00", spread="0.40", volume="5"),
        "okx": quote("204.00", currency="USDT", spread="2.00", volume="30"),
        "bybit": quote("199.00", currency="USDT", spread="0.20", volume="1"),
        "gate": quote("300.00", currency="USDT"),
        "bitstamp": quote("100.00", age_s=10.5),
        "huobi": quote("100.00", currency="EUR"),
    }
    # Votes: 99.45 99.5 99.55 99.9 100 100.1 100.8 101 101.2 101.5 102 102.5; the fourth, the ninth
    assert agree(answers, TETHER) == Consensus(
        price=Decimal("100.5"),
        weighted=Decimal(102),  # 30 of 46
        confidence=Decimal("0.7"),
        currency="USD",
        used=("coinbase", "gemini", "okx", "bybit"),
        left_out={
            "kraken": "no answer by the deadline",
            "gate": "48.51 % above the median",
            "bitstamp": "its quote is 10.5 s old",
            "huobi": "in EUR, not in USD",
        },
        reason=None,
    )


def test_tether_is_not_called_dollars() -> None:
    """Without a rate, quotes in USDT are left out of a dollar market, with the reason."""
    told = agree([quote("100"), quote("100"), quote("100"), quote("100", currency="USDT")])
    assert told.used == ("0", "1", "2")
    assert told.left_out == {"3": "in USDT, and no rate to dollars"}


def test_a_tether_market_needs_no_rate() -> None:
    """Quotes in USDT count as they are where the market itself is in USDT; dollars do not."""
    answers = {str(at): quote("100", currency="USDT") for at in range(3)}
    told = find_consensus(
        {**answers, "dollars": quote("100")},
        symbol=Symbol.parse("BTC-USDT"),
        tether=TETHER,
        now_ns=NOW_NS,
    )
    assert (told.price, told.currency, told.used) == (Decimal(100), "USDT", ("0", "1", "2"))
    assert told.left_out == {"dollars": "in USD, not in USDT"}


def test_a_tether_price_is_converted_to_dollars_only() -> None:
    """The rate to dollars does not make a quote in USDT one in another currency."""
    answers = {str(at): quote("100", currency="EUR") for at in range(3)}
    told = find_consensus(
        {"tether": quote("100", currency="USDT"), **answers, "dollars": quote("100")},
        symbol=Symbol.parse("BTC-EUR"),
        tether=TETHER,
        now_ns=NOW_NS,
    )
    assert told.used == ("0", "1", "2")
    assert list(told.left_out.items()) == [
        ("tether", "in USDT, not in EUR"),
        ("dollars", "in USD, not in EUR"),
    ]


def test_the_left_out_stand_in_the_order_of_the_answers() -> None:
    """Whatever the reasons, exchanges are named in the order in which they were asked."""
    outlier, error = quote("200"), TimedOutError("x", "late")
    told = agree([outlier, error, *[quote("100")] * 3, outlier, error])
    assert list(told.left_out) == ["0", "1", "5", "6"]


@pytest.mark.parametrize(("age_s", "is_used"), [(10.0, True), (10.1, False), (-5.0, True)])
def test_stale_by_the_exchanges_clock(age_s: float, is_used: bool) -> None:
    """A quote counts until 10 s old by the exchange's clock, and where that clock is ahead."""
    assert agree([quote("100", age_s=age_s)]).reached is is_used


def test_age_without_an_exchanges_time_is_since_it_was_received() -> None:
    """Kraken gives no time: its quote is as old as its answer."""
    assert agree([quote("100", age_s=None)]).reached


@pytest.mark.parametrize(
    ("numbers", "price", "used"),
    [
        (("100",), "100", 1),
        (("100", "105"), "102.5", 2),
        (("100", "106"), None, 0),
        (("100", "104", "105"), "104", 3),
        (("95", "100", "105"), "100", 3),
        (("100", "100", "200"), None, 2),
        (("100", "120", "140"), None, 1),
        (("100", "100", "100", "200"), "100", 3),
        (("100", "100", "107", "107"), None, 0),
        (("100", "101", "104", "105"), "102.5", 4),
        (("100", "100", "100", "107", "107"), "100", 3),
        (("50", "60", "100", "100", "100", "150", "160"), None, 3),
        (("50", "100", "100", "100", "150"), "100", 3),
    ],
)
def test_majorities(numbers: tuple[str, ...], price: str | None, used: int) -> None:
    """One speaks for itself; two, and two camps, must be within 5 %; the majority must agree."""
    told = prices(*numbers)
    assert (told.price, len(told.used)) == (None if price is None else Decimal(price), used)
    assert told.reached is (price is not None)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([], "there is no quote that counts"),
        ([TimedOutError("0", "late")], "there is no quote that counts"),
        ([quote("1"), quote("2")], "only 0 of 2 quotes agree"),
        ([quote("1"), quote("2"), quote("3")], "only 1 of 3 quotes agree"),
        ([quote("1"), quote("1"), quote("2")], "3 quotes are needed, and only 2 count"),
        ([quote("1"), TimedOutError("1", "late")], "2 quotes are needed, and only 1 counts"),
    ],
)
def test_no_consensus_says_why(answers: list[Answer], reason: str) -> None:
    """Without a consensus there is no figure at all, but a reason."""
    told = agree(answers)
    assert (told.price, told.weighted, told.confidence) == (None, None, None)
    assert told.reason == reason
    assert not told.reached


def test_two_camps_are_told() -> None:
    """Where two camps face each other, everybody is left out as one of them."""
    assert prices("100", "106").left_out == {
        "0": "no majority: the middle two are 5.83 % apart",
        "1": "no majority: the middle two are 5.83 % apart",
    }


def test_outliers_are_told_by_side() -> None:
    """An outlier's reason says how far it is on which side of the median of all."""
    assert prices("100", "100", "100", "94.9", "1e12").left_out == {
        "3": "5.10 % below the median",
        "4": "999,999,999,900.00 % above the median",
    }


def test_rules_are_settable() -> None:
    """Limits and least number are those of the rules that are given."""
    strict = Rules(stale_ns=1, outlier_ratio=Decimal("0.001"), least_count=2)
    answers = [quote("100"), quote("100"), quote("101"), quote("100", age_s=1)]
    told = agree(answers, rules=strict)
    assert (told.price, told.used) == (Decimal(100), ("0", "1"))


@pytest.mark.parametrize(
    ("weighted", "expected"),
    [
        ((("100", "1"), ("101", "1"), ("102", "3")), "102"),
        ((("100", "1"), ("101", "2"), ("102", "1")), "101"),
        ((("102", "2"), ("100", "1"), ("101", "1")), "101.5"),
        ((("100", "4"), ("101", "2"), ("102", "2")), "100.5"),
        ((("100", None), ("101", "0"), ("102", "7")), "102"),
        ((("100", None), ("101", "0"), ("102", None)), None),
    ],
)
def test_weighted_median(
    weighted: tuple[tuple[str, str | None], ...], expected: str | None
) -> None:
    """It is where the volume first reaches half, or between two prices at exactly half."""
    told = agree([quote(price, volume=volume) for price, volume in weighted])
    assert told.weighted == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize(
    ("quoted", "expected"),
    [
        ((("100", "2"),), "1"),
        ((("100", "2"), ("101", "4")), "1.5"),
        ((("100", "0"), ("101", "0"), ("103", "0")), "2"),
        ((("1000", None), ("1000", None), ("1000", None)), "1"),
    ],
)
def test_confidence_by_pyths_rule(
    quoted: tuple[tuple[str, str | None], ...], expected: str
) -> None:
    """It is the larger distance to a quartile of the votes; no book counts as 0.1 % each side."""
    told = agree([quote(price, spread=spread) for price, spread in quoted])
    assert told.confidence == Decimal(expected)


def test_the_callers_context_changes_nothing() -> None:
    """A caller who computes with three digits and rounds down gets the same consensus."""
    answers = [quote("62715.91"), quote("62716.02"), quote("62717.33", currency="USDT")]
    tether = Tether(Decimal("0.99987"), ())
    expected = agree(answers, tether)
    with localcontext(Context(prec=3, rounding=ROUND_DOWN)) as ours:
        assert agree(answers, tether) == expected
        assert not any(ours.flags.values())
    assert expected.price == Decimal("62715.91")


@pytest.mark.parametrize("digits", [28, 40])
def test_equal_prices_of_many_digits_have_that_price(digits: int) -> None:
    """The mean of two equal prices is that price to 28 digits, not one that rounding moved."""
    number = "5." + "0" * (digits - 2) + "1"
    assert prices(number, number).price == Context(prec=28).create_decimal(number)


near = st.decimals("98", "102", places=2)
wild = st.decimals("1e-18", "1e12", allow_nan=False, allow_infinity=False).filter(lambda n: n > 0)
volumes = st.none() | st.decimals("0", "1e24", places=3)
spreads = st.none() | st.decimals("0", "90", places=2)
quotes = st.builds(
    lambda last, spread, volume: quote(
        last, spread=None if spread is None else str(spread), volume=volume and str(volume)
    ),
    near,
    spreads,
    volumes,
)
failures: st.SearchStrategy[Answer] = st.sampled_from(
    [TimedOutError("x", "late"), RateLimitedError("x", "asked too often")]
)


@settings(deadline=None)
@given(st.lists(quotes | st.builds(quote, wild) | failures, max_size=12))
def test_prices_lie_among_the_quotes_used(answers: list[Answer]) -> None:
    """Both prices are within what was used; everybody is used or left out, and never both."""
    told = agree(answers)
    assert sorted([*told.used, *told.left_out]) == sorted(map(str, range(len(answers))))
    assert all(told.left_out.values())
    assert (told.reason is None) is told.reached
    if told.price is not None:
        with localcontext(Context(prec=28)):
            lasts = [+one.last for one in answers if isinstance(one, Quote)]
            kept = [+one.last for name in told.used if isinstance(one := answers[int(name)], Quote)]
        assert min(kept) <= told.price <= max(kept)
        assert told.weighted is None or min(kept) <= told.weighted <= max(kept)
        assert told.confidence is not None
        assert told.confidence >= 0
        assert len(kept) * 2 > len(lasts)
        assert len(kept) >= min(3, len(answers))


@settings(deadline=None)
@given(st.lists(quotes, min_size=3, max_size=9), st.permutations(range(9)))
def test_order_does_not_matter(answers: list[Quote], order: list[int]) -> None:
    """The same answers in another order give the same figures and the same reasons."""
    first = agree(answers)
    second = agree({str(at): answers[at] for at in order if at < len(answers)})
    assert sorted(first.used) == sorted(second.used)
    assert first.left_out == second.left_out
    figures = [(one.price, one.weighted, one.confidence) for one in (first, second)]
    assert figures[0] == figures[1]


@settings(deadline=None)
@given(st.lists(st.tuples(near, st.decimals("0", "1", places=2)), min_size=3, max_size=9))
def test_scaling(pairs: list[tuple[Decimal, Decimal]]) -> None:
    """Prices a thousand times as high have a price and a confidence a thousand times as high."""
    small = agree([quote(last, spread=str(spread)) for last, spread in pairs])
    large = agree([quote(last * 1000, spread=str(spread * 1000)) for last, spread in pairs])
    assert small.price is not None
    assert small.confidence is not None
    assert large.price == small.price * 1000
    assert large.confidence == small.confidence * 1000
    assert large.used == small.used


@settings(deadline=None)
@given(
    st.lists(near | st.decimals("80", "120", places=1), min_size=3, max_size=9),
    wild | near,
    st.integers(0, 9),
)
def test_one_liar_is_powerless(honest: list[Decimal], lie: Decimal, place: int) -> None:
    """Whatever one exchange says beside three honest ones or more, the price stays among theirs."""
    told = agree([quote(one) for one in [*honest[:place], lie, *honest[place:]]])
    assert told.price is None or min(honest) <= told.price <= max(honest)


def test_one_liar_does_not_prevent_a_consensus() -> None:
    """With three honest quotes near each other there is a consensus whatever the fourth says."""
    for numbers in permutations(("99", "100", "101")):
        for lie in ("0.000001", "94", "100.5", "107", "1e12"):
            assert prices(*numbers, lie).reached
