"""Money and times as people read them."""

import io
from decimal import Decimal

import pytest

from spotprice.quote import Quote
from spotprice.symbol import Symbol
from spotprice.views.signs import ASCII, UNICODE, choose_signs, make_console
from spotprice.views.units import (
    format_age,
    format_confidence,
    format_latency,
    format_price,
    format_spread,
    format_took,
    format_wait,
    price_decimals,
)

NOW_NS = 1_795_345_200_000_000_000
SECOND = 1_000_000_000


def quote(
    bid: str | None = None, ask: str | None = None, age_s: float | None = None, latency_ns: int = 0
) -> Quote:
    """A quote of which only some things matter."""
    return Quote(
        exchange="okx",
        symbol=Symbol.parse("BTC-USD"),
        currency="USD",
        last=Decimal(1),
        bid=None if bid is None else Decimal(bid),
        ask=None if ask is None else Decimal(ask),
        volume=None,
        exchange_ns=None if age_s is None else NOW_NS - round(age_s * SECOND),
        received_ns=NOW_NS,
        latency_ns=latency_ns,
    )


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        ([], 2),
        (["62715.91000000", "62716.0"], 2),
        (["62715.9123456"], 3),
        (["3012.4512345"], 4),
        (["0.00001234"], 8),
        (["0.000012345678912"], 12),
        (["1E+3"], 2),
        (["62715.91", "62715.92", "1e-18"], 3),
    ],
)
def test_decimals_of_a_column(prices: list[str], expected: int) -> None:
    """They are those quoted, at least two and no more than make sense of the median."""
    assert price_decimals([Decimal(price) for price in prices]) == expected


@pytest.mark.parametrize(
    ("price", "decimals", "expected"),
    [("62715.914", 2, "62,715.91"), ("1E+6", 2, "1,000,000.00"), ("0.00001234", 8, "0.00001234")],
)
def test_prices(price: str, decimals: int, expected: str) -> None:
    """Thousands are apart, and there is never an exponent."""
    assert format_price(Decimal(price), decimals) == expected


@pytest.mark.parametrize(
    ("width", "expected"),
    [("0", "0"), ("0.8512", "0.85"), ("12.34", "12"), ("1234.5", "1,234"), ("0.000123", "0.00012")],
)
def test_confidences(width: str, expected: str) -> None:
    """Two digits are enough to say how sure one is."""
    assert format_confidence(Decimal(width)) == expected


@pytest.mark.parametrize(
    ("bid", "ask", "expected"),
    [
        (None, "1", "-"),
        ("1", None, "-"),
        ("1", "1", "0.0 bp"),
        ("99.9999", "100", "<0.1 bp"),
        ("99.99", "100.01", "2.0 bp"),
        ("99", "101", "200 bp"),
        ("1e-18", "1e12", "20,000 bp"),
    ],
)
def test_spreads(bid: str | None, ask: str | None, expected: str) -> None:
    """A spread is in basis points of the middle of the book."""
    assert format_spread(quote(bid, ask)) == expected


@pytest.mark.parametrize(
    ("age_s", "expected"),
    [
        (None, "-"),
        (-3, "0.0 s"),
        (0.44, "0.4 s"),
        (12, "12 s"),
        (119, "119 s"),
        (1234, "21 min"),
        (7200, "2 h"),
        (400_000, "5 d"),
    ],
)
def test_ages(age_s: float | None, expected: str) -> None:
    """An age is by the exchange's clock, and in the unit that fits."""
    assert format_age(quote(age_s=age_s), NOW_NS) == expected


def test_latencies_and_waits() -> None:
    """What came by a stream has no latency."""
    assert format_latency(quote()) == "-"
    assert format_latency(quote(latency_ns=503_400_000)) == "503 ms"
    assert format_took(12_340_000_000) == "12.3 s"
    assert (format_wait(0.44), format_wait(7200)) == ("0.4 s", "7,200 s")


def test_cutting_and_breaking() -> None:
    """Text is cut with an ellipsis, broken at spaces, and wide signs count twice."""
    cut = [UNICODE.fit("漢字漢字", width) for width in (8, 7, 1, 0)]
    assert cut == ["漢字漢字", "漢字漢…", "…", ""]
    assert UNICODE.wrap("one two  three", 7) == ["one two", "three"]
    assert ASCII.wrap("a incomprehensible b", 6) == ["a", "incom~", "b"]
    assert UNICODE.wrap("incomprehensible", 6) == ["incom…"]
    assert UNICODE.wrap("", 6) == [""]


def test_signs_by_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signs are ASCII where the encoding or the terminal takes no others; a pipe has 80 columns."""
    monkeypatch.delenv("COLUMNS", raising=False)
    for encoding, expected in (("utf-8", UNICODE), ("ascii", ASCII), ("latin-1", ASCII)):
        console, signs = make_console(io.TextIOWrapper(io.BytesIO(), encoding=encoding))
        assert (console.width, signs) == (80, expected)
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("FORCE_COLOR", "1")
    console, _ = make_console(io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
    assert choose_signs(console) == ASCII


def test_a_wide_terminal_is_not_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines end at 120 columns, where reading becomes hard."""
    monkeypatch.setenv("COLUMNS", "300")
    console, _ = make_console(io.StringIO())
    assert console.width == 120
