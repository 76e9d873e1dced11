"""``spotprice exchanges``: which exchanges there are, and what is special about each."""

import sys

import click

from spotprice.exchanges import EXCHANGES
from spotprice.streams import STREAMS
from spotprice.views.exchanges_table import exchanges_lines
from spotprice.views.signs import make_console, print_lines


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> int:
    """List the exchanges that are asked.

    'in' tells what a dollar price of theirs is really in: USD, or tether (USDT), which is
    converted. 'limit' is how often one may ask. 'hedged' tells whether a second request is sent
    where the first is late, 'stream' whether prices can be had with --watch --stream.
    """
    console, signs = make_console(sys.stdout)
    print_lines(console, exchanges_lines(EXCHANGES.values(), STREAMS, signs))
    return 0
