"""``loopscope check``: hold a program to its promises over many simulated runs."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from loopscope.cli.json_document import print_document
from loopscope.cli.options import (
    Duration,
    json_option,
    latency_option,
    module_option,
    program_argument,
    world_option,
)
from loopscope.cli.repeating import CheckCommand, repeating
from loopscope.errors import UsageError

if TYPE_CHECKING:
    from loopscope.analysis.check_report import CheckReport
    from loopscope.check.case import Case
    from loopscope.check.pieces import Plan
    from loopscope.check.surroundings import Surroundings
    from loopscope.check.whole import Check

_INTERRUPTED = 130
_JOURNAL_SUFFIX = ".check-journal"


class FailureOption(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.4
    """A failure on the command line: ``HOST:KIND:RATE``."""

    name = "failure"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> object:
        """Return the rule."""
        from loopscope.check.surroundings import FailureRule, read_failure

        if isinstance(value, FailureRule):
            return value
        try:
            return read_failure(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command(
    cls=CheckCommand,
    short_help="Hold a program to its promises over many simulated runs.",
)
@module_option("Check a module, as 'python -m' runs it.")
@click.option("--within", type=Duration(), metavar="TIME", help="It is done within this time.")
@click.option(
    "--no-stall", type=Duration(), metavar="TIME", help="No step holds the loop for longer."
)
@click.option(
    "--expect", metavar="MODULE:FUNCTION", help="This function finds nothing wrong in the result."
)
@click.option(
    "--concurrency-at-least",
    type=click.IntRange(1),
    metavar="N",
    help="At some moment, so many waits on the outside overlap.",
)
@click.option(
    "--no-lost-task", is_flag=True, help="No task is unfinished, or fails unseen, at the end."
)
@click.option(
    "--cancel-anywhere",
    is_flag=True,
    help="Any task, cancelled at any suspension, ends and leaves nothing behind.",
)
@click.option("--seeds", type=click.IntRange(1), default=1000, help="How many seeds (1000).")
@click.option("--first-seed", type=click.IntRange(0), default=0, help="Begin with this seed (0).")
@world_option
@latency_option
@click.option(
    "--vary",
    type=click.Choice(["latency"]),
    help="Let constant latencies vary: lognormal around their value.",
)
@click.option(
    "--fail",
    "failures",
    type=FailureOption(),
    multiple=True,
    metavar="HOST:KIND:RATE",
    help="Let calls fail: api.example.com:refuse:20%. '*' stands for all hosts.",
)
@click.option(
    "--cost",
    "costs",
    multiple=True,
    metavar="COST",
    help="What computing costs: module.function=2s; nothing by default.",
)
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Processes (one for each core).")
@click.option("--on", metavar="dask://HOST:PORT", help="Run on the workers of a Dask cluster.")
@click.option("--resume", is_flag=True, help="Go on with a sweep that was stopped.")
@click.option(
    "--journal", type=click.Path(path_type=Path), metavar="FILE", help="Where the sweep is noted."
)
@click.option("--case", metavar="CASE", help="Run only this case, and record it.")
@json_option("Print the report as JSON.")
@program_argument("[SCRIPT] [-- ARGS]...")
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:  # noqa: ANN401  (checked by click, see above)
    """Run SCRIPT many times in simulated worlds, and see whether it holds what it promises.

    It must not raise, end with an error, or be deadlocked, whatever is promised beside. Exit code
    0: it held in every run; 1: it did not; 2: it could not be checked.
    """
    from loopscope.check.case import read_case
    from loopscope.check.whole import check_case

    plan = _plan(options)
    repeat = partial(repeating, ctx)
    traces = partial(_trace_path, plan.program.name, plan.program.identity)
    if options["case"] is not None:
        report = check_case(plan, read_case(options["case"]), traces(1), repeat)
        _print(report, as_json=options["as_json"])
        sys.exit(0 if report.holds else 1)
    check, report = _sweep(plan, options, traces, repeat)
    _print(report, as_json=options["as_json"])
    if check.is_interrupted:
        print("loopscope: stopped; go on with --resume.", file=sys.stderr)
        sys.exit(_INTERRUPTED)
    sys.exit(0 if report.holds else 1)


def _sweep(
    plan: "Plan",
    options: dict[str, Any],
    traces: Callable[[int], Path],
    repeat: Callable[["Case"], str],
) -> "tuple[Check, CheckReport]":
    from loopscope.check.journal import Journal
    from loopscope.check.machines import machines_for
    from loopscope.check.report import MOST_EXPLAINED
    from loopscope.check.whole import Check, Telling, identity
    from loopscope.session.recording import default_target

    seeds = range(options["first_seed"], options["first_seed"] + options["seeds"])
    plan.program.surroundings.settings()  # so that what does not fit is told before anything runs
    for number in range(1, MOST_EXPLAINED + 1):
        traces(number)
    journal = Journal(
        options["journal"] or default_target(plan.program.name, _JOURNAL_SUFFIX),
        identity(plan, seeds),
        is_resumed=options["resume"],
    )
    try:
        with _progress(len(seeds)) as (tell_seeds, tell_groups):
            check = Check(plan, seeds, traces, Telling(tell_seeds, tell_groups, repeat))
            check.sweep(journal, machines_for(options["on"], options["jobs"]))
            check.explain()
            report = check.report()
        if not check.is_interrupted:
            journal.remove()
    finally:
        journal.close()
    return check, report


def _plan(options: dict[str, Any]) -> "Plan":
    from loopscope.check.pieces import Plan
    from loopscope.check.promises import Promises
    from loopscope.cli.program import load_program

    named = load_program("check", options["module"], options["arguments"])
    program = named.to_check(_surroundings(options))
    promises = Promises(
        within_ns=options["within"],
        no_stall_ns=options["no_stall"],
        expect=options["expect"],
        concurrency_at_least=options["concurrency_at_least"],
        no_lost_task=options["no_lost_task"],
    )
    return Plan(program, promises, cancels=options["cancel_anywhere"])


def _surroundings(options: dict[str, Any]) -> "Surroundings":
    from loopscope.check.surroundings import Surroundings

    for cost in options["costs"]:
        if "=" not in cost and cost != "none":
            raise UsageError(
                f"--cost {cost} measures, and what is measured does not repeat: give the costs of "
                "functions (--cost module.function=2s).",
                slug="cost-measured",
            )
    world = options["world"]
    return Surroundings(
        world=None if world is None else world.absolute(),
        latency_ns=options["latency"],
        varies=options["vary"] == "latency",
        failures=options["failures"],
        costs=options["costs"],
    )


def _trace_path(name: str, program: str, number: int) -> Path:
    """Return where the recording of a failure goes; nothing of anybody else's is there."""
    from loopscope.session.recording import check_target, default_target

    path = default_target(name, f".check-{number}.loopscope")
    check_target(path, program)
    return path


@contextmanager
def _progress(count: int) -> Iterator[tuple[Callable[[int], None], Callable[[int], None]]]:
    """Show how far a sweep is, where somebody looks at a terminal."""
    if not sys.stderr.isatty():
        yield (lambda _: None), (lambda _: None)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("seeds", total=count)

        def tell_groups(groups: int) -> None:
            if groups:
                bar.update(task, description="looking into what broke")

        yield (lambda more: bar.update(task, advance=more)), tell_groups


def _print(report: "CheckReport", *, as_json: bool) -> None:
    from loopscope.cli.output import make_console
    from loopscope.views.check_document import check_document
    from loopscope.views.terminal.check_text import check_lines

    if as_json:
        print_document(check_document(report))
        return
    console, glyphs = make_console(sys.stdout)
    for line in check_lines(report, glyphs, console.width):
        console.print(line, soft_wrap=True)  # commands to copy are whole, however long
