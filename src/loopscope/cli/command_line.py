"""Command lines that end, as Python's own does, with a script or module and its arguments."""

from dataclasses import dataclass
from pathlib import Path

import click


@dataclass(frozen=True)
class Telling:
    """What is told when a program is over.

    Attributes:
        quiet: Nothing, unless the run failed.
        as_json: The summary as JSON.
        html: Where a page of the recording goes, None for nowhere.
    """

    quiet: bool
    as_json: bool
    html: Path | None = None

    @property
    def wants_summary(self) -> bool:
        """Whether the recording has to be read for it."""
        return self.as_json or not self.quiet or self.html is not None


class ProgramCommand(click.Command):
    """A command whose arguments end, as Python's do, with the script or the module."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep what follows ``-m MODULE`` for the module."""
        valued = {
            name
            for option in self.params
            if isinstance(option, click.Option) and not option.is_flag
            for name in option.opts
        }
        at = 0
        while at < len(args) and args[at].startswith("-"):
            if args[at] == "-m":
                args = [*args[: at + 2], "--", *args[at + 2 :]]
                break
            at += 2 if args[at] in valued else 1
        return super().parse_args(ctx, args)
