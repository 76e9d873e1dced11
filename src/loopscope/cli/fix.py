"""``loopscope fix``: let awaits run together that need not wait for each other, and prove it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loopscope.cli.json_document import print_document
from loopscope.cli.options import (
    json_option,
    latency_option,
    module_option,
    program_argument,
    world_option,
)

if TYPE_CHECKING:
    from loopscope.check.program import Program

_SEEDS = 3
_BAD = 2


@click.command(
    context_settings={"allow_interspersed_args": False},
    short_help="Let awaits run together that need not wait for each other, and prove it.",
)
@module_option("Fix a module, as 'python -m' runs it.")
@world_option
@latency_option
@click.option(
    "--seeds",
    type=click.IntRange(0, 1000),
    default=_SEEDS,
    help=f"How often all durations are drawn anew for each change ({_SEEDS}).",
)
@click.option("--apply", "applies", is_flag=True, help="Write the changes that are verified.")
@json_option("Print the report as JSON.")
@program_argument()
def command(  # noqa: PLR0913  (one for each option)
    *,
    module: str | None,
    world: Path | None,
    latency: int | None,
    seeds: int,
    applies: bool,
    as_json: bool,
    arguments: tuple[str, ...],
) -> None:
    """Find awaits of SCRIPT that wait for each other and need not, and rewrite them.

    The program is run in simulated worlds, in a copy of its folder: as it is and rewritten, as
    usual, and with each wait on the outside slow, instant and failing. What never differs is
    verified, and only that is written, with --apply. Exit code 0: nothing is left to change; 1:
    there is something; 2: it could not be tried or written.
    """
    from loopscope.check.fixing.whole import fix_program

    program = _program(module, arguments, world, latency)
    with _progress() as tell:
        report = fix_program(program, seeds, tell, applies=applies)
    if as_json:
        from loopscope.views.fix_document import fix_document

        print_document(fix_document(report))
    else:
        from loopscope.cli.output import make_console
        from loopscope.views.terminal.fix_text import fix_lines

        console, glyphs = make_console(sys.stdout)
        for line in fix_lines(report, glyphs, console.width, applies=applies):
            console.print(line, soft_wrap=True)  # diffs to copy are whole, however long
    sys.exit(_BAD if report.not_written else int(report.has_changes))


def _program(
    module: str | None, arguments: tuple[str, ...], world: Path | None, latency: int | None
) -> "Program":
    from loopscope.check.surroundings import Surroundings
    from loopscope.cli.program import load_program

    surroundings = Surroundings(
        world=None if world is None else world.absolute(), latency_ns=latency
    )
    return load_program("fix", module, arguments).to_check(surroundings)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Show how far it is, where somebody looks at a terminal."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("running the program as it is") as status:

        def tell(done: int, count: int) -> None:
            status.update(f"trying change {done + 1} of {count}")

        yield tell
