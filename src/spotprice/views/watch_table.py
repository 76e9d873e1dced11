"""Markets that are being watched, as a table that is drawn over itself."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from rich.cells import cell_len
from rich.text import Text

from spotprice.errors import ExchangeError
from spotprice.quote import Quote
from spotprice.views.signs import STYLES
from spotprice.views.sparkline import sparkline
from spotprice.views.table import Page
from spotprice.views.units import (
    format_age,
    format_confidence,
    format_latency,
    format_price,
    format_spread,
    price_decimals,
)
from spotprice.views.watch_view import Row, Sheet, format_money

_HEADINGS = ("exchange", "price", "in", "spread", "age", "latency", "recent")
_ON_THE_RIGHT = (False, True, False, True, True, True)
_LEAST_WIDTHS = (8, 9, 4, 6, 6, 7)  # so that columns stand still while figures change
_GAP, _MARGIN = "  ", "  "
_WAITING = "waiting for its first answer"
_LONGEST_RECENT = 40  # cells
_RISEN, _FALLEN = STYLES["used"], STYLES["failed"]


def live_lines(sheets: Sequence[Sheet], page: Page, height: int, note: str) -> list[Text]:
    """Return the lines of a live table, no more than fit.

    Where the tables of all markets do not fit, each market has one line.

    Args:
        sheets: What to show.
        page: Where to show it.
        height: Lines that there are.
        note: What stands on the last line.
    """
    whole = [line for sheet in sheets for line in (*_sheet_lines(sheet, page), Text())]
    lines = whole if len(whole) < height else [_headline(sheet, page) for sheet in sheets]
    room = max(height - 1, 1)
    if len(lines) > room:
        more = f"{_MARGIN}and {len(lines) - room + 1} more"
        lines = [*lines[: room - 1], Text(more, STYLES["faint"])]
    return [*lines, Text(page.signs.fit(_MARGIN + note, page.width), STYLES["faint"])]


def _sheet_lines(sheet: Sheet, page: Page) -> Iterator[Text]:
    """Yield a market's consensus and the lines of its exchanges, always as many."""
    yield _headline(sheet, page)
    yield _subline(sheet, page)
    prices = [row.quote.last for row in sheet.rows if row.quote is not None]
    decimals = price_decimals(prices)
    figures = {
        row.exchange: _figures(row.quote, page, decimals, sheet.market.at_ns)
        for row in sheet.rows
        if row.quote is not None
    }
    shown = [_HEADINGS[:-1], *figures.values()]
    widths = [
        max(least, *map(cell_len, column))
        for least, column in zip(_LEAST_WIDTHS, zip(*shown, strict=True), strict=True)
    ]
    widths[0] = max(widths[0], *(cell_len(page.name(row.exchange)) for row in sheet.rows))
    heading = _MARGIN + _joined(_HEADINGS, widths) + _GAP + _HEADINGS[-1]
    yield Text(page.signs.fit(heading, page.width), STYLES["faint"])
    for row in sheet.rows:
        yield _row_line(row, figures.get(row.exchange), widths, sheet, page)


def _headline(sheet: Sheet, page: Page) -> Text:
    """Return a market's consensus on one line."""
    line = Text.assemble((str(sheet.market.symbol), STYLES["name"]), _GAP)
    agreed = sheet.market.consensus
    if agreed.price is None:
        reason = page.signs.clean(agreed.reason or "")
        line.append(f"no consensus: {reason}", STYLES["failed"])
        line.truncate(page.width)
        return line
    line.append(f"{format_money(agreed.price, sheet)} ", STYLES["price"])
    line.append_text(_arrow(sheet.change, page))
    if agreed.confidence is not None:
        line.append(f" {page.signs.plus_minus} {format_confidence(agreed.confidence)}")
    line.append(f", median of {len(agreed.used)} of {len(sheet.rows)}")
    line.append_text(_recent(sheet.recent, page, page.width - line.cell_len))
    line.truncate(page.width)
    return line


def _subline(sheet: Sheet, page: Page) -> Text:
    """Return what else there is to say of the consensus."""
    parts = []
    if sheet.market.consensus.weighted is not None:
        parts.append(f"weighted by volume {format_money(sheet.market.consensus.weighted, sheet)}")
    if sheet.market.needs_tether:
        tether = sheet.market.tether
        if tether is None:
            parts.append("no rate of USDT to USD: quotes in USDT are left out")
        else:
            rate = format_price(tether.rate, price_decimals([tether.rate]))
            sources = ", ".join(page.name(one) for one in tether.sources)
            parts.append(f"1 USDT = {rate} USD ({sources})")
    return Text(page.signs.fit(_MARGIN + "; ".join(parts), page.width), STYLES["faint"])


def _row_line(
    row: Row, figures: tuple[str, ...] | None, widths: Sequence[int], sheet: Sheet, page: Page
) -> Text:
    """Return one exchange's line: sign, figures, and recent prices or what is wrong."""
    line = _sign(row, sheet, page)
    if figures is None:
        name = page.name(row.exchange)
        line.append(name + " " * (widths[0] - cell_len(name)) + _GAP)
    else:
        before, price, *rest = _padded(figures, widths)
        line.append(before + _GAP)
        line.append(price, STYLES["faint"] if row.error else STYLES["price"])
        line.append_text(_arrow(0 if row.error else row.change, page))
        line.append(" " + _GAP.join(rest) + _GAP)
    room = page.width - line.cell_len
    words, style = _words(row, sheet, page)
    if words:
        line.append(page.signs.fit(words, room), style)
    else:
        line.append_text(_recent(row.recent, page, room, gap=""))
    return line


def _sign(row: Row, sheet: Sheet, page: Page) -> Text:
    """Return the sign of what became of an exchange."""
    state = "used" if row.exchange in sheet.market.consensus.used else "left_out"
    if row.quote is None:
        if row.error is None:
            return Text(_MARGIN)
        state = "failed"
    return Text.assemble((str(getattr(page.signs, state)), STYLES[state]), " ")


def _words(row: Row, sheet: Sheet, page: Page) -> tuple[str, str]:
    """Return what is wrong with an exchange, in words and a style; no words where nothing is."""
    if row.error is not None:
        return _error(row.error, page), STYLES["failed"]
    if row.quote is None:
        return _WAITING, STYLES["faint"]
    reason = sheet.market.consensus.left_out.get(row.exchange)
    if reason is None:
        return "", ""
    return f"left out: {page.signs.clean(reason)}", STYLES["left_out"]


def _error(error: ExchangeError, page: Page) -> str:
    return f"{error.slug.replace('-', ' ')}: {page.signs.clean(error.reason)}"


def _figures(quote: Quote, page: Page, decimals: int, now_ns: int) -> tuple[str, ...]:
    """Return the cells of a quote. Its age is counted from here where the exchange has no time."""
    since_ns = quote.received_ns if quote.exchange_ns is None else quote.exchange_ns
    return (
        page.name(quote.exchange),
        format_price(quote.last, decimals),
        page.signs.clean(quote.currency),
        format_spread(quote),
        format_age(replace(quote, exchange_ns=since_ns), now_ns),
        format_latency(quote),
    )


def _padded(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Pad cells to the widths of their columns."""
    return [
        " " * (width - cell_len(cell)) + cell if is_right else cell + " " * (width - cell_len(cell))
        for cell, width, is_right in zip(cells, widths, _ON_THE_RIGHT, strict=False)
    ]


def _joined(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Return headings above their columns; behind the price there is room for the arrow."""
    padded = _padded(cells, widths)
    padded[1] += " "
    return _GAP.join([padded[0], padded[1] + _GAP[1:] + padded[2], *padded[3:]])


def _arrow(change: int, page: Page) -> Text:
    """Return the sign of a change: it tells without its colour too."""
    if change == 0:
        return Text(" ")
    up, down = ("^", "v") if page.signs.is_ascii else ("▲", "▼")
    return Text(up, _RISEN) if change > 0 else Text(down, _FALLEN)


def _recent(prices: Sequence[Decimal], page: Page, room: int, gap: str = _GAP) -> Text:
    width = min(room - len(gap), _LONGEST_RECENT)
    bars = sparkline(prices, width, is_ascii=page.signs.is_ascii)
    return Text(gap + bars if bars else "")
