"""What the command line asks of a run, be it recorded or simulated."""

from pathlib import Path
from typing import Protocol

from loopscope.errors import LoopscopeError


class EndedRun(Protocol):
    """A run of a program that is over."""

    path: Path

    def remarks(self) -> list[str]:
        """Return sentences that go before the summary."""

    def failures(self) -> list[LoopscopeError]:
        """Return what went wrong beside what the program itself did."""


class Run(EndedRun, Protocol):
    """What a program is run in: a recording, or a simulation with its recording."""

    def start(self) -> None:
        """The program begins."""

    def finish(self) -> None:
        """The program's last line has run."""

    def stop(self) -> None:
        """All is over, exit handlers too."""
