"""What came of one run."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from loopscope.check.case import Case


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one run.

    Attributes:
        case: What determined it.
        duration_ns: How long the program took, in virtual time.
        broken: Which promise it broke, in one sentence; None if it held all.
        kind: The kind of promise: ``raised``, ``within``, ``deadlock`` ...; "" if all held.
        where: The lines this is about: ``app.py:12``, several with commas between; "" for none.
        detail: What else is known: a traceback, who waits for whom.
        is_world: Whether it says something of the description of the world, not of the program.
        choices: What the outside decided, in order (of a failing run).
        order: The first requests that hosts completed, in order: ``api.example.com 3``.
        suspensions: How often tasks were suspended, where that was counted.
        own_suspensions: The numbers of those at which a task can be cancelled that is not the main
            one, where that was counted.
        output: The last lines that the program printed.
    """

    case: Case
    duration_ns: int
    broken: str | None = None
    kind: str = ""
    where: str = ""
    detail: str = ""
    is_world: bool = False
    choices: tuple[Any, ...] = ()
    order: tuple[str, ...] = ()
    suspensions: int = 0
    own_suspensions: tuple[int, ...] = ()
    output: str = ""

    def cancelled(self) -> Iterator[Case]:
        """Yield the run once more for every suspension, each with a cancellation there."""
        own = set(self.own_suspensions)
        for at in range(1, self.suspensions + 1):
            yield replace(self.case, cancel_at=at)
            if at in own:
                yield replace(self.case, cancel_at=at, cancels_own=True)

    @property
    def group(self) -> tuple[str, str]:
        """What failures have in common that are told together."""
        return self.kind, self.where
