"""The command ``spotprice`` and its verbs, each imported only when it is used."""

import gc
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from spotprice.errors import SpotpriceError

VERBS = {
    "exchanges": "List the exchanges: hosts, limits, and whether they quote dollars.",
    "simulate": "Serve simulated exchanges on this machine.",
}
"""What can stand before everything else. Anything else is a symbol: prices are asked for."""

_BAD_USAGE = 2


def run(arguments: Sequence[str]) -> int:
    """Run one verb; return the exit code.

    A user's mistake is one sentence on stderr and exit code 2. Ctrl-C is a KeyboardInterrupt.
    """
    verb = arguments[0] if arguments and arguments[0] in VERBS else None
    try:
        return _run_verb(verb, list(arguments[1:] if verb else arguments))
    except SpotpriceError as error:
        return _complain(str(error))
    except click.ClickException as error:
        name = f"spotprice {verb}" if verb else "spotprice"
        return _complain(f"{error.format_message().rstrip('.')}. '{name} --help' explains.")
    except click.Abort:
        raise KeyboardInterrupt from None
    except ModuleNotFoundError as error:
        if error.name != "aiohttp":
            raise
        return _complain("aiohttp is missing: install it with pip install 'loopscope[spotprice]'.")


def _run_verb(verb: str | None, arguments: list[str]) -> int:
    command: click.Command = import_module(f"spotprice.cli.{verb or 'prices'}").command
    name = f"spotprice {verb}" if verb else "spotprice"
    code = command.main(arguments, prog_name=name, standalone_mode=False)
    gc.freeze()  # Python would look for garbage once more when it ends: a twentieth of a second
    return code if isinstance(code, int) else 0


def _complain(sentence: str) -> int:
    """Print a sentence without what could control a terminal: it quotes what was typed."""
    shown = "".join(sign if sign.isprintable() else "?" for sign in sentence)
    print(f"spotprice: {shown}", file=sys.stderr)
    return _BAD_USAGE
