"""``spotprice SYMBOL...``: what the exchanges say, and what they agree on."""

import asyncio
import json
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from spotprice.cli.arguments import (
    USUAL_DEADLINE,
    USUAL_FAILURES,
    USUAL_INTERVAL,
    USUAL_LATENCY,
    Given,
    Wanted,
    read,
    read_plan,
)
from spotprice.cli.verbs import VERBS
from spotprice.exchanges import EXCHANGES
from spotprice.exchanges.base import Exchange

if TYPE_CHECKING:
    from spotprice.client import Survey
    from spotprice.views.market import Market

_DRAWING = "spotprice.views.table"
_HEAD_START_S = 0.03
_EXAMPLES = {
    "spotprice BTC-USD": "one market",
    "spotprice BTC-USD ETH-USD --deadline 2s": "two markets, and two seconds for both",
    "spotprice BTC-USD --exchanges coinbase,kraken": "only these exchanges",
    "spotprice BTC-USD --json": "for programs",
    "spotprice BTC-USD --watch": "a table that keeps up to date",
    "spotprice BTC-USD --simulated --failures 50%": "without any exchange, half of them failing",
}


class PricesCommand(click.Command):
    """The command with its examples and the other verbs in its help."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write what click knows nothing about."""
        with formatter.section("Commands"):
            formatter.write_dl([(f"spotprice {verb}", text) for verb, text in VERBS.items()])
        with formatter.section("Examples"):
            formatter.write_dl(list(_EXAMPLES.items()), col_max=50)
        with formatter.section("Exit code"):
            formatter.write_text("0: a consensus on every symbol; 1: not on every; 2: bad usage.")


@click.command(
    cls=PricesCommand,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.argument("symbols", nargs=-1, metavar="SYMBOL...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--exchanges", metavar="NAMES", help="Ask only these, with commas between them.")
@click.option(
    "--deadline",
    default=USUAL_DEADLINE,
    metavar="TIME",
    help=f"When the answer must be there: 1s, 800ms, 1.5.  [default: {USUAL_DEADLINE}]",
)
@click.option("--watch", "is_watch", is_flag=True, help="Keep the prices up to date until Ctrl-C.")
@click.option(
    "--interval", metavar="TIME", help=f"How often to watch.  [default: {USUAL_INTERVAL}]"
)
@click.option("--stream", "is_stream", is_flag=True, help="Watch what exchanges push by WebSocket.")
@click.option(
    "--live/--simulated",
    "is_live",
    default=True,
    help="Ask the real exchanges (default), or simulated ones in this process.",
)
@click.option("--seed", type=int, metavar="N", help="Repeat a simulation.  [default: 0]")
@click.option(
    "--latency",
    metavar="SPEC",
    help=f"How long simulated answers take: 500ms, 300ms..700ms, normal(400ms,80ms), "
    f"lognormal(300ms,0.4).  [default: {USUAL_LATENCY}]",
)
@click.option(
    "--failures",
    metavar="SHARE",
    help=f"How many simulated requests fail, in all ways there are.  [default: {USUAL_FAILURES}]",
)
@click.version_option(package_name="loopscope", prog_name="spotprice")
def command(**given: Any) -> int:  # noqa: ANN401 - as click hands them over
    """Ask ten exchanges at once what SYMBOL costs, and print what they agree on.

    A symbol is two codes with a dash, as in BTC-USD. Whoever has not answered by the deadline is
    left out. Where an exchange quotes tether (USDT) instead of dollars, its price is converted.
    """
    return _run(Given(**given))


def _run(given: Given) -> int:
    wanted = read(given)
    with _world(given) as exchanges:
        if given.is_watch:
            return _watch(given, wanted, exchanges)
        survey = asyncio.run(_survey(wanted, exchanges, has_table=not given.as_json))
        show = _show_json if given.as_json else _show_table
        markets = show(survey, exchanges)
        return 0 if all(market.consensus.reached for market in markets) else 1


@contextmanager
def _world(given: Given) -> Iterator[Mapping[str, Exchange]]:
    """Provide the exchanges: the real ones, or simulated ones that run as long as this lasts."""
    if given.is_live:
        yield EXCHANGES
        return
    from spotprice.simulated.running import simulated_exchanges

    with simulated_exchanges(read_plan(given)) as world:
        yield world.exchanges


async def _survey(
    wanted: Wanted, exchanges: Mapping[str, Exchange], *, has_table: bool
) -> "Survey":
    """Ask, and load what will draw the table while the answers are on their way."""
    from spotprice.client import Client

    async with Client(exchanges) as client:
        if has_table:
            loading = threading.Thread(target=import_module, args=(_DRAWING,), daemon=True)
            # Not at once: the requests come first, and would wait for it.
            asyncio.get_running_loop().call_later(_HEAD_START_S, loading.start)
        return await client.survey(wanted.exchanges, wanted.symbols, wanted.deadline_s)


def _show_json(survey: "Survey", exchanges: Mapping[str, Exchange]) -> "list[Market]":
    from spotprice.views.document import survey_document
    from spotprice.views.market import make_markets

    markets = make_markets(survey)
    json.dump(survey_document(markets, exchanges, survey.took_ns), sys.stdout, indent=1)
    print(flush=True)
    return markets


def _show_table(survey: "Survey", exchanges: Mapping[str, Exchange]) -> "list[Market]":
    from spotprice.views.market import make_markets
    from spotprice.views.signs import make_console, print_lines
    from spotprice.views.table import Page, survey_lines

    markets = make_markets(survey)
    console, signs = make_console(sys.stdout)
    page = Page(exchanges, signs, console.width)
    print_lines(console, survey_lines(markets, page, survey.took_ns))
    sys.stdout.flush()
    return markets


def _watch(given: Given, wanted: Wanted, exchanges: Mapping[str, Exchange]) -> int:
    from spotprice.streams import STREAMS
    from spotprice.watch import WatchOptions, watch

    streams = STREAMS
    if not given.is_live:
        from spotprice.simulated.streams import simulated_streams

        streams = simulated_streams(exchanges)
    options = WatchOptions(
        exchanges=wanted.exchanges,
        symbols=wanted.symbols,
        deadline_s=wanted.deadline_s,
        interval_s=wanted.interval_s,
        is_stream=given.is_stream,
        as_json=given.as_json,
    )
    return asyncio.run(watch(options, exchanges, streams))
