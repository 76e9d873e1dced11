"""The option ``--html FILE``: the same for ``run``, ``simulate`` and ``show``."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from loopscope.errors import UsageError

if TYPE_CHECKING:
    from loopscope.analysis.summary import Summary
    from loopscope.model.finding import Finding

_BEGINS = b"<!doctype html"


class PageFile(click.Path):
    """A file for a page; refused before anything runs if the page could not be written to it."""

    def convert(self, value: Any, *_: object) -> Path:  # noqa: ANN401  (as click has it)
        """Return the file's absolute path: the program may change its directory.

        Raises:
            UsageError: It is a directory, is in none, or holds something else than a page.
        """
        path = Path(value).absolute()
        if path.is_dir():
            raise UsageError(
                f"{value} is a directory: give the name of a file with --html.",
                slug="html-unwritable",
            )
        if not path.parent.is_dir():
            raise UsageError(
                f"The report {value} cannot be written, since there is no directory {path.parent}: "
                "make it, or choose another place with --html FILE.",
                slug="html-unwritable",
            )
        if path.exists() and not _is_page(path):
            raise UsageError(
                f"{value} exists and is no HTML file, so it is not overwritten: choose another "
                "name with --html FILE.",
                slug="html-taken",
            )
        return path


def html_option(what: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return the option, as a decorator.

    Args:
        what: Its line of help.
    """
    return click.option("--html", "html", type=PageFile(), metavar="FILE", help=what)


def write_page(summary: "Summary", findings: "Sequence[Finding]", path: Path) -> None:
    """Write the page of a recording.

    Raises:
        UsageError: The file cannot be written.
    """
    from loopscope.views.html.page import make_page

    page = make_page(summary, findings).encode("utf-8", "replace")
    try:
        path.write_bytes(page)
    except OSError as error:
        raise UsageError(
            f"The report {path} cannot be written ({error.strerror}): choose another place with "
            "--html FILE.",
            slug="html-unwritable",
        ) from error


def _is_page(path: Path) -> bool:
    """Whether a file is empty or begins as HTML does."""
    try:
        with path.open("rb") as file:
            begin = file.read(len(_BEGINS) + 64).lstrip().lower()
    except OSError:
        return False
    return not begin or begin.startswith(_BEGINS)
