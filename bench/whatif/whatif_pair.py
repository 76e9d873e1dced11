"""What a pair is: a program, the same program really rewritten, and the change in between."""

import inspect
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

from loopscope.model.changes import Change, OffLoop, Together

Main = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two programs and the change that leads from the first to the second.

    Lines in the changes count from the first line of ``before`` (or of ``at``, where the line is
    in a function that ``before`` calls), which is 0.
    """

    name: str
    before: Main
    after: Main
    changes: tuple[Change, ...]
    at: Callable[..., Any] | None = None

    def placed(self) -> list[Change]:
        """Return the changes with the lines that they have in their files."""
        function = self.at or self.before
        file, first = inspect.getsourcefile(function) or "", inspect.getsourcelines(function)[1]
        placed: list[Change] = []
        for change in self.changes:
            if isinstance(change, Together):
                lines = change.first_line + first, change.last_line + first
                placed.append(Together(file, *lines))
            elif isinstance(change, OffLoop):
                placed.append(replace(change, file=file, line=change.line + first))
            else:
                placed.append(change)
        return placed


def together(first: int, last: int = 0) -> Together:
    """Return the change for lines that count from the function's first."""
    return Together("", first, last or first)
