"""The command ``loopscope`` and its verbs, each imported only when it is used."""

import importlib
import sys
from typing import Any

import click

from loopscope.errors import LoopscopeError

_VERBS = {
    "run": "Run a program and record what its event loop does.",
    "simulate": "Run a program in virtual time, in a simulated world.",
    "check": "Hold a program to its promises over many simulated runs.",
    "show": "Show a recording.",
    "whatif": "Predict what a change to a recorded program would gain.",
    "lint": "Look at source for mistakes that need no run to be seen.",
    "fix": "Let awaits run together that need not wait for each other, and prove it.",
    "rules": "List the rules behind findings.",
    "explain": "Explain a rule.",
    "world": "Check the description of a simulated world.",
    "learn": "Learn what the event loop does, in five levels.",
    "quiz": "Be asked what a program does.",
    "lesson": "Make lessons, and prove them.",
}


class Verbs(click.Group):
    """A group whose commands are imported on demand, so that ``run`` starts fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the verbs in the order people meet them."""
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return one verb's command."""
        if cmd_name not in _VERBS:
            return None
        command: Any = importlib.import_module(f"loopscope.cli.{cmd_name}").command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of verbs without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_VERBS.items()))


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="loopscope")
def loopscope() -> None:
    """See what an asyncio program really did, and why.

    Begin with:  loopscope run app.py
    """


def main() -> None:
    """Run the command; mistakes of the user end with one sentence and exit code 2."""
    try:
        loopscope()
    except LoopscopeError as error:
        from loopscope.views.printable import printable_lines

        click.echo(f"loopscope: {printable_lines(str(error))}", err=True)
        sys.exit(2)
