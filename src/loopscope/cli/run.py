"""``loopscope run``: run a program and record what its event loop does."""

import sys
from pathlib import Path

import click

from loopscope.cli.command_line import ProgramCommand, Telling
from loopscope.cli.html_page import html_option
from loopscope.cli.options import (
    json_option,
    module_option,
    program_argument,
    quiet_option,
    trace_option,
)
from loopscope.cli.program import load_program
from loopscope.cli.run_program import run_program
from loopscope.session.recording import RecordedRun, check_target, default_target


@click.command(
    cls=ProgramCommand,
    context_settings={"allow_interspersed_args": False},
    short_help="Run a program and record what its event loop does.",
)
@module_option("Run a module, as 'python -m' does.")
@trace_option
@html_option("Write a page with timeline and step-through here, too.")
@quiet_option
@json_option("Print the summary as JSON, to stderr.")
@program_argument()
def command(  # noqa: PLR0913  (one for each option)
    *,
    module: str | None,
    out: Path | None,
    html: Path | None,
    quiet: bool,
    as_json: bool,
    arguments: tuple[str, ...],
) -> None:
    """Run SCRIPT as 'python SCRIPT ARGS' would, and record what its event loop does.

    The trace goes to <script>.loopscope in the working directory. The program's own output and
    exit code stay as they are; what loopscope has to say goes to stderr.
    """
    program = load_program("run", module, arguments)
    target = out or default_target(program.name)
    check_target(target, program.identity)
    run = RecordedRun(target, program.identity)
    sys.exit(run_program(program, run, Telling(quiet, as_json, html)))
