"""``loopscope run``: run a program and record what its event loop does."""

import sys
from pathlib import Path

import click

from loopscope.cli.program import load_module, load_script, run_recorded
from loopscope.errors import UsageError
from loopscope.session import check_target, default_target


class RunCommand(click.Command):
    """A command whose arguments end, as Python's do, with the script or the module."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep what follows ``-m MODULE`` for the module."""
        at = 0
        while at < len(args) and args[at].startswith("-"):
            if args[at] == "-m":
                args = [*args[: at + 2], "--", *args[at + 2 :]]
                break
            at += 2 if args[at] == "--out" else 1
        return super().parse_args(ctx, args)


@click.command(
    cls=RunCommand,
    context_settings={"allow_interspersed_args": False},
    short_help="Run a program and record what its event loop does.",
)
@click.option("-m", "module", metavar="MODULE", help="Run a module, as 'python -m' does.")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="Write the trace here."
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing about the recording.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON, to stderr.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[SCRIPT] [ARGS]...")
def command(
    module: str | None,
    out: Path | None,
    quiet: bool,
    as_json: bool,
    arguments: tuple[str, ...],
) -> None:
    """Run SCRIPT as 'python SCRIPT ARGS' would, and record what its event loop does.

    The trace goes to <script>.loopscope in the working directory. The program's own output and
    exit code stay as they are; what loopscope has to say goes to stderr.
    """
    if module is not None:
        program = load_module(module, list(arguments))
    elif arguments:
        program = load_script(arguments[0], list(arguments[1:]))
    else:
        raise UsageError(
            "There is no program to run: give a script ('loopscope run app.py') or a module "
            "('loopscope run -m package.module').",
            slug="nothing-to-run",
        )
    target = out or default_target(program.name)
    check_target(target, program.identity)
    sys.exit(run_recorded(program, target, quiet=quiet, as_json=as_json))
