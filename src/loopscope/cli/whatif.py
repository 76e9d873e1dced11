"""``loopscope whatif``: how long a recorded run would have taken with a change."""

import sys
from pathlib import Path

import click

from loopscope.analysis.timeline import derive_timeline, task_lives
from loopscope.analysis.whatif.changed import NothingThere
from loopscope.analysis.whatif.predict import make_model, predict
from loopscope.cli.json_document import print_document
from loopscope.cli.options import json_option
from loopscope.cli.output import make_console, print_lines
from loopscope.errors import UsageError
from loopscope.model.change_text import read_faster, read_limit, read_off_loop, read_together
from loopscope.model.changes import Change, Cores, NoStalls
from loopscope.trace.reader import read_trace
from loopscope.views.terminal.whatif_text import prediction_lines
from loopscope.views.whatif_document import prediction_document


@click.command(short_help="Predict what a change to a recorded program would gain.")
@click.argument("trace", type=click.Path(path_type=Path))
@click.option(
    "--together",
    multiple=True,
    metavar="FILE:LINES",
    help="The awaits of these lines (12 or 12-14) run side by side, as gather runs them. With the "
    "line of a 'for' among them, its rounds do.",
)
@click.option(
    "--off-loop",
    multiple=True,
    metavar="FILE:LINE",
    help="What held the loop at this line runs in a thread; with ':process' behind it, in a "
    "process.",
)
@click.option(
    "--limit",
    multiple=True,
    metavar="OBJECT=N",
    help="A lock, a semaphore or a thread pool lets N in at a time. OBJECT as 'loopscope show' "
    "names it; asyncio's own pool is 'asyncio'.",
)
@click.option(
    "--host",
    multiple=True,
    metavar="NAME=2x",
    help="A host answers twice as fast. Which waits are for it is told from addresses in the "
    "source of the lines that wait.",
)
@click.option(
    "--cores",
    type=click.IntRange(1, 4096),
    metavar="N",
    help="Processors for what computes off the loop: in processes, or in C code that frees the "
    "GIL. Goes with --off-loop.",
)
@click.option(
    "--no-stalls", is_flag=True, help="What held the loop for 10 ms or more takes no time at all."
)
@json_option("Print the prediction as JSON.")
def command(  # noqa: PLR0913, PLR0917  (one for each kind of change)
    trace: Path,
    together: tuple[str, ...],
    off_loop: tuple[str, ...],
    limit: tuple[str, ...],
    host: tuple[str, ...],
    cores: int | None,
    no_stalls: bool,
    as_json: bool,
) -> None:
    """Predict how long a recorded program would have taken with a change.

    All changes given are made at once. The recorded run is replayed in a model of the event loop,
    first as it was (which shows how far the model is off), then changed. FILE is a path or the
    end of one, as in app.py:12. "Up to" means that the gain needs something the recording cannot
    show: that a server answers several at once as fast as one, or that C code frees the GIL.

    Without a change it says what could be changed in this run.

    \b
    loopscope whatif app.loopscope --together app.py:12-14
    loopscope whatif app.loopscope --off-loop app.py:30 --limit semaphore=8
    """  # noqa: D301  (click's mark for lines it must not join)
    changes: list[Change] = [
        *map(read_together, together),
        *map(read_off_loop, off_loop),
        *map(read_limit, limit),
        *map(read_faster, host),
    ]
    changes += [Cores(cores)] if cores is not None else []
    changes += [NoStalls()] if no_stalls else []
    recorded = read_trace(trace)
    timeline = derive_timeline(recorded)
    model = make_model(timeline, task_lives(timeline))
    console, glyphs = make_console(sys.stdout)
    try:
        prediction = predict(model, changes)
    except NothingThere as error:
        raise UsageError(glyphs.clean(str(error)), slug=error.slug) from None
    if as_json:
        print_document(prediction_document(model, changes, prediction))
    else:
        lines = prediction_lines(model, changes, prediction, glyphs, console.width)
        print_lines(console, lines)
    if recorded.info.damage:
        click.echo(
            f"loopscope: {trace} is damaged: {recorded.info.damage} What is readable was replayed.",
            err=True,
        )
        sys.exit(2)
