"""``loopscope simulate``: run a program in a simulated world, in virtual time."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from loopscope.cli.command_line import ProgramCommand, Telling
from loopscope.cli.html_page import html_option
from loopscope.cli.options import (
    Duration,
    json_option,
    latency_option,
    module_option,
    program_argument,
    quiet_option,
    trace_option,
    world_option,
)
from loopscope.cli.same_hashes import fix_hashes

if TYPE_CHECKING:
    from loopscope.simulator.run import Settings


@click.command(
    cls=ProgramCommand,
    context_settings={"allow_interspersed_args": False},
    short_help="Run a program in virtual time, in a simulated world.",
)
@module_option("Run a module, as 'python -m' does.")
@click.option(
    "--seed", type=click.IntRange(0), default=0, help="Every random choice comes from it."
)
@world_option
@latency_option
@click.option(
    "--cost",
    "costs",
    multiple=True,
    metavar="COST",
    help="What computing costs: measured (default), 2x, none, or module.function=2s.",
)
@click.option("--cpus", type=click.IntRange(1, 1024), help="Processors it finds (default: 4).")
@click.option(
    "--max-steps", type=click.IntRange(1), help="Stop it after these (default: 10,000,000)."
)
@click.option(
    "--max-time", type=Duration(), metavar="TIME", help="Stop it at this time (default: 24h)."
)
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
    seed: int,
    **options: Any,  # noqa: ANN401  (checked by click, see above)
) -> None:
    """Run SCRIPT as 'python SCRIPT ARGS' would, in a simulated world.

    The program waits for nothing: clocks, sleeps, threads and sockets are virtual. The same seed
    gives the same run, as long as nothing is measured (--cost none, or costs of functions only).
    The trace goes to <script>.simulated.loopscope in the working directory.
    """
    fix_hashes(seed)
    # Only now, since all this is imported again in the process that goes on.
    from dataclasses import replace

    from loopscope.cli.program import load_program
    from loopscope.cli.run_program import run_program
    from loopscope.session.recording import check_target, default_target
    from loopscope.session.simulated_run import SIMULATED_SUFFIX, SimulatedRun

    program = load_program("simulate", module, arguments)
    settings = _settings(seed, options)
    target = out or default_target(program.name, SIMULATED_SUFFIX)
    check_target(target, program.identity)
    run = SimulatedRun(settings, target, program.identity, program.main_names)
    source = Path(program.file).read_bytes()
    code = run.simulation.program_code(source, program.file, program.code)
    sys.exit(run_program(replace(program, code=code), run, Telling(quiet, as_json, html)))


def _settings(seed: int, options: dict[str, Any]) -> "Settings":
    from loopscope.simulator.costs import parse_costs
    from loopscope.simulator.run import Settings
    from loopscope.simulator.world_file import read_world

    world = options["world"]
    limits = {
        "cpus": options["cpus"],
        "max_steps": options["max_steps"],
        "max_time_ns": options["max_time"],
    }
    return Settings(
        seed=seed,
        costs=parse_costs(options["costs"]),
        hosts=tuple(read_world(world)) if world is not None else (),
        stub_latency_ns=options["latency"],
        **{name: value for name, value in limits.items() if value is not None},
    )
