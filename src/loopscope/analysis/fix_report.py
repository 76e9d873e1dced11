"""What came of fixing a program: for each group of awaits the change, and how it was proved."""

from dataclasses import dataclass
from enum import IntEnum


class FixLevel(IntEnum):
    """How sure it is that awaits do not need their order."""

    NO = 0
    """They do, or together they bring nothing: a run showed it."""
    ASK = 1
    """Something differs when a wait fails: only the author can know."""
    LIKELY = 2
    """Nothing in the source speaks against it; runs could not show it."""
    VERIFIED = 3
    """Runs of the original and of the rewrite were compared, and did not differ."""


@dataclass(frozen=True, slots=True)
class Fix:
    """One group of awaits.

    Attributes:
        file: The file, as it was named.
        first_line: Where they begin, from 1.
        last_line: Where they end.
        level: How sure it is that they may run together.
        reason: Why it is not more, one sentence; "" at level 3.
        diff: The change, as a unified diff; "" where there is none.
        before_ns: How long the program takes as it is, in virtual time; None if it did not run.
        predicted_ns: What the what-if predicts; None if it predicts nothing.
        after_ns: How long the rewritten program takes; None if it did not run.
        visit_before_ns: How long the awaits take each time, as they are.
        visit_after_ns: The same together.
        schedules: Under what schedules both were run, one clause each.
        waits: How many different waits on the outside the awaits have.
        not_compared: Things of which numbers follow the clock, and were not compared.
        unseen: What is awaited of which nobody has seen the source.
        reorders_output: Whether what is printed comes in another order.
    """

    file: str
    first_line: int
    last_line: int
    level: FixLevel
    reason: str = ""
    diff: str = ""
    before_ns: int | None = None
    predicted_ns: int | None = None
    after_ns: int | None = None
    visit_before_ns: int | None = None
    visit_after_ns: int | None = None
    schedules: tuple[str, ...] = ()
    waits: int = 0
    not_compared: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    reorders_output: bool = False


@dataclass(frozen=True, slots=True)
class FixReport:
    """What came of it.

    Attributes:
        program: The program, as it was named.
        fixes: One for each group of awaits that may run together as far as source tells.
        files: The files that were looked at.
        runs: How often the program was run.
        problem: Why the program could not be tried, "" if it could.
        before_ns: How long it takes as it is; None if it could not be tried.
        after_ns: How long it takes with all changes of level 3; None without any.
        written: The files that were written.
        not_written: Why they could not be written, a sentence; "" if they could, or nobody asked.
    """

    program: str
    fixes: tuple[Fix, ...]
    files: tuple[str, ...]
    runs: int
    problem: str = ""
    before_ns: int | None = None
    after_ns: int | None = None
    written: tuple[str, ...] = ()
    not_written: str = ""

    @property
    def has_changes(self) -> bool:
        """Whether there is something to change that has not been written."""
        return any(one.level >= FixLevel.LIKELY and one.diff for one in self.fixes) and (
            not self.written or any(one.level is FixLevel.LIKELY for one in self.fixes)
        )
