"""One market as a table for the terminal: who says what, and below it what they agree on."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rich.cells import cell_len
from rich.text import Text

from spotprice.errors import ExchangeError
from spotprice.exchanges.base import Exchange
from spotprice.quote import Quote
from spotprice.views.market import Market
from spotprice.views.signs import STYLES, Signs
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

_HEADINGS = ("exchange", "price", "in", "spread", "age", "latency")
_ON_THE_RIGHT = (False, True, False, True, True, True)
_GAPS = ("  ", " ", "   ", "   ", "   ", "   ")  # behind each column
_MARGIN = "  "  # the place of the sign
_LONGEST_NAME = 12  # cells
_SAYS_SECONDS = re.compile(r"\d s\b")  # in a reason: how long to stay away need not be added
_LABEL = 11  # cells before what a line below the table says


@dataclass(frozen=True, slots=True)
class Page:
    """Where tables are shown.

    Attributes:
        exchanges: By id, for the names that people know them by.
        signs: What the output can show.
        width: Of the output, in cells.
    """

    exchanges: Mapping[str, Exchange]
    signs: Signs
    width: int

    def name(self, exchange_id: str) -> str:
        """Return an exchange's name, or its id where it is not among the page's."""
        known = self.exchanges.get(exchange_id)
        name = self.signs.clean(exchange_id if known is None else known.name)
        return self.signs.fit(name, _LONGEST_NAME)


def survey_lines(markets: Sequence[Market], page: Page, took_ns: int) -> list[Text]:
    """Return the tables of all markets of a survey, and how long it took."""
    lines = [line for market in markets for line in (*market_lines(market, page), Text())]
    return [*lines, Text(f"Asked in {format_took(took_ns)}.", STYLES["faint"])]


def market_lines(market: Market, page: Page) -> list[Text]:
    """Return a market's title, its table and its consensus."""
    title = f"{market.symbol}: {len(market.quotes)} of {_exchanges(len(market.answers))} answered"
    return [
        Text(title, STYLES["name"]),
        Text(),
        *table_lines(market, page),
        Text(),
        *consensus_lines(market, page),
    ]


def table_lines(market: Market, page: Page) -> list[Text]:
    """Return the lines of every exchange: its quote on one, or its error on as many as it takes.

    The sign before an exchange tells what became of it; so does a word wherever its quote is not
    used. Above stand the headings, unless there is no quote at all.
    """
    decimals = _decimals(market)
    rows = {
        name: (page.name(name), *_figures(answer, page, decimals, market.at_ns))
        for name, answer in market.answers.items()
        if isinstance(answer, Quote)
    }
    shown = [_HEADINGS, *rows.values()]
    widths = [max(map(cell_len, column)) for column in zip(*shown, strict=True)]
    room = max(cell_len(page.name(name)) for name in market.answers)
    lines = [Text(_MARGIN + _row(_HEADINGS, widths), STYLES["faint"])] if rows else []
    for name, answer in market.answers.items():
        if isinstance(answer, Quote):
            lines.append(_quote_line(_row(rows[name], widths), name in market.consensus.used, page))
        else:
            lines += _error_lines(page.name(name), answer, page, room)
    return lines


def consensus_lines(market: Market, page: Page) -> list[Text]:
    """Return what the exchanges agree on, or why they do not, and which quotes were left out."""
    return [
        line
        for label, words, style in _told(market, page)
        for line in _labelled(label, words, style, page)
    ]


def _figures(quote: Quote, page: Page, decimals: int, now_ns: int) -> tuple[str, ...]:
    return (
        format_price(quote.last, decimals),
        page.signs.clean(quote.currency),
        format_spread(quote),
        format_age(quote, now_ns),
        format_latency(quote),
    )


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Return cells as one line, each padded to the width of its column."""
    line = ""
    for cell, width, gap, is_right in zip(cells, widths, _GAPS, _ON_THE_RIGHT, strict=True):
        padding = " " * (width - cell_len(cell))
        line += (padding + cell if is_right else cell + padding) + gap
    return line.rstrip()


def _quote_line(row: str, is_used: bool, page: Page) -> Text:
    state, sign = ("used", page.signs.used) if is_used else ("left_out", page.signs.left_out)
    line = Text.assemble((sign, STYLES[state]), " ", row)
    if not is_used:
        line.append("   left out", STYLES[state])
    return line


def _error_lines(name: str, error: ExchangeError, page: Page, room: int) -> Iterator[Text]:
    """Yield an error behind its exchange's name; what does not fit goes on below itself."""
    words = f"{error.slug.replace('-', ' ')}: {page.signs.clean(error.reason)}"
    if error.retry_after_s is not None and not _SAYS_SECONDS.search(error.reason):
        words += f" (again in {format_wait(error.retry_after_s)})"
    indent = len(_MARGIN) + room + len(_GAPS[0])
    for at, part in enumerate(page.signs.wrap(words, page.width - indent)):
        if at:
            yield Text(" " * indent + part, STYLES["failed"])
        else:
            first = name + " " * (room - cell_len(name)) + _GAPS[0]
            failed = STYLES["failed"]
            yield Text.assemble((page.signs.failed, failed), " ", first, (part, failed))


def _told(market: Market, page: Page) -> Iterator[tuple[str, str, str]]:
    """Yield what stands below the table as label, words and style."""
    agreed = market.consensus
    if agreed.price is None or agreed.confidence is None:
        yield "consensus", f"none: {agreed.reason}", STYLES["failed"]
    else:
        doubt = f"{page.signs.plus_minus} {format_confidence(agreed.confidence)}"
        whose = f"median of {len(agreed.used)} of {_exchanges(len(market.answers))}"
        yield "consensus", f"{_money(agreed.price, market)} {doubt}, {whose}", STYLES["price"]
    if agreed.weighted is not None:
        yield "weighted", f"{_money(agreed.weighted, market)} by volume in 24 h", ""
    if market.needs_tether:
        yield "tether", _tether(market, page), ""
    label = "left out"
    for reason, names in _left_out(market).items():
        whose = ", ".join(page.name(one) for one in names)
        yield label, f"{whose}: {page.signs.clean(reason)}", STYLES["left_out"]
        label = ""


def _left_out(market: Market) -> dict[str, list[str]]:
    """Return whose quotes were left out for each reason; errors stand in the table already."""
    found: dict[str, list[str]] = {}
    for name, reason in market.consensus.left_out.items():
        if isinstance(market.answers[name], Quote):
            found.setdefault(reason, []).append(name)
    return found


def _labelled(label: str, words: str, style: str, page: Page) -> Iterator[Text]:
    """Yield words behind a label; what does not fit goes on below itself."""
    for part in page.signs.wrap(words, page.width - len(_MARGIN) - _LABEL):
        yield Text.assemble((f"{_MARGIN}{label:<{_LABEL}}", STYLES["faint"]), (part, style))
        label = ""


def _tether(market: Market, page: Page) -> str:
    if market.tether is None:
        return "no rate to dollars: quotes in USDT are left out"
    rate = market.tether.rate
    sources = ", ".join(page.name(one) for one in market.tether.sources)
    return f"1 USDT = {format_price(rate, price_decimals([rate]))} USD, from {sources}"


def _decimals(market: Market) -> int:
    return price_decimals([quote.last for quote in market.quotes])


def _money(price: Decimal, market: Market) -> str:
    return f"{format_price(price, _decimals(market))} {market.consensus.currency}"


def _exchanges(count: int) -> str:
    return f"{count} exchange{'' if count == 1 else 's'}"
