"""The exchanges that are known, as a table for the terminal."""

from collections.abc import Container, Iterable

from rich.text import Text

from spotprice.exchanges.base import Exchange, Rate
from spotprice.symbol import Symbol
from spotprice.views.signs import STYLES, Signs

_DOLLARS = Symbol("BTC", "USD")
_HEADINGS = ("id", "name", "in", "limit", "hedged", "stream", "hosts")
_GAP = "  "


def exchanges_lines(
    exchanges: Iterable[Exchange], streaming: Container[str], signs: Signs
) -> list[Text]:
    """Return a line for each exchange, and one more for each mirror.

    Args:
        exchanges: Which ones.
        streaming: The ids of those that push their prices.
        signs: What the output can show.
    """
    rows: list[tuple[str, ...]] = [_HEADINGS]
    for one in exchanges:
        hosts = [signs.clean(host.partition("://")[2] or host) for host in one.hosts]
        facts = (
            one.id,
            signs.clean(one.name),
            one.spelling.currency(_DOLLARS),
            _rate(one.rate),
            "yes" if one.may_hedge else "no",
            "yes" if one.id in streaming else "no",
        )
        rows.append((*facts, hosts[0]))
        rows += [("",) * len(facts) + (mirror,) for mirror in hosts[1:]]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        Text(
            _GAP.join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip(),
            "" if at else STYLES["faint"],
        )
        for at, row in enumerate(rows)
    ]


def _rate(rate: Rate) -> str:
    return f"{rate.requests:,}/{rate.seconds:g} s"
