"""Markets that are being watched, at one moment; as plain lines and as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from spotprice.errors import ExchangeError
from spotprice.exchanges.base import Exchange
from spotprice.quote import Quote
from spotprice.views.document import Document, survey_document
from spotprice.views.market import Market
from spotprice.views.table import Page
from spotprice.views.units import format_confidence, format_price, price_decimals

_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of one market at one exchange.

    Attributes:
        exchange: The exchange's id.
        quote: The last one there was; None where there was none yet.
        error: What the latest answer was instead of a quote; None where it was one.
        change: 1 where the price rose, -1 where it fell, 0 where it stands.
        recent: The prices of the last rounds, the quote's own last.
    """

    exchange: str
    quote: Quote | None
    error: ExchangeError | None
    change: int
    recent: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One watched market.

    Attributes:
        market: What the consensus rests on: quotes, also of exchanges whose latest answer is an
            error as long as the quote is not stale.
        rows: All exchanges, in the order in which they are shown.
        change: As of a row, of the consensus.
        recent: As of a row, of the consensus.
    """

    market: Market
    rows: tuple[Row, ...]
    change: int
    recent: tuple[Decimal, ...]


def plain_lines(sheets: Sequence[Sheet], page: Page) -> list[str]:
    """Return a line for each market, for an output that is no terminal."""
    return [f"{_time(sheet.market.at_ns)} {_summary(sheet, page)}" for sheet in sheets]


def watch_document(sheets: Sequence[Sheet], exchanges: Mapping[str, Exchange]) -> Document:
    """Return watched markets (at least one) as the document of a survey.

    A quote of an exchange whose latest answer is an error has that error's fields beside its own.
    """
    took_ns = max((one.latency_ns for sheet in sheets for one in sheet.market.quotes), default=0)
    document = survey_document([sheet.market for sheet in sheets], exchanges, took_ns)
    for sheet, market in zip(sheets, document["markets"], strict=True):
        for row in sheet.rows:
            shown = market["exchanges"].get(row.exchange)
            if shown is not None and shown["is_quote"] and row.error is not None:
                shown["error"] = row.error.slug
                shown["reason"] = row.error.reason
                shown["retry_after_s"] = row.error.retry_after_s
    return document


def format_money(price: Decimal, sheet: Sheet) -> str:
    """Return an amount as the sheet's prices are written, with its currency."""
    decimals = price_decimals([quote.last for quote in sheet.market.quotes])
    return f"{format_price(price, decimals)} {sheet.market.consensus.currency}"


def _summary(sheet: Sheet, page: Page) -> str:
    """Return a market's consensus and what is wrong with whom, on one line."""
    agreed = sheet.market.consensus
    if agreed.price is None or agreed.confidence is None:
        text = f"no consensus: {page.signs.clean(agreed.reason or '')}"
    else:
        doubt = f"{page.signs.plus_minus} {format_confidence(agreed.confidence)}"
        whose = f"median of {len(agreed.used)} of {len(sheet.rows)}"
        text = f"{format_money(agreed.price, sheet)} {doubt}, {whose}"
    wrong = [f"{page.name(row.exchange)}: {row.error.slug}" for row in sheet.rows if row.error]
    failed = f" ({', '.join(wrong)})" if wrong else ""
    return f"{sheet.market.symbol} {text}{failed}"


def _time(at_ns: int) -> str:
    return f"{datetime.fromtimestamp(at_ns // _SECOND, UTC):%Y-%m-%dT%H:%M:%SZ}"
