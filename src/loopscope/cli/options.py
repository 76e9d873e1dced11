"""Options that several verbs have, declared once, so that they mean the same everywhere."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class Duration(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.4
    """A duration with its unit; its value is in nanoseconds."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Return nanoseconds."""
        from loopscope.simulator.durations import parse_duration

        if isinstance(value, int):
            return value
        try:
            return parse_duration(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


world_option: Final[Decorator] = click.option(
    "--world",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The hosts the program can reach (a world file).",
)
latency_option: Final[Decorator] = click.option(
    "--latency",
    type=Duration(),
    metavar="TIME",
    help="Let hosts that nobody described answer too, after this time.",
)
trace_option: Final[Decorator] = click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="Write the trace here."
)
quiet_option: Final[Decorator] = click.option(
    "-q", "--quiet", is_flag=True, help="Print nothing about the recording."
)


def module_option(what: str) -> Decorator:
    """Return the option ``-m MODULE``; ``what`` is its line of help."""
    return click.option("-m", "module", metavar="MODULE", help=what)


def json_option(what: str) -> Decorator:
    """Return the option ``--json``; ``what`` is its line of help."""
    return click.option("--json", "as_json", is_flag=True, help=what)


def program_argument(metavar: str = "[SCRIPT] [ARGS]...") -> Decorator:
    """Return the argument that names a script, and has the program's own arguments."""
    return click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar=metavar)
