"""What a program promises, and the first promise that a run broke."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Promises:
    """What every run must hold. That it does not raise, and is not deadlocked, always counts.

    Attributes:
        within_ns: How long the program may take, in virtual time.
        no_stall_ns: How long one step may hold the loop.
        expect: ``module:function`` that is called with the result and says whether it is right.
        concurrency_at_least: How many waits on the outside must overlap at some moment.
        no_lost_task: Whether tasks may be left unfinished when the program is over.
    """

    within_ns: int | None = None
    no_stall_ns: int | None = None
    expect: str | None = None
    concurrency_at_least: int | None = None
    no_lost_task: bool = False

    @property
    def are_given(self) -> bool:
        """Whether anything is promised that does not always count."""
        return self != Promises()

    @property
    def needs_trace(self) -> bool:
        """Whether a run must be recorded to know if it held them."""
        return self.concurrency_at_least is not None
