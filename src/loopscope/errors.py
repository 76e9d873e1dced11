"""The exceptions loopscope raises, each with a slug that is explained in ``docs/messages.md``."""

from functools import partial
from typing import Any


class LoopscopeError(Exception):
    """A problem the user can do something about.

    Args:
        message: One full sentence: what is wrong, where, and what to do next.
        slug: The heading under which ``docs/messages.md`` explains the problem.
    """

    def __init__(self, message: str, *, slug: str) -> None:
        super().__init__(message)
        self.slug = slug

    def __reduce__(self) -> tuple[Any, ...]:
        """Let it go from process to process; by itself Python would forget the slug."""
        return partial(type(self), slug=self.slug), self.args


class TraceError(LoopscopeError):
    """A trace file cannot be read, or only in part."""


class RecordError(LoopscopeError):
    """A recording cannot be started or written."""


class ScriptError(LoopscopeError):
    """The program to record cannot be found or compiled."""


class UsageError(LoopscopeError):
    """An argument does not fit the trace or the command."""


class SimulationError(LoopscopeError):
    """A simulated program cannot go on: it is deadlocked, or left the simulation."""


class WorldError(LoopscopeError):
    """The description of a simulated world is wrong."""


class CheckError(LoopscopeError):
    """Many runs cannot be gone through: the program, its world or the machines do not allow it."""


class LessonError(LoopscopeError):
    """A lesson's folder does not describe a lesson, or what it describes is not so."""
