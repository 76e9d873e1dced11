"""What one run showed: all that is compared, and what tells whether it may be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from loopscope.check.fixing.schedule import Label, Leaf

FINE: Final = "it came to its end"
"""How a run ended in which nothing failed."""


@dataclass(frozen=True, slots=True)
class BranchSeen:
    """One branch on one of its ways through."""

    label: Label
    printed: str
    result: str
    lasts_ns: int
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """One time that a candidate was come by: its branches, and how long they took together."""

    branches: tuple[BranchSeen, ...]
    lasts_ns: int


@dataclass(frozen=True, slots=True)
class Request:
    """What a host was asked for. ``is_read``: it changes nothing there, as far as can be told."""

    host: str
    text: str
    is_read: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """What one run showed.

    Attributes:
        ending: How it ended: in words that are the same for the same end.
        duration_ns: How long it took, in virtual time.
        printed: What it printed on standard output outside the branches, line by line.
        printed_all: All that it printed there, in order.
        state: Pictures of its globals and of what its main coroutine returned, by name.
        requests: What hosts were asked for, in order.
        files: The files that it wrote, by path in its folder.
        visits: The times that the candidate was come by.
        has_acted: Whether the wait came by that the schedule means.
        problem: Why nothing follows from it, a sentence; "" if something does.
        own_files: The program's own files that it loaded, by their path in its folder.
    """

    ending: str = ""
    duration_ns: int = 0
    printed: tuple[str, ...] = ()
    printed_all: str = ""
    state: Mapping[str, str] = field(default_factory=dict)
    requests: tuple[Request, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    visits: tuple[Visit, ...] = ()
    has_acted: bool = True
    problem: str = ""
    own_files: tuple[str, ...] = ()
