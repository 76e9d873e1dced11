"""The table of a market: what stands in it, and that nothing hostile gets through it."""

import io
from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from spotprice.consensus import Tether
from spotprice.errors import (
    BadResponseError,
    ExchangeError,
    RateLimitedError,
    TimedOutError,
    UnknownSymbolError,
)
from spotprice.exchanges import EXCHANGES
from spotprice.quote import Answer, Quote
from spotprice.streams import STREAMS
from spotprice.symbol import Symbol
from spotprice.views.exchanges_table import exchanges_lines
from spotprice.views.market import Market, make_market
from spotprice.views.signs import ASCII, UNICODE, Signs, make_console, print_lines
from spotprice.views.table import Page, market_lines, survey_lines

NOW_NS = 1_795_345_200_000_000_000
SECOND = 1_000_000_000
BTC = Symbol.parse("BTC-USD")
TETHER = Tether(Decimal("0.99987"), ("coinbase", "kraken"))


def quote(
    exchange: str,
    last: str,
    currency: str = "USD",
    *,
    spread: str | None = "0.01",
    age_s: float | None = 0.4,
) -> Quote:
    """A quote from a book above its price if it has a spread; no age is no exchange's time."""
    price = Decimal(last)
    return Quote(
        exchange=exchange,
        symbol=BTC,
        currency=currency,
        last=price,
        bid=None if spread is None else price,
        ask=None if spread is None else price + Decimal(spread),
        volume=Decimal(100),
        exchange_ns=None if age_s is None else NOW_NS - round(age_s * SECOND),
        received_ns=NOW_NS,
        latency_ns=503 * SECOND // 1000,
    )


def market(answers: Mapping[str, Answer], tether: Tether | None = TETHER) -> Market:
    """A market with its consensus."""
    return make_market(BTC, answers, tether, NOW_NS)


def told(one: Market, signs: Signs = UNICODE, width: int = 80) -> list[str]:
    """The lines of its table as plain text."""
    return [line.plain for line in market_lines(one, Page(EXCHANGES, signs, width))]


MIXED: dict[str, Answer] = {
    "binance": quote("binance", "62715.91000000", "USDT"),
    "coinbase": quote("coinbase", "62716.02", spread="4.01"),
    "kraken": quote("kraken", "62716.1", age_s=None),
    "gemini": quote("gemini", "62000.0", spread="1000", age_s=1234),
    "bitstamp": RateLimitedError(
        "bitstamp",
        'it answers "400.002 Request rate limit exceeded, and then more than fits on a line"',
        retry_after_s=10,
    ),
    "kucoin": quote("kucoin", "92715.9", "USDT"),
    "huobi": TimedOutError("huobi", "no answer within 1 s"),
    "okx": quote("okx", "62715.9", "USDT", spread=None),
    "bybit": UnknownSymbolError("bybit", "it has no market BTCUSDT"),
    "gate": quote("gate", "62715.9", "USDT"),
}


def test_a_whole_table() -> None:
    """Every exchange has its line, and below stands what is agreed on and who was left out."""
    assert told(market(MIXED)) == [
        "BTC-USD: 7 of 10 exchanges answered",
        "",
        "  exchange      price in      spread      age   latency",
        "✓ Binance   62,715.91 USDT   <0.1 bp    0.4 s    503 ms",
        "✓ Coinbase  62,716.02 USD     0.6 bp    0.4 s    503 ms",
        "✓ Kraken    62,716.10 USD    <0.1 bp        -    503 ms",
        "○ Gemini    62,000.00 USD     160 bp   21 min    503 ms   left out",
        '✗ Bitstamp  rate limited: it answers "400.002 Request rate limit exceeded, and',
        '            then more than fits on a line" (again in 10 s)',
        "○ KuCoin    92,715.90 USDT   <0.1 bp    0.4 s    503 ms   left out",
        "✗ Huobi     timeout: no answer within 1 s",
        "✓ OKX       62,715.90 USDT         -    0.4 s    503 ms",
        "✗ Bybit     unknown symbol: it has no market BTCUSDT",
        "✓ Gate      62,715.90 USDT   <0.1 bp    0.4 s    503 ms",
        "",
        "  consensus  62,707.76 USD ± 8.3, median of 5 of 10 exchanges",
        "  weighted   62,707.76 USD by volume in 24 h",
        "  tether     1 USDT = 0.99987 USD, from Coinbase, Kraken",
        "  left out   Gemini: its quote is 1,234.0 s old",
        "             KuCoin: 47.82 % above the median",
    ]


def test_no_consensus_and_no_rate() -> None:
    """Without a consensus its reason stands there; who is left out for one reason is one line."""
    assert told(market(MIXED, tether=None))[-4:] == [
        "  consensus  none: 3 quotes are needed, and only 2 count",
        "  tether     no rate to dollars: quotes in USDT are left out",
        "  left out   Binance, KuCoin, OKX, Gate: in USDT, and no rate to dollars",
        "             Gemini: its quote is 1,234.0 s old",
    ]


def test_a_wait_is_told_once() -> None:
    """How long to stay away is added, but for a reason that says it already."""
    for reason, expected in (
        ("asked too often", "✗ OKX  rate limited: asked too often (again in 9.9 s)"),
        ("asked too often; again in 9.9 s", "✗ OKX  rate limited: asked too often; again in 9.9 s"),
    ):
        error = RateLimitedError("okx", reason, retry_after_s=9.9)
        assert told(market({"okx": error}))[2] == expected


def test_a_market_of_failures() -> None:
    """Where nobody gave a quote there are no headings, and the tether plays no part."""
    answers = {name: TimedOutError(name, "no answer within 1 s") for name in ("okx", "coinbase")}
    assert told(market(answers)) == [
        "BTC-USD: 0 of 2 exchanges answered",
        "",
        "✗ OKX       timeout: no answer within 1 s",
        "✗ Coinbase  timeout: no answer within 1 s",
        "",
        "  consensus  none: there is no quote that counts",
    ]


def test_the_smallest_market() -> None:
    """One exchange is one exchange; an unknown one is shown by its id."""
    lines = told(market({"mine": quote("mine", "0.00001234")}))
    assert lines[0] == "BTC-USD: 1 of 1 exchange answered"
    assert lines[3].startswith("✓ mine      0.00001234 USD")
    assert lines[5].startswith("  consensus  0.00001234 USD ± 0.0050, median of 1 of 1 exchange")


def test_ascii() -> None:
    """An output that can show nothing else gets signs of its own in ASCII."""
    lines = told(market(MIXED), ASCII)
    assert all(line.isascii() for line in lines)
    assert [line[0] for line in lines[3:7]] == ["+", "+", "+", "o"]
    assert "USD +/- 8.3, median" in "\n".join(lines)


def test_several_markets() -> None:
    """Markets stand below each other, and at the end how long everything took."""
    page = Page(EXCHANGES, UNICODE, 80)
    one = market({"kraken": quote("kraken", "1")})
    lines = [line.plain for line in survey_lines([one, one], page, 1_234 * SECOND // 1000)]
    assert lines.count("BTC-USD: 1 of 1 exchange answered") == 2
    assert lines[-2:] == ["", "Asked in 1,234 ms."]


def test_colour_is_never_alone() -> None:
    """Without colours the same is told: the text itself has no escapes."""
    file = io.StringIO()
    console, signs = make_console(file)
    print_lines(console, market_lines(market(MIXED), Page(EXCHANGES, signs, console.width)))
    assert "\x1b" not in file.getvalue()
    assert file.getvalue().splitlines() == told(market(MIXED))


def test_markup_is_text() -> None:
    """Rich's markup in what an exchange says is printed as it is, and escapes are gone."""
    error = BadResponseError("okx", 'it answers "[bold]x[/] :smile: \x1b[2J\x9b1m\u202e\ud800\n"')
    line = told(market({"okx": error}))[2]
    assert line == '✗ OKX  bad response: it answers "[bold]x[/] :smile: [2J 1m "'


hostile = st.text(max_size=400) | st.text(alphabet="a \x1b[]\n\r\t漢\u200b\u0301é:", max_size=400)


@settings(deadline=None)
@given(
    st.lists(st.builds(BadResponseError, st.just("okx"), hostile), min_size=1, max_size=3),
    st.sampled_from([UNICODE, ASCII]),
    st.integers(20, 120),
)
def test_hostile_reasons_stay_on_the_page(
    errors: list[ExchangeError], signs: Signs, width: int
) -> None:
    """Whatever a reason contains, every line is printable and no wider than the page."""
    answers = {f"e{at}": error for at, error in enumerate(errors)}
    for line in told(market(answers), signs, width)[2:]:
        assert line.isprintable()
        assert cell_len(line) <= width
        assert line.isascii() or not signs.is_ascii


prices = st.decimals("1e-18", "1e12", allow_nan=False).filter(lambda price: price > 0)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(prices, prices), min_size=1, max_size=5))
def test_any_price_can_be_shown(pairs: list[tuple[Decimal, Decimal]]) -> None:
    """Prices of any size next to each other have a line each, within reason."""
    answers = {
        f"e{at}": quote(f"e{at}", str(last), spread=str(spread))
        for at, (last, spread) in enumerate(pairs)
    }
    lines = told(market(answers))
    assert len([line for line in lines if line[:1] in "✓○"]) >= len(pairs)
    assert max(map(cell_len, lines)) <= 100


@pytest.mark.parametrize("signs", [UNICODE, ASCII])
def test_the_exchanges(signs: Signs) -> None:
    """Every exchange and every mirror is listed within 80 columns, with what is special."""
    lines = [line.plain for line in exchanges_lines(EXCHANGES.values(), STREAMS, signs)]
    assert max(map(len, lines)) <= 80
    assert len(lines) == 1 + sum(len(one.hosts) for one in EXCHANGES.values())
    assert [line.split()[:3] for line in lines if "api.kraken.com" in line] == [
        ["kraken", "Kraken", "USD"]
    ]
    kraken = next(line for line in lines if line.startswith("kraken"))
    assert kraken.split()[3:] == ["1/1", "s", "no", "yes", "api.kraken.com"]
