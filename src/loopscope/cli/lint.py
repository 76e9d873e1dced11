"""``loopscope lint``: what the source alone shows."""

import sys
from importlib.metadata import version

import click

from loopscope.cli.json_document import print_document


def _explain(context: click.Context, _option: click.Parameter, place: str | None) -> None:
    """Print the procedure of sequential-awaits, step by step."""
    if place is None:
        return
    from loopscope.session.asking_why import ask_why
    from loopscope.views.lint_why import verdict_lines

    for line in verdict_lines(place, ask_why(place)):
        click.echo(line)
    context.exit()


@click.command(short_help="Look at source for mistakes that need no run to be seen.")
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("--select", multiple=True, metavar="RULE", help="Only this rule; several times.")
@click.option("--ignore", multiple=True, metavar="RULE", help="Not this rule; several times.")
@click.option("--json", "form", flag_value="json", help="Print the findings as one JSON document.")
@click.option("--sarif", "form", flag_value="sarif", help="Print a SARIF 2.1.0 log.")
@click.option(
    "--github", "form", flag_value="github", help="Print annotations for GitHub's workflows."
)
@click.option(
    "--why",
    metavar="FILE:LINES",
    help="Say whether the awaits of these lines may run together, and nothing else.",
    callback=_explain,
    expose_value=False,
    is_eager=True,
)
@click.option("--no-cache", is_flag=True, help="Look at every file anew, and keep nothing.")
def command(
    paths: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    form: str | None,
    no_cache: bool,
) -> None:
    """Look at files and directories (default: this one) for what their source alone shows.

    Exit code 0: nothing found. 1: something was. 2: bad usage.
    """
    from loopscope.session.linting import lint

    linted = lint(paths or (".",), _names(select), _names(ignore), use_cache=not no_cache)
    findings = linted.findings
    if form == "json":
        from loopscope.views.lint_document import lint_document

        document = lint_document(findings, linted.files, linted.ignored, linted.notes)
        print_document(document)
    elif form == "sarif":
        from loopscope.analysis.rules.catalogue import ALL_RULES
        from loopscope.views.lint_document import sarif_document

        log = sarif_document(findings, ALL_RULES, linted.notes, version("loopscope"))
        print_document(log)
    else:
        from loopscope.views.lint_text import github_lines, lint_lines

        lines = (
            github_lines(findings)
            if form == "github"
            else lint_lines(findings, linted.files, linted.ignored)
        )
        for line in lines:
            click.echo(line)
    from loopscope.views.printable import printable

    for note in linted.notes:
        click.echo(f"loopscope: {printable(note)}", err=True)
    sys.exit(1 if findings else 0)


def _names(given: tuple[str, ...]) -> list[str]:
    return [name.strip() for one in given for name in one.split(",") if name.strip()]
