"""The changes that can be tried on a recorded run."""

from dataclasses import dataclass
from enum import StrEnum


class Elsewhere(StrEnum):
    """Where work goes that leaves the loop."""

    THREAD = "thread"
    PROCESS = "process"


@dataclass(frozen=True, slots=True)
class Together:
    """The awaits of these lines run side by side, as ``gather`` would run them."""

    file: str
    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class OffLoop:
    """What holds the loop at this line runs in a worker instead."""

    file: str
    line: int
    where: Elsewhere = Elsewhere.THREAD


@dataclass(frozen=True, slots=True)
class Limit:
    """A semaphore, lock or pool lets this many in at a time. ``name`` is as contention names it."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Faster:
    """A host answers this many times as fast."""

    host: str
    factor: float


@dataclass(frozen=True, slots=True)
class Cores:
    """Processors for work in processes and for threads whose C code frees the GIL."""

    count: int


@dataclass(frozen=True, slots=True)
class NoStalls:
    """No step holds the loop: all that held it longer than a stall takes none of its time."""


Change = Together | OffLoop | Limit | Faster | Cores | NoStalls
