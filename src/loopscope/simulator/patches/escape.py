"""What leaves a simulation: named where it happens, and remembered in case the program swallows it.

An escape is something real that the simulation can neither see nor repeat: a socket, a process, a
wait in C. It is refused with an error that says what it is, at which line, and what to do.
"""

import sys

from loopscope.errors import SimulationError
from loopscope.simulator.program_lines import program_line


class Escapes:
    """The escapes of one simulation, each once, in the order in which they were refused."""

    def __init__(self) -> None:
        self.errors: list[SimulationError] = []

    def refuse(self, what: str, advice: str) -> SimulationError:
        """Remember an escape, and return the error to raise.

        Args:
            what: What it does, as the end of "line 3 of app.py ...".
            advice: What to do instead; one sentence.
        """
        error = SimulationError(
            f"{program_line(sys._getframe(1))} {what}, which the simulation cannot follow."
            f" {advice}",
            slug="escape",
        )
        self._remember(error)
        return error

    def note(self, message: str) -> None:
        """Remember an escape that cannot be refused any more."""
        self._remember(SimulationError(message, slug="escape"))

    def _remember(self, error: SimulationError) -> None:
        if str(error) not in map(str, self.errors):  # a program may try again and again
            self.errors.append(error)
