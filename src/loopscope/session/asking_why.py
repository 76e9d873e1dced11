"""Whether the awaits of some lines may run together, for ``loopscope lint --why``."""

import os
import re
from pathlib import Path

from loopscope.errors import UsageError
from loopscope.source.files import read_sources
from loopscope.source.independence.decide import why
from loopscope.source.independence.verdict import Verdict
from loopscope.source.project import Project
from loopscope.source.settings import find_root, read_settings

_PLACE = re.compile(r"(?P<file>.+?):(?P<first>\d{1,9})(?:-(?P<last>\d{1,9}))?$")


def ask_why(place: str) -> Verdict:
    """Take all steps of the procedure for the awaits of some lines.

    Args:
        place: ``app.py:10-14`` or ``app.py:10``.

    Raises:
        UsageError: That names no lines of a file that can be read.
    """
    found = _PLACE.match(place)
    if found is None or int(found["last"] or found["first"]) < int(found["first"]):
        raise UsageError(
            f"--why {place} names no lines: give the file and its lines, as in app.py:10-14.",
            slug="why-place",
        )
    path = found["file"]
    if not os.path.isfile(path):  # noqa: PTH113  (Path's raises for a name that is too long)
        raise UsageError(
            f"{path} does not exist: give a file of Python source and its lines.",
            slug="lint-missing",
        )
    root = find_root(Path(path).resolve())
    sources = read_sources([path], read_settings(root).exclude, root)
    if not sources.asked:
        reason = next(iter(sources.unreadable.values()), "it is no Python")
        raise UsageError(f"{path} cannot be read: {reason}.", slug="why-place")
    first, file = int(found["first"]), sources.asked[0]
    count = len(sources.texts[file].splitlines())
    if not 1 <= first <= count:
        raise UsageError(f"{path} has no line {first}: its last one is {count}.", slug="why-place")
    return why(Project(sources.texts), file, first, int(found["last"] or first))
