"""What comes of rewriting a candidate: the edits, or why there are none."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from loopscope.source.rewrite.edits import Edit

BRANCH: Final = "__loopscope_branch__"
ROUNDS: Final = "__loopscope_rounds__"
"""Names of the marks that a replay sets around branches, and around what a loop goes through."""


class UnsupportedError(Exception):
    """A shape that is not rewritten. Its message says why: a clause without a full stop."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What is put around branches and rounds, so that a replay knows who waits."""

    branch: Callable[[int, str], str]
    rounds: Callable[[str], str]


PLAIN: Final = Marks(lambda _, text: text, lambda text: text)
MARKED: Final = Marks(
    lambda number, text: f"{BRANCH}({number})({text})", lambda text: f"{ROUNDS}({text})"
)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """How a candidate is rewritten; all edits are made to the file as it is.

    Attributes:
        file: The file.
        edits: The rewrite itself.
        marked: The rewrite with its branches marked.
        marks: The file as it is with its branches marked.
    """

    file: str
    edits: tuple[Edit, ...]
    marked: tuple[Edit, ...]
    marks: tuple[Edit, ...]
