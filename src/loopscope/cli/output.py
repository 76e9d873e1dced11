"""Writing to the terminal: what ``run`` and ``show`` share. Imported when a program has ended."""

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.text import Text

from loopscope.analysis.findings import findings_of
from loopscope.analysis.summary import Summary, summarise
from loopscope.cli.command_line import Telling
from loopscope.cli.html_page import write_page
from loopscope.cli.json_document import print_document
from loopscope.cli.runs import EndedRun
from loopscope.errors import LoopscopeError
from loopscope.model.finding import Finding
from loopscope.trace.reader import read_trace
from loopscope.views.document import summary_document
from loopscope.views.printable import printable_lines
from loopscope.views.terminal.findings_text import finding_lines
from loopscope.views.terminal.glyphs import Glyphs, choose_glyphs
from loopscope.views.terminal.summary_text import summary_lines

MOST_COLUMNS = 120


def tell_recording(run: EndedRun, telling: Telling, file: Path) -> list[LoopscopeError]:
    """Tell what became of a recording that has just ended: to stderr, and as a page.

    Args:
        run: The run.
        telling: What is told.
        file: The run's trace, wherever the working directory is by now.

    Returns:
        What went wrong: in the run beside what the program did, and in telling it.
    """
    failures = [*run.failures()]
    summary, page = None, None
    findings: list[Finding] = []
    try:
        if telling.wants_summary:
            summary = summarise(read_trace(file))
            findings = findings_of(summary)
        if summary is not None and telling.html is not None:
            write_page(summary, findings, telling.html)
            page = telling.html
    except LoopscopeError as error:
        failures.append(error)
    if summary is not None and telling.as_json:
        print_json(summary, findings, sys.stderr, failures)
        return failures
    if summary is not None and not telling.quiet:
        print_recording(run, summary, findings, page)
    print_failures(failures)
    return failures


def print_recording(
    run: EndedRun, summary: Summary, findings: Sequence[Finding], html: Path | None
) -> None:
    """Print the summary of a recording that has just ended, to stderr."""
    path = run.path
    console, glyphs = make_console(sys.stderr)
    console.print()
    for remark in run.remarks():
        console.print(Text(remark, "dim"))
    print_lines(console, summary_lines(summary, glyphs, console.width, is_brief=True))
    told = finding_lines(findings, glyphs, console.width, more_from=str(path))
    print_lines(console, told)
    page = [f"Drawn in {html}: open it in a browser."] if html is not None else []
    for line in (f"Recorded in {path}.", *page, f"For more: loopscope show {path}"):
        console.print(Text(line, "dim"), soft_wrap=True)  # a name that is cut is of no use


def print_failures(failures: Sequence[LoopscopeError]) -> None:
    """Print why a run failed beside what its program did, to stderr."""
    for failure in failures:
        print(f"loopscope: {printable_lines(str(failure))}", file=sys.stderr)


def print_json(
    summary: Summary,
    findings: Sequence[Finding],
    file: TextIO,
    failures: Sequence[LoopscopeError] = (),
) -> None:
    """Print the summary as one JSON document."""
    document = summary_document(summary, findings)
    if failures:
        document["failures"] = [{"slug": one.slug, "message": str(one)} for one in failures]
    print_document(document, file)


def make_console(file: object) -> tuple[Console, Glyphs]:
    """Return a console on a stream, and the signs it can show. A pipe is 80 columns wide."""
    console = Console(file=file, highlight=False, soft_wrap=False)  # type: ignore[arg-type]
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = 80
    console.width = min(console.width, MOST_COLUMNS)
    return console, choose_glyphs(console)


def print_lines(console: Console, lines: Iterable[Text]) -> None:
    """Print lines that are cut to the console's width already."""
    for line in lines:
        console.print(line, no_wrap=True, overflow="crop", crop=True)
