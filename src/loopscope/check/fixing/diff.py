"""A change as a unified diff."""

import difflib
from collections.abc import Sequence

from loopscope.source.rewrite.edits import Edit, apply_edits


def unified(text: str, edits: Sequence[Edit], name: str) -> str:
    """Return what edits change in a text, as ``diff -u`` tells it."""
    lines = difflib.unified_diff(
        text.split("\n"), apply_edits(text, edits).split("\n"), name, name, lineterm=""
    )
    return "".join(f"{line}\n" for line in lines)
