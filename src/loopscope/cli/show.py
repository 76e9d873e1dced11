"""``loopscope show``: show a recording in the terminal or as JSON."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from loopscope.analysis.findings import findings_of
from loopscope.analysis.moment import moment_at
from loopscope.analysis.names import TaskNames
from loopscope.analysis.narrative import narrate
from loopscope.analysis.summary import Summary, summarise
from loopscope.cli.html_page import html_option, write_page
from loopscope.cli.options import json_option
from loopscope.cli.output import make_console, print_json, print_lines
from loopscope.errors import UsageError
from loopscope.trace.reader import read_trace
from loopscope.views.terminal.events_text import event_lines
from loopscope.views.terminal.findings_text import finding_lines
from loopscope.views.terminal.glyphs import Glyphs
from loopscope.views.terminal.moment_text import moment_lines
from loopscope.views.terminal.summary_text import summary_lines
from loopscope.views.terminal.task_text import task_lines
from loopscope.views.terminal.timeline_text import timeline_lines


@click.command(short_help="Show a recording.")
@click.argument("trace", type=click.Path(path_type=Path))
@click.option("--task", "task", metavar="NAME|ID", help="Only this task.")
@click.option("--at", "at", metavar="TIME", help="What everybody was doing then (1.25, 300ms).")
@click.option("--events", is_flag=True, help="Tell what the loop did, step by step.")
@json_option("Print the summary as JSON.")
@html_option("Write a page with timeline and step-through here instead.")
def command(  # noqa: PLR0913  (one for each option)
    *,
    trace: Path,
    task: str | None,
    at: str | None,
    events: bool,
    as_json: bool,
    html: Path | None,
) -> None:
    """Show what the event loop of a recorded program did, and where the time went."""
    summary = summarise(read_trace(trace))
    console, glyphs = make_console(sys.stdout)
    task_id = find_task(summary, task) if task is not None else None
    if html is not None:
        write_page(summary, findings_of(summary), html)
        click.echo(f"Written to {html}: open it in a browser.")
    elif as_json:
        print_json(summary, findings_of(summary), sys.stdout)
    elif at is not None:
        time_ns = summary.trace.begin_ns + parse_time(at)
        moment = moment_at(summary.timeline, summary.lives, time_ns)
        print_lines(console, moment_lines(moment, glyphs=glyphs, width=console.width))
    elif events:
        told = narrate(summary.timeline, summary.lives, task_id=task_id)
        print_lines(console, event_lines(told, glyphs=glyphs, width=console.width))
    elif task_id is not None:
        print_lines(console, task_lines(summary, task_id, glyphs, console.width))
        print_lines(console, _timeline(summary, console, glyphs, task_id))
    else:
        print_lines(console, summary_lines(summary, glyphs, console.width))
        print_lines(console, [Text()])
        print_lines(console, _timeline(summary, console, glyphs, None))
        print_lines(console, finding_lines(findings_of(summary), glyphs, console.width))
    damage = summary.trace.info.damage
    if damage:
        click.echo(
            f"loopscope: {trace} is damaged: {damage} All that is readable is shown.", err=True
        )
        sys.exit(2)


def find_task(summary: Summary, wanted: str) -> int:
    """Return the id of the task that a name, an id or a coroutine means.

    Raises:
        UsageError: It means no task, or several.
    """
    found = TaskNames(summary.trace).find(wanted)
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f"{len(found)} tasks are meant by {wanted}: give one of their ids, such as "
            f"--task {found[0]} ('--json' lists them).",
            slug="task-unknown",
        )
    raise UsageError(
        f"No task is named {wanted}: 'loopscope show' draws the tasks with their names, '--json' "
        "lists all of them.",
        slug="task-unknown",
    )


def parse_time(text: str) -> int:
    """Return a time given as seconds, or with a unit (s, ms, us), in nanoseconds.

    Raises:
        UsageError: It is no time.
    """
    for unit, factor in (("ms", 1e6), ("us", 1e3), ("µs", 1e3), ("s", 1e9), ("", 1e9)):
        if text.endswith(unit):
            try:
                value = float(text.removesuffix(unit).strip()) * factor
            except ValueError:
                break
            if 0 <= value < 1 << 56:
                return int(value)
            break
    raise UsageError(
        f"{text} is no time since the start: give seconds such as 1.25, or a unit as in 300ms.",
        slug="time-bad",
    )


def _timeline(
    summary: Summary, console: Console, glyphs: Glyphs, task_id: int | None
) -> Iterable[Text]:
    return timeline_lines(
        summary.timeline, summary.lives, width=console.width, glyphs=glyphs, task_id=task_id
    )
