"""Frames of a live table as text, and what a watch writes where there is no terminal."""

import io
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from spotprice.consensus import Tether
from spotprice.errors import ExchangeError, NetworkError, TimedOutError, UnknownSymbolError
from spotprice.exchanges import EXCHANGES
from spotprice.quote import Answer, Quote
from spotprice.symbol import Symbol
from spotprice.views.market import make_market
from spotprice.views.signs import ASCII, UNICODE, Signs
from spotprice.views.table import Page
from spotprice.views.watch_table import live_lines
from spotprice.views.watch_view import Row, Sheet, plain_lines, watch_document

BITCOIN = Symbol("BTC", "USD")
NOW_NS = 1_795_345_200_000_000_000
SECOND = 1_000_000_000
NOTE = "4 exchanges asked every 1 s; Ctrl-C ends"


def a_quote(exchange: str, price: str, currency: str = "USD", age_s: int = 1) -> Quote:
    """Make a quote with a small spread."""
    last = Decimal(price)
    return Quote(
        exchange=exchange,
        symbol=BITCOIN,
        currency=currency,
        last=last,
        bid=last - 1,
        ask=last + 1,
        volume=Decimal(100),
        exchange_ns=None if exchange == "kraken" else NOW_NS - age_s * SECOND,
        received_ns=NOW_NS - age_s * SECOND,
        latency_ns=0 if exchange == "okx" else 103_000_000,
    )


def a_row(
    answer: Quote | None, name: str, error: ExchangeError | None = None, change: int = 0
) -> Row:
    """Make a row with a few recent prices."""
    recent = () if answer is None else (answer.last - 2, answer.last - 3, answer.last)
    return Row(name, answer, error, change, recent)


def a_sheet(*rows: Row, symbol: Symbol = BITCOIN, change: int = 1) -> Sheet:
    """Make a sheet as the board does."""
    answers: dict[str, Answer] = {
        row.exchange: row.quote or row.error or TimedOutError(row.exchange, "nothing yet")
        for row in rows
    }
    tether = Tether(Decimal("0.9995"), ("coinbase", "bitstamp"))
    market = make_market(symbol, answers, tether, NOW_NS)
    recent = tuple(Decimal(price) for price in (62_600, 62_650, 62_700))
    return Sheet(market, rows, change, recent)


ROWS = (
    a_row(a_quote("binance", "62750.12", "USDT"), "binance", change=1),
    a_row(a_quote("coinbase", "62716.5"), "coinbase", change=-1),
    a_row(
        a_quote("kraken", "62717.0", age_s=4),
        "kraken",
        NetworkError("kraken", "its stream said nothing for 25 s"),
        change=1,
    ),
    a_row(None, "gemini", UnknownSymbolError("gemini", "it has no market btcusd")),
    a_row(None, "bitstamp"),
    a_row(a_quote("okx", "99999.99", "USDT", age_s=60), "okx"),
)


def frame(*sheets: Sheet, width: int = 80, height: int = 24, signs: Signs = UNICODE) -> list[str]:
    """Draw a frame as plain text."""
    page = Page(EXCHANGES, signs, width)
    return [line.plain.rstrip() for line in live_lines(sheets, page, height, NOTE)]


def test_a_frame_at_80_columns() -> None:
    """Every exchange has its line: price and way, age, latency, and bars or what is wrong."""
    assert frame(a_sheet(*ROWS)) == [
        "BTC-USD  62,717.00 USD ▲ ± 1.0, median of 3 of 6  ▁▄█",
        "  weighted by volume 62,717.00 USD; 1 USDT = 0.9995 USD (Coinbase, Bitstamp)",
        "  exchange      price  in    spread     age  latency  recent",
        "✓ Binance   62,750.12▲ USDT  0.3 bp   1.0 s   103 ms  ▃▁█",
        "✓ Coinbase  62,716.50▼ USD   0.3 bp   1.0 s   103 ms  ▃▁█",
        "✓ Kraken    62,717.00  USD   0.3 bp   4.0 s   103 ms  network: its stream said…",
        "✗ Gemini    unknown symbol: it has no market btcusd",
        "  Bitstamp  waiting for its first answer",
        "○ OKX       99,999.99  USDT  0.2 bp    60 s        -  left out: its quote is 60…",
        "",
        "  4 exchanges asked every 1 s; Ctrl-C ends",
    ]


def test_a_frame_in_ascii() -> None:
    """Where the output shows nothing else, signs, ways and bars are plain characters."""
    lines = frame(a_sheet(*ROWS), signs=ASCII)
    assert "".join(lines).isascii()
    assert lines[0] == "BTC-USD  62,717.00 USD ^ +/- 1.0, median of 3 of 6  _~#"
    assert lines[4] == "+ Coinbase  62,716.50v USD   0.3 bp   1.0 s   103 ms  -_#"


def test_without_colour_nothing_is_lost() -> None:
    """``NO_COLOR`` leaves the same characters, without any colour among the escapes."""
    sheet = a_sheet(*ROWS)
    page = Page(EXCHANGES, UNICODE, 80)
    texts = []
    for no_color in (False, True):
        output = io.StringIO()
        console = Console(
            file=output, width=80, no_color=no_color, force_terminal=True, color_system="truecolor"
        )
        console.print(Text("\n").join(live_lines([sheet], page, 24, NOTE)))
        texts.append(output.getvalue())
    assert Text.from_ansi(texts[0]).plain == Text.from_ansi(texts[1]).plain
    assert "38;2" in texts[0]
    assert "38;2" not in texts[1]


@pytest.mark.parametrize("width", [20, 40, 79, 80, 120])
@pytest.mark.parametrize("height", [1, 2, 5, 24])
def test_no_frame_is_larger_than_its_screen(width: int, height: int) -> None:
    """No line is wider and no frame higher than there is room, so nothing wraps or scrolls."""
    sheets = [a_sheet(*ROWS), a_sheet(*ROWS), a_sheet(a_row(None, "gemini"))]
    lines = frame(*sheets, width=width, height=height)
    assert len(lines) <= max(height, 2)
    assert max(cell_len(line) for line in lines) <= width


def test_markets_that_do_not_fit_have_a_line_each() -> None:
    """A small terminal shows what matters most, and says how much more there is."""
    sheets = [a_sheet(*ROWS)] * 4
    head = "BTC-USD  62,717.00 USD ▲ ± 1.0, median of 3 of 6  ▁▄█"
    assert frame(*sheets, height=24) == [head] * 4 + [f"  {NOTE}"]
    assert frame(*sheets, height=4) == [head, head, "  and 2 more", f"  {NOTE}"]


def test_a_frame_without_a_consensus_says_why() -> None:
    """Where nothing has come yet, that is what is shown."""
    assert frame(a_sheet(a_row(None, "gemini"), change=0)) == [
        "BTC-USD  no consensus: there is no quote that counts",
        "",
        "  exchange      price  in    spread     age  latency  recent",
        "  Gemini    waiting for its first answer",
        "",
        f"  {NOTE}",
    ]


def test_words_of_an_exchange_cannot_control_the_terminal() -> None:
    """Escapes in what an exchange said are gone."""
    hostile = NetworkError("gemini", "\x1b[2J\x07 it\u202e said\nso")
    lines = frame(a_sheet(a_row(None, "gemini", hostile)))
    assert lines[3] == "✗ Gemini    network: [2J it said so"


def test_plain_lines() -> None:
    """Without a terminal a market is one line: when, how much, and whom it failed at."""
    page = Page(EXCHANGES, UNICODE, 120)
    sheets = [a_sheet(*ROWS), a_sheet(a_row(None, "gemini"))]
    time = "2026-11-22T11:00:00Z BTC-USD"
    assert plain_lines(sheets, page) == [
        f"{time} 62,717.00 USD ± 1.0, median of 3 of 6 (Kraken: network, Gemini: unknown-symbol)",
        f"{time} no consensus: there is no quote that counts",
    ]


def test_the_document_is_that_of_a_survey_with_the_latest_errors() -> None:
    """A quote that is the last one known has the error that came since beside it."""
    document = watch_document([a_sheet(*ROWS)], EXCHANGES)
    assert json.loads(json.dumps(document)) == document
    assert document["took_s"] == 0.103
    exchanges = document["markets"][0]["exchanges"]
    assert list(exchanges) == ["binance", "coinbase", "kraken", "gemini", "bitstamp", "okx"]
    failing = {name: one.get("error") for name, one in exchanges.items() if one["is_quote"]}
    assert failing == {"binance": None, "coinbase": None, "kraken": "network", "okx": None}
    assert exchanges["kraken"]["last"] == "62717.0"
    assert exchanges["kraken"]["reason"] == "its stream said nothing for 25 s"
    assert exchanges["gemini"]["error"] == "unknown-symbol"


def test_columns_stand_still_while_figures_change() -> None:
    """A longer age or spread moves nothing, so that the eye finds its place again."""
    young, old = a_quote("gate", "62750.12"), a_quote("gate", "62750.12", age_s=59)
    wide = replace(old, bid=old.last - 40)
    heads = {frame(a_sheet(a_row(one, "gate")))[2] for one in (young, old, wide)}
    assert len(heads) == 1
