"""Keeps the command line of ``check``, and makes of it the command that repeats one run."""

import shlex
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from loopscope.check.case import Case

_GIVEN: Final = "loopscope.check.given"
_OF_THIS_SWEEP: Final = ("--seeds", "--first-seed", "--jobs", "--on", "--journal", "--case")
_FLAGS_OF_THIS_SWEEP: Final = ("--resume", "--json")


class CheckCommand(click.Command):
    """A command that notes how it was called.

    Options may stand before and after the script; the program's own come after ``--``.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note the command line, and say where options of the program belong."""
        ctx.meta[_GIVEN] = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            message = f"{error.format_message()} What is the program's own comes after --."
            raise click.UsageError(message, ctx) from error


def repeating(ctx: click.Context, case: "Case") -> str:
    """Return the command that runs a case again, as a shell takes it."""
    given: list[str] = ctx.meta[_GIVEN]
    end = given.index("--") if "--" in given else len(given)
    kept: list[str] = []
    at = 0
    while at < end:
        name, is_joined, _ = given[at].partition("=")
        if name in _OF_THIS_SWEEP:
            at += 1 if is_joined else 2
        elif name in _FLAGS_OF_THIS_SWEEP:
            at += 1
        else:
            kept.append(given[at])
            at += 1
    return shlex.join(["loopscope", "check", "--case", case.written(), *kept, *given[end:]])
